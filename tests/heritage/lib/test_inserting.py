"""Rows written many at a time are the rows that Django would have written."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from heritage.catalogue.beginnings import begin_history
from heritage.catalogue.models import Collection, Dimension, Relic
from heritage.exchange.models import Load, LoadedRow
from heritage.lib.inserting import FEW, insert_rows, pass_by
from tests.heritage.factories import make_user

pytestmark = pytest.mark.django_db
COUNT = 2 * FEW + 5
MADE = ("id", "key", "created_at", "modified_at", "register_no")


def relics(collection: Collection, head: str) -> list[Relic]:
    return [
        Relic(
            collection=collection, register_no=f"{head}{place}", name_zh=f"青花瓶 {place}\t\\N",
            state=Relic.State.RELEASED, category="porcelain", price=Decimal("12.50"),
            release_on=date(2026, 1, 1), released_at=datetime(2026, 1, 1, tzinfo=UTC),
            begin_year=-205, is_measurable=False,
        )
        for place in range(COUNT)
    ]  # fmt: skip


def values(row: Model, *but: str) -> dict[str, Any]:
    columns = row._meta.concrete_fields
    return {f.name: getattr(row, f.attname) for f in columns if f.name not in but}


def test_rows_are_as_django_writes_them(collection: Collection) -> None:
    mine, theirs = relics(collection, "a"), relics(collection, "b")
    insert_rows(mine)
    django: QuerySet[Any] = QuerySet(Relic)
    django.bulk_create(theirs)
    for one, other in zip(mine, theirs, strict=True):
        read, twin = Relic.objects.get(pk=one.pk), Relic.objects.get(pk=other.pk)
        assert values(read, *MADE) == values(twin, *MADE)
        assert (read.key, read.register_no) == (one.key, one.register_no)
        assert read.modified_at == one.modified_at
        assert not one._state.adding


def test_a_row_finds_the_key_of_what_was_written_before_it(
    collection: Collection,
) -> None:
    owners = relics(collection, "a")
    sizes = [Dimension(relic=relic, kind="height", value=1.5) for relic in owners]
    insert_rows(owners)
    insert_rows(sizes)
    kept = dict(Dimension.objects.values_list("pk", "relic_id"))
    assert kept == {
        size.pk: relic.pk for size, relic in zip(sizes, owners, strict=True)
    }


def test_json_comes_back(collection: Collection) -> None:
    load = Load.objects.create(collection=collection)
    cells = {"名称": '"瓶" \\ 🏺\n', "x": None, "n": [1, 2.5, True]}
    insert_rows(
        [LoadedRow(load=load, place=n, number=n, cells=cells) for n in range(COUNT)]
    )
    kept = LoadedRow.objects.values_list("cells", flat=True)
    assert list(kept) == [cells] * COUNT


def test_what_the_database_refuses_leaves_nothing(collection: Collection) -> None:
    rows = relics(collection, "a")
    rows[-1].register_no = rows[0].register_no
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(rows)
    assert not Relic.objects.exists()


def test_history_begins_as_the_library_begins_it(collection: Collection) -> None:
    user = make_user(collection, "curator")
    records = relics(collection, "a")
    insert_rows(records)
    keys = begin_history(records, by=user, reason="load x")
    theirs = Relic.history.bulk_history_create(
        records, default_user=user, default_change_reason="load x"
    )
    but = ("history_id", "history_date")
    for key, twin, relic in zip(sorted(keys), theirs, records, strict=True):
        row = Relic.history.get(pk=key)
        same = Relic.history.get(pk=twin.pk)
        assert row.id == relic.pk
        assert values(row, *but) == values(same, *but)


def test_a_key_that_was_given_is_not_drawn_again(collection: Collection) -> None:
    """On PostgreSQL it would be, once the rows between are written."""
    first, given, *later = relics(collection, "a")[:5]
    first.save()
    given.pk = first.pk + 3
    given.save(force_insert=True)
    pass_by(Relic, given.pk)
    for relic in later:
        relic.save()
    assert [relic.pk for relic in later] == [given.pk + n for n in (1, 2, 3)]
