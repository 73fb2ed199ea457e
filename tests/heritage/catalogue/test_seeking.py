"""Conditions that are asked through their indexes give what they give asked plainly."""

import random
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from heritage.catalogue.models import (
    Collection,
    Membership,
    Period,
    Relic,
    RelicFacet,
    RelicMaterial,
)
from heritage.catalogue.models.relic import DATELESS, UNDATED
from heritage.catalogue.policy import Person, visible
from heritage.lib import counting, seeking, turning
from heritage.lib.counting import Sample, numbers_of, take_sample
from heritage.lib.keyset import Sorted, keys_of
from heritage.lib.seeking import OfRows, Sought, Ways, seek, ways_of
from heritage.lib.turning import open_book
from tests.heritage.factories import make_collection

pytestmark = pytest.mark.django_db
CURATOR = Membership.Role.CURATOR
NEWEST = ("-modified_at", "-pk")


@pytest.fixture
def relics() -> list[Relic]:
    rng = random.Random(4)  # noqa: S311 - repeats
    rooms = [make_collection(name_zh=f"馆{n}") for n in range(3)]
    period = Period.objects.create(slug="ming", name_zh="明", collection=rooms[0])
    made = [
        Relic(
            collection=rng.choice(rooms), register_no=f"{n:03d}",
            name_zh=rng.choice("甲乙丙"), category=rng.choice(("bronze", "bronze", "coins", "jade")),
            grade="third", source=rng.choice(("donation", "purchase")),
            state=rng.choice(("draft", "released")), period=rng.choice((None, period)),
            period_text=rng.choice(("", "明")), begin_year=rng.choice((None, 1400)),
            dating_doubt=rng.choice(("", "unreadable")),
        )
        for n in range(120)
    ]  # fmt: skip
    Relic.objects.bulk_create(made)
    RelicMaterial.objects.bulk_create(
        RelicMaterial(relic=relic, material=rng.choice(("copper", "gold")))
        for relic in made
    )
    RelicFacet.objects.bulk_create(
        RelicFacet(relic=relic, facet="guangfu") for relic in made[::3]
    )
    return made


FILTERS = (
    [Q(category="jade")],
    [Q(category="jade"), Q(state="draft"), Q(source="donation")],
    [Q(category__in=["jade", "coins"]), Q(period=None)],
    [~Q(dating_doubt=""), Q(state="released")],
    [UNDATED, Q(category="bronze")],
    [~DATELESS, Q(grade="third")],
    [Q(credit=""), Q(category="coins")],  # of which there is no index
    [Q(category="jade") | Q(category="coins"), Q(source="purchase")],
    [Q(pk__in=[]), Q(category="jade")],
    [Q(period__name_zh="明"), Q(category="jade")],  # of another table
    [Q(pk__in=range(40)) | Q(key__in=["x"]), Q(category="jade")],
    [~Q(pk__in=range(40)), Q(find_batch=None)],
    [Q(period__isnull=False), Q(category="jade")],
)


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("who", ["administrator", "curator"])
def test_the_same_rows_are_found_in_each_way(
    filters: list[Q], who: str, relics: list[Relic]
) -> None:
    rows = visible(Relic.objects.select_related("collection"), _person(who, relics))
    for one in filters:
        rows = rows.filter(one)
    _same(rows, ways_of(rows))
    _same(rows.order_by("name_zh", "-pk"), ways_of(rows.order_by("name_zh", "-pk")))


