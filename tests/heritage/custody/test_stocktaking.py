"""Stocktaking: found, missing, misplaced; the register follows once it is accepted."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from heritage.catalogue.models import Collection, Move, Relic
from heritage.custody.actions.stocktaking import (
    accept_differences,
    close_stocktake,
    note_seen,
    start_stocktake,
)
from heritage.custody.codes import label_address
from heritage.custody.errors import NotYourDuty, RequestClosed, UnknownLabel, Unsaid
from heritage.custody.models import Deregistration, Slip, SlipItem, Stocktake
from tests.heritage.factories import make_collection, make_relic

pytestmark = pytest.mark.django_db
Relics = dict[str, Relic]


@pytest.fixture
def relics(collection: Collection) -> Relics:
    places = {
        "right": "一号库 · 一柜", "wrong": "一号库 · 一柜", "gone": "一号库 · 二柜",
        "elsewhere": "二号库 · 一柜",
    }  # fmt: skip
    return {
        name: make_relic(collection, store_location=place, register_no=f"总{name}")
        for name, place in places.items()
    }


@pytest.fixture
def stocktake(collection: Collection, relics: Relics, store_keeper: User) -> Stocktake:
    return start_stocktake(collection, "一号库", by=store_keeper)


def states(stocktake: Stocktake) -> dict[str, str]:
    lines = stocktake.lines.select_related("relic")
    return {line.relic.register_no.removeprefix("总"): line.state for line in lines}


def count(stocktake: Stocktake, relics: Relics, by: User) -> None:
    note_seen(stocktake, label_address(relics["right"]), place="一号库 · 一柜", by=by)
    note_seen(stocktake, relics["wrong"].register_no, place="一号库 · 三柜", by=by)
    note_seen(stocktake, relics["elsewhere"].key.upper(), place="", by=by)
    close_stocktake(stocktake, by=by)


def test_each_is_found_missing_or_misplaced(
    stocktake: Stocktake, relics: Relics, store_keeper: User
) -> None:
    assert set(states(stocktake).values()) == {"waiting"}
    count(stocktake, relics, store_keeper)
    assert states(stocktake) == {
        "right": "found", "wrong": "misplaced", "gone": "missing", "elsewhere": "misplaced",
    }  # fmt: skip


def test_without_a_place_the_store_is_enough(
    stocktake: Stocktake, relics: Relics, store_keeper: User
) -> None:
    line = note_seen(stocktake, relics["right"].key, place="", by=store_keeper)
    assert line.state == "found"


def test_the_ledger_keeper_accepts_and_the_register_follows(
    stocktake: Stocktake, relics: Relics, store_keeper: User, ledger_keeper: User
) -> None:
    count(stocktake, relics, store_keeper)
    with pytest.raises(NotYourDuty):
        accept_differences(stocktake, by=store_keeper)
    assert accept_differences(stocktake, by=ledger_keeper) == 3
    for relic in relics.values():
        relic.refresh_from_db()
    assert relics["right"].store_location == "一号库 · 一柜"
    assert relics["wrong"].store_location == "一号库 · 三柜"
    assert "一号库 · 二柜" in relics["gone"].store_location
    assert relics["gone"].store_location != "一号库 · 二柜"
    with pytest.raises(RequestClosed):
        accept_differences(stocktake, by=ledger_keeper)


def test_what_moved_on_since_the_counting_is_left(
    stocktake: Stocktake, relics: Relics, store_keeper: User, ledger_keeper: User
) -> None:
    count(stocktake, relics, store_keeper)
    day = timezone.localdate()
    slip = Slip.objects.create(
        collection=stocktake.collection, number="1", state="out", purpose="research",
        destination="修复室", receiver="李", due_on=day,
    )  # fmt: skip
    SlipItem.objects.create(slip=slip, relic=relics["gone"], is_out=True)
    Deregistration.objects.create(
        relic=relics["wrong"], number="1", reason="lost", note="遗失", state="done"
    )
    Relic.objects.filter(pk=relics["elsewhere"].pk).update(store_location="三号库")
    assert accept_differences(stocktake, by=ledger_keeper) == 0
    assert Move.objects.count() == 0
    stocktake.refresh_from_db()
    left = [line.relic for line in stocktake.lines.all() if line.was_left]
    assert set(left) == {relics["gone"], relics["wrong"], relics["elsewhere"]}


@pytest.mark.parametrize("name", ["curator", "volunteer", "ledger_keeper", "stranger"])
def test_only_the_store_keeper_counts(
    collection: Collection, request: pytest.FixtureRequest, name: str
) -> None:
    with pytest.raises(NotYourDuty):
        start_stocktake(collection, "库", by=request.getfixturevalue(name))


def test_a_label_of_another_house_is_told(
    stocktake: Stocktake, store_keeper: User
) -> None:
    foreign = make_relic(make_collection())
    for code in (foreign.key, "https://example.org/", "", "总"):
        with pytest.raises(UnknownLabel):
            note_seen(stocktake, code, place="", by=store_keeper)


def test_two_of_one_number_are_nobodys(
    stocktake: Stocktake, collection: Collection, store_keeper: User
) -> None:
    for type_ in ("other", "auxiliary-account"):
        make_relic(collection, register_no="甲1", register_type=type_)
    with pytest.raises(UnknownLabel):
        note_seen(stocktake, "甲1", place="", by=store_keeper)


def test_a_store_is_named(collection: Collection, store_keeper: User) -> None:
    with pytest.raises(Unsaid):
        start_stocktake(collection, " ", by=store_keeper)
