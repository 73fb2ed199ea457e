"""What a bulk change or a load leaves in a relic's history is read as a sentence."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import override

from heritage.catalogue.models import Collection, Relic
from heritage.catalogue.policy import Person
from heritage.catalogue.told_reasons import Reason, told_reasons
from heritage.custody.dossier import build_dossier
from heritage.exchange.bulk.steps import Step
from tests.heritage.factories import make_relic, make_user

from .test_bulk import do, undo
from .test_bulk_pages import page
from .test_loads import run_placed, with_places
from .test_pages import signed_in

pytestmark = pytest.mark.django_db
NEW = Step("credit", "set", "新")


def history(reader: User, relic: Relic, language: str) -> str:
    address = reverse("admin:catalogue_relic_history", args=[relic.pk])
    answer = signed_in(reader).get(address, headers={"accept-language": language})
    return str(answer.content.decode())


def reasons(reader: User, relic: Relic) -> list[Reason]:
    return told_reasons(list(relic.history.all()), Person.of(reader))


def test_the_history_tells_of_a_change_and_leads_to_it(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection, credit="旧")
    change = do(curator, NEW)
    link = f'<a class="underline" href="{page("results", change)}">'
    english = history(curator, relic, "en")
    assert f"{link}Changed together with others, by the change {change.key}." in english
    assert link in history(curator, relic, "zh-hans")


def test_who_may_not_open_the_change_is_told_without_a_link(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection, credit="旧")
    change = do(curator, NEW)
    with override("en"):
        (told, _made) = reasons(make_user(collection, "curator"), relic)
    assert change.key in told.text
    assert told.address == ""


def test_taking_it_back_is_told_too(collection: Collection, curator: User) -> None:
    relic = make_relic(collection, credit="旧")
    change = do(curator, NEW)
    undo(change, curator)
    with override("en"):
        texts = [told.text for told in reasons(curator, relic)]
    assert texts[0] == f"The change {change.key} was taken back."


def test_loads_lead_curators_to_their_rows(
    tmp_path: Path, collection: Collection, curator: User
) -> None:
    load = run_placed(with_places(tmp_path / "t.json", "A", "B"), collection, curator)
    relic = Relic.objects.order_by("register_no")[0]
    with override("en"):
        told = reasons(curator, relic)[-1]
    assert told.text == f"Entered by the load {load.key}."
    assert told.address == reverse("admin:exchange_results", args=[load.key])
    assert signed_in(curator).get(told.address).status_code == 200
    assert reasons(make_user(collection, "volunteer"), relic)[-1].address == ""


def test_the_object_file_says_it_in_its_readers_language(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection, credit="旧")
    change = do(curator, NEW)
    for language in ("en", "zh-hans"):
        with override(language):
            parts = build_dossier(Relic.objects.get(), Person.of(curator))
            (told, _made) = reasons(curator, relic)
        assert told.text in [row[-1] for row in parts[-1].rows]
        assert f"change {change.key}" != told.text


def test_other_reasons_stay_as_they_were_written(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection)
    relic._change_reason = "repaired by hand"  # type: ignore[attr-defined]
    relic.save()
    assert reasons(curator, relic)[0] == Reason("repaired by hand")
