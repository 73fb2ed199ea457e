"""What changed past every note is found all the same, and preserved."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import OperationalError
from django.db.models import Model, QuerySet
from django.utils import timezone

from heritage.archive import ocfl
from heritage.archive.actions import compare as compare_module
from heritage.archive.actions.compare import (
    ToCompare,
    compare_all_again,
    compare_due,
    note_unknown,
)
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.preserve import preserve_due
from heritage.archive.apps import look_anew
from heritage.archive.models import PreservedRecord, RecordChange
from heritage.archive.pages import left_out, paged_models
from heritage.archive.records import fold_changes, kinds
from heritage.archive.stores import archive
from heritage.catalogue.actions.review import decide
from heritage.catalogue.models import (
    Collection,
    Comment,
    ProposedEdit,
    Relic,
    RelicMaterial,
    RestrictedRead,
    Term,
    VocabularyEdition,
)
from heritage.catalogue.reads import note_read
from tests.heritage.factories import make_collection, make_relic, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def relic() -> Relic:
    relic = make_relic(make_collection(), price=9)
    settle()
    return relic


def settle() -> None:
    """Preserve until nothing is due, whatever its time."""
    while True:
        fold_changes()
        PreservedRecord.objects.update(preserved_at=None)
        if not preserve_due() and not PreservedRecord.objects.exclude(changed_at=None):
            return


def compare() -> set[tuple[str, str]]:
    """Compare all that is due; give what was noted."""
    for _step in compare_due():
        pass
    return noted()


def noted() -> set[tuple[str, str]]:
    return set(RecordChange.objects.values_list("kind", "key"))


def written_past_us(model: Any) -> "QuerySet[Any]":
    return QuerySet(model)


def test_what_changed_unheard_becomes_a_version(relic: Relic) -> None:
    assert compare() == set()
    written_past_us(Relic).filter(pk=relic.pk).update(name_en="by an upgrade")
    assert compare() == set()  # not due again so soon
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert compare() == {("relic", relic.key)}
        settle()
        assert compare() == set()
    row = PreservedRecord.objects.get(kind="relic", key=relic.key)
    assert row.version == 2


def test_a_column_that_is_new_and_says_nothing_is_no_change(
    relic: Relic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade adds it to a million records; what it fills in them is one."""
    row = PreservedRecord.objects.get(kind="relic", key=relic.key)
    kept = ocfl.read_file(archive().place(row.object_path), "record.json")
    before = json.loads(kept)
    for one in before["rows"]:
        if one["model"] == "catalogue.relic":
            one["fields"].pop("source_note")
    written_past_us(PreservedRecord).update(sha512="of another form")
    monkeypatch.setattr(ocfl, "read_file", lambda *_: json.dumps(before).encode())
    tables = {"kind": "table"}
    written_past_us(PreservedRecord).filter(**tables).update(compared_at=timezone.now())
    assert compare() == set()
    written_past_us(Relic).update(source_note="filled by an upgrade")
    compare_all_again()
    assert ("relic", relic.key) in compare()


def test_a_row_that_went_unheard_as_well(relic: Relic) -> None:
    parts = [part.model for part in kinds()["relic"].parts]
    assert RelicMaterial in parts
    written_past_us(RelicMaterial).filter(relic=relic)._raw_delete("default")
    assert ("relic", relic.key) in compare()


def test_after_an_upgrade_all_is_compared_anew(relic: Relic) -> None:
    compare()
    written_past_us(Collection).update(name_en="by an upgrade")
    migration: Any = object()
    look_anew(
        apps.get_app_config("archive"), using="default", plan=[(migration, False)]
    )
    assert compare() == {
        ("table", f"catalogue.collection-{relic.collection_id // 250}")
    }


def test_records_and_pages_nobody_ever_noted_are_found(relic: Relic) -> None:
    new = make_relic(relic.collection)
    far = written_past_us(Comment).bulk_create(
        [Comment(pk=pk, record_kind="relic", record_key=new.key, text="…")
         for pk in (7, 1_000_003)]
    )  # fmt: skip
    RecordChange.objects.all().delete()
    for _step in note_unknown():
        pass
    pages = {("table", f"catalogue.comment-{row.pk // 250}") for row in far}
    assert noted() == {("relic", new.key), *pages}