@pytest.mark.parametrize("material", ["gold", "clay"])
@pytest.mark.parametrize("few", [5, 10_000])
def test_the_same_rows_are_found_by_what_belongs_to_them(
    material: str, few: int, relics: list[Relic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting.count_up_to, "__defaults__", (few,))
    rows = Relic.objects.filter(
        OfRows(RelicMaterial.objects.filter(material=material), "relic"),
        OfRows(RelicFacet.objects.filter(facet="guangfu"), "relic"),
        category="jade",
    )
    wanted = Relic.objects.filter(
        materials__material=material, facets__facet="guangfu", category="jade"
    )
    assert set(rows) == set(wanted)
    _same(rows, ways_of(rows))


def test_no_row_is_looked_up_to_count_what_meets_three_conditions(
    relics: list[Relic],
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite is told which index to ask")
    seen = visible(Relic.objects.all(), _person("curator", relics))
    rows = seen.filter(category="jade", state="draft", source="donation")
    plan = ways_of(rows).gathered.order_by().values("pk").explain()
    asked = [line for line in plan.splitlines() if "SEARCH" in line or "SCAN" in line]
    assert len(asked) >= 4
    assert all("COVERING INDEX" in line for line in asked), plan


def test_an_index_of_some_rows_is_asked_in_its_own_words(relics: list[Relic]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the words of SQLite")
    every = Relic.objects.select_related("period")
    for condition, name in ((UNDATED, "undated"), (~Q(dating_doubt=""), "doubted")):
        gathered = ways_of(every.filter(condition)).gathered
        counted = gathered.order_by().values("pk")
        assert f"INDEX relic_{name}" in counted.explain()
        assert counted.query.sql_with_params()[1] == ()  # else each row is looked up
        # With another table, which has columns of the same names.
        assert set(gathered) == set(every.filter(condition))


@pytest.mark.parametrize("few", [20, 10_000])
def test_what_a_sample_shows_to_be_long_is_not_counted(
    few: int, relics: list[Relic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turning, "FAR", 0)
    monkeypatch.setattr(counting, "EXACT", few)
    monkeypatch.setattr(counting.count_up_to, "__defaults__", (few,))
    keys = keys_of(Relic, NEWEST)
    with CaptureQueriesContext(connection) as asked:
        book = open_book(Relic.objects.all(), keys, 50, own="modified_at")
    counted = [one for one in asked.captured_queries if "COUNT(*)" in one["sql"]]
    assert (book.exact, len(counted)) == ((None, 0) if few == 20 else (120, 1))
    assert int(book.total) == len(relics)
    rare = Relic.objects.filter(pk__in=[one.pk for one in relics[:7]])
    assert open_book(rare, keys, 50, own="modified_at").exact == 7


def test_an_index_serves_only_the_list_s_own_order() -> None:
    lists = {
        Relic._meta.get_field(name).column  # type: ignore[union-attr]
        for name in ("state", "collection", "category", "grade", "period", "source")
    }
    assert lists <= set(seeking._indexes(Relic))
    part = Relic.objects.filter(key="x").query.where.children[0]
    assert seeking.index_of(Relic, part) is None


ORDERS = (
    ("category", "register_no", "-pk"), ("-category", "name_zh", "pk"),
    ("period", "-register_no", "pk"), ("-period", "name_zh", "-pk"),
    ("state", "category", "-name_zh", "pk"),
)  # fmt: skip


@pytest.mark.parametrize("order", ORDERS, ids=str)
@pytest.mark.parametrize("least", [1, 45])
def test_an_order_by_two_columns_is_the_same_value_by_value(
    order: tuple[str, ...], least: int, relics: list[Relic]
) -> None:
    keys = keys_of(Relic, order)
    plain = Sorted(Relic.objects.all(), keys)
    wide = _frequent(take_sample(plain, numbers_of(Relic)), least)
    assert wide
    rows = ways_of(Relic.objects.filter(grade="third")).walked
    ordered = Sorted(rows, keys, wide)
    wanted = plain.first(1000)
    assert ordered.first(1000) == wanted
    assert ordered.last(7) == wanted[-7:]
    for n in (0, 1, 40, 60, 118, 119):
        place = plain.place_of(wanted[n])
        assert ordered.after(place, 9) == wanted[n + 1 : n + 10]
        assert ordered.before(place, 9) == wanted[max(0, n - 9) : n]
    assert ordered.place_at(61) == plain.place_of(wanted[60])


def _frequent(sample: Sample, least: int) -> tuple[Any, ...]:
    values = [place[0] for place in sample.places]
    return tuple(v for v in dict.fromkeys(values) if values.count(v) >= least)


KEYED = (
    ("key", [Q(key__in=["a", "b"])]),
    ("key", [Q(key__in=["a", "b"]) | Q(key__in=["c"])]),
    ("rowid", [Q(pk__in=[1, 2])]),
    ("find_batch_id", [Q(find_batch=1)]),
    ("key", [Q(key__in=["a"]), Q(name_zh="甲"), Q(grade="third")]),
    ("find_batch_id", [Q(find_batch=1), ~Q(pk=3)]),
    ("rowid", [Q(pk__in=RelicFacet.objects.values("relic"))]),
)


@pytest.mark.parametrize(("column", "filters"), KEYED, ids=range(len(KEYED)))
@pytest.mark.parametrize("who", ["administrator", "curator"])
def test_what_has_a_key_or_an_index_is_looked_up_by_it(
    column: str, filters: list[Q], who: str, relics: list[Relic]
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the words of SQLite")
    rows = visible(Relic.objects.all(), _person(who, relics)).filter(*filters)
    plan = ways_of(rows).gathered.order_by().values("pk").explain()
    assert f"({column}=?)" in plan
    assert "SCAN catalogue_relic" not in plan, plan


def test_what_is_not_empty_is_no_way_in(relics: list[Relic]) -> None:
    some, none = (
        Relic.objects.filter(period__isnull=one).query.where.children[0]
        for one in (False, True)
    )
    assert seeking.index_of(Relic, some) is None
    assert seeking.index_of(Relic, none) is not None


def test_of_two_alternatives_one_more_condition_loses_none(
    relics: list[Relic],
) -> None:
    either = Relic.objects.filter(Q(category="jade") | Q(category="coins"))
    wanted = set(either.filter(grade="third"))
    assert wanted
    assert set(seek(either, Q(grade="third"))) == wanted


def test_a_condition_on_another_table_brings_that_table(relics: list[Relic]) -> None:
    rows = Relic.objects.filter(category="jade")
    found = seek(rows, Q(period__name_zh="明"))
    assert set(found) == set(rows.filter(period__name_zh="明"))


def test_a_list_sorted_by_another_table_is_walked_to_its_end(
    relics: list[Relic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting.count_up_to, "__defaults__", (20,))
    rows = Relic.objects.filter(grade="third")
    keys = keys_of(Relic, ("collection__name_zh", "category", "-pk"))
    book = open_book(rows, keys, 50, own="modified_at")
    assert book.sample is not None
    assert book.ordered.first(200) == Sorted(rows, keys).first(200)


def test_a_database_that_knows_its_rows_is_asked_plainly(
    relics: list[Relic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seeking, "_is_told_how", lambda _rows: False)
    rows = Relic.objects.filter(name_zh="甲", category="jade", key__in=["a"])
    ways = ways_of(rows)
    for one in (ways.gathered, ways.walked, seek(rows, Q(name_zh="乙"))):
        assert "CASE" not in str(one.query)
        assert "INDEXED BY" not in str(one.query)


def test_what_is_sought_stays_sought_inside_another_question(
    relics: list[Relic],
) -> None:
    rows = seek(Relic.objects.all(), Q(category="jade"))
    if connection.vendor == "sqlite":
        assert any(isinstance(one, Sought) for one in rows.query.where.children)
    around = RelicMaterial.objects.filter(relic__in=rows.values("pk"))
    assert {one.relic_id for one in around} == set(rows.values_list("pk", flat=True))


def _same(rows: QuerySet[Any], ways: Ways) -> None:
    wanted = list(rows.order_by(*NEWEST))
    for found in (ways.gathered, ways.walked, ways.held):
        assert list(found.order_by(*NEWEST)) == wanted
        assert found.order_by().count() == len(wanted)


def _person(who: str, relics: list[Relic]) -> Person:
    if who == "administrator":
        return Person(is_administrator=True)
    rooms = Collection.objects.filter(pk=relics[0].collection_id)
    return Person(curates=frozenset(room.pk for room in rooms))
