"""Why the register refused something is told to each reader in his own language."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils.translation import override

from heritage.catalogue.models import Collection, Relic
from heritage.custody.actions.ledger import enter as enter_in_ledger
from heritage.exchange.bulk.steps import Step
from heritage.exchange.models import BulkChange, ChangedRecord
from heritage.exchange.reasons import reason_of, told_reason
from heritage.exchange.words import told_fault
from tests.heritage.factories import make_relic, make_user

from .test_bulk import do
from .test_bulk_pages import page
from .test_loads import run_placed, with_places
from .test_pages import signed_in

pytestmark = pytest.mark.django_db


def told(client_of: User, change: BulkChange, language: str) -> str:
    client = signed_in(client_of)
    answer = client.get(page("results", change), headers={"accept-language": language})
    return str(answer.content.decode())


@pytest.mark.parametrize("worker", ["en", "zh-hans"])
def test_a_refusal_is_read_in_the_readers_language(
    collection: Collection, curator: User, worker: str
) -> None:
    relic = make_relic(collection, name_zh="青铜鼎", name_en="Bronze tripod")
    enter_in_ledger(relic, by=make_user(collection, "ledger-keeper"))
    with override(worker):
        change = do(curator, Step("store_location", "set", "二号库"))
    english, chinese = told(curator, change, "en"), told(curator, change, "zh-hans")
    assert "Bronze tripod stands in the ledger: it is moved on a slip" in english
    assert "青铜鼎" in chinese
    assert "stands in the ledger" not in chinese


@pytest.mark.parametrize("worker", ["en", "zh-hans"])
def test_what_validation_found_is_read_in_the_readers_language(
    collection: Collection, curator: User, worker: str
) -> None:
    make_relic(collection, register_no="A-1")
    twice = make_relic(collection, register_no="B-1")
    with override(worker):
        change = do(curator, Step("register_no", "replace", "A", "B"), relics=[twice])
    (fault,) = change.results.get().faults
    with override("en"):
        english = told_fault(fault)
    with override("zh-hans"):
        chinese = told_fault(fault)
    assert english.isascii()
    assert chinese != english
    assert not any(word in chinese for word in english.split() if len(word) > 3)


@pytest.mark.parametrize("worker", ["en", "zh-hans"])
def test_a_refused_row_of_a_load_is_read_in_the_readers_language(
    tmp_path: Path, collection: Collection, curator: User, worker: str
) -> None:
    path = tmp_path / "t.json"
    run_placed(with_places(path, "", ""), collection, curator)
    first, _second = Relic.objects.order_by("register_no")
    enter_in_ledger(first, by=make_user(collection, "ledger-keeper"))
    with override(worker):
        load = run_placed(with_places(path, "A-1", "A-2"), collection, curator)
    (fault,) = load.results.get(verdict="refused").faults
    with override("en"):
        assert "is moved on a slip" in told_fault(fault)
    with override("zh-hans"):
        assert "is moved on a slip" not in told_fault(fault)


def test_reasons_of_before_are_told_as_they_were_written(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    change = BulkChange.objects.create(created_by=curator, state="done", rows=1)
    ChangedRecord.objects.create(
        change=change, place=0, relic_key=relic.key, verdict="refused",
        faults=[["refused", {"reason": "written long ago"}]],
    )  # fmt: skip
    for language in ("en", "zh-hans"):
        assert "written long ago" in told(curator, change, language)


def test_what_the_database_says_is_kept_once() -> None:
    reason = reason_of(IntegrityError("UNIQUE constraint failed"))
    assert reason == "UNIQUE constraint failed"
    assert told_reason(reason) == reason