def test_a_look_that_an_error_has_ended_is_taken_again(
    relic: Relic, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []

    def look() -> Iterator[None]:
        looked.append("begun")
        yield
        if len(looked) == 1:
            raise OperationalError("database is locked")

    monkeypatch.setattr(compare_module, "note_unknown", look)
    to_compare = ToCompare()
    with pytest.raises(OperationalError):
        list(to_compare.steps())
    list(to_compare.steps())
    list(to_compare.steps())
    assert looked == ["begun", "begun"]


def test_a_kept_document_of_another_kind_stops_nothing(
    relic: Relic, monkeypatch: pytest.MonkeyPatch
) -> None:
    written_past_us(PreservedRecord).update(sha512="of another form")
    monkeypatch.setattr(ocfl, "read_file", lambda *_: b"[]")
    assert ("relic", relic.key) in compare()
    assert not PreservedRecord.objects.filter(compared_at=None).exists()


def test_a_page_of_a_table_that_is_no_more_stops_nothing(relic: Relic) -> None:
    PreservedRecord.objects.create(kind="table", key="catalogue.gone-0", version=1)
    assert compare() == set()


def test_a_clock_that_was_put_back_is_no_hindrance(relic: Relic) -> None:
    late = timezone.now() + timedelta(days=400)
    PreservedRecord.objects.update(compared_at=late)
    written_past_us(Relic).update(name_en="unheard")
    assert ("relic", relic.key) in compare()


def test_writes_past_the_signals_are_noted_where_they_are_made(relic: Relic) -> None:
    """Rows added to a page that is kept already, and columns changed by a statement."""
    curator = make_user(relic.collection, "curator")
    note_read(relic, ["price"], by=curator)
    proposal = ProposedEdit.objects.create(
        record_kind="relic", record_key=relic.key, by=curator, seen_version=1,
        read={}, typed={},
    )  # fmt: skip
    term = Term.objects.create(
        vocabulary="material",
        slug="own",
        label_hans="甲",
        label_hant="甲",
        label_en="a",
    )
    settle()
    writes: tuple[tuple[type[Model], Callable[[], object]], ...] = (
        (RestrictedRead, lambda: note_read(relic, ["price"], by=curator)),
        (ProposedEdit, lambda: decide(proposal, relic, "refused", by=curator)),
        (VocabularyEdition, term.save),
    )
    for model, write in writes:
        write()
        tables = {key.rpartition("-")[0] for _kind, key in noted()}
        assert model._meta.label_lower in tables
        settle()
    PreservedRecord.objects.update(compared_at=None)
    assert compare() == set()


def test_the_looks_themselves_make_nothing_due(relic: Relic) -> None:
    deposit_files([("a", io.BytesIO(b"1"))], by=None)
    settle()
    compare()
    PreservedRecord.objects.update(compared_at=None)
    assert compare() == set()
    assert not PreservedRecord.objects.exclude(changed_at=None).exists()


def test_columns_that_are_not_kept_are_a_short_list() -> None:
    parts = [part.model for kind in kinds().values() for part in kind.parts]
    models = {*paged_models(), *(kind.model for kind in kinds().values()), *parts}
    looks = {"condition", "checked_at", "replica_checked_at", "replicated_version"}
    looks |= {"reserved_bytes"}
    told = {model._meta.label: set(left_out(model)) for model in models}
    assert {label: columns for label, columns in told.items() if columns} == {
        "auth.User": {"password", "last_login"},
        "archive.Deposit": looks,
        "archive.StoredFile": looks,
        "exhibits.DeviceKey": {"digest", "last_used_at", "used_minute", "used_count"},
        "pages.ModelRequest": {"name", "organisation", "email", "purpose", "reply"},
        "pages.ErrorReport": {"email", "text", "note"},
    }
