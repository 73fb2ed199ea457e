"""Slips: approved by grade, conditions both ways, locations by them alone."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from heritage.catalogue.actions import record_act
from heritage.catalogue.models import Collection, ConditionCheck, Move, Relic
from heritage.custody.actions.approvals import answer
from heritage.custody.actions.ledger import enter
from heritage.custody.actions.slips import (
    Seen,
    Wish,
    cancel,
    hand_out,
    request_use,
    take_back,
)
from heritage.custody.errors import (
    MovesBySlip,
    NotAvailable,
    NotYourDuty,
    OwnRequest,
    RequestClosed,
    StillToApprove,
    Unsaid,
)
from heritage.custody.models import Rank, Slip
from tests.heritage.factories import make_collection, make_relic, make_user

pytestmark = pytest.mark.django_db
State = Slip.State


def wish(**values: Any) -> Wish:
    due = timezone.localdate() + timedelta(days=7)
    told: dict[str, Any] = {
        "purpose": "research", "destination": "修复室", "receiver": "李工", "due_on": due,
    }  # fmt: skip
    return Wish(**told | values)


@pytest.fixture
def relic(collection: Collection) -> Relic:
    found: Relic = make_relic(
        collection, store_location="一号库 · 三柜", completeness="complete"
    )
    return found


@pytest.fixture
def slip(relic: Relic, curator: User) -> Slip:
    return request_use([relic], wish(), collection=relic.collection, by=curator)


def seen(slip: Slip, **values: Any) -> dict[int, Seen]:
    told: dict[str, Any] = {"condition": "complete", "store": "二号库", "cabinet": "1"}
    return {item.pk: Seen(**told | values) for item in slip.items.all()}


def out(slip: Slip, head: User, store_keeper: User) -> Slip:
    answer(slip, by=head, agrees=True)
    hand_out(slip, seen(slip), by=store_keeper)
    slip.refresh_from_db()
    return slip


def test_out_and_back_again(
    slip: Slip, relic: Relic, head: User, store_keeper: User
) -> None:
    out(slip, head, store_keeper)
    relic.refresh_from_db()
    assert "修复室" in relic.store_location
    assert slip.items.get().taken_from == "一号库 · 三柜"
    take_back(
        slip, seen(slip, condition="incomplete", note="口沿新损"), by=store_keeper
    )
    relic.refresh_from_db()
    slip.refresh_from_db()
    assert (slip.state, relic.store_location) == (State.RETURNED, "二号库 · 1")
    assert relic.completeness == "incomplete"
    assert str(slip) in ConditionCheck.objects.latest("pk").evidence
    # What stood before the first slip is the first act; then out, then back.
    assert Move.objects.count() == 3


def test_the_first_grade_asks_the_director(
    collection: Collection,
    curator: User,
    head: User,
    director: User,
    store_keeper: User,
) -> None:
    relics = [make_relic(collection), make_relic(collection, grade="first")]
    slip = request_use(relics, wish(), collection=collection, by=curator)
    answer(slip, by=head, agrees=True)
    slip.refresh_from_db()
    assert slip.next_rank == Rank.DIRECTOR
    with pytest.raises(RequestClosed):
        hand_out(slip, seen(slip), by=store_keeper)
    with pytest.raises(NotYourDuty):
        answer(slip, by=head, agrees=True)
    answer(slip, by=director, agrees=True)
    slip.refresh_from_db()
    assert slip.state == State.APPROVED


def test_a_grade_raised_since_asks_again(
    slip: Slip, relic: Relic, head: User, director: User, store_keeper: User
) -> None:
    answer(slip, by=head, agrees=True)
    Relic.objects.filter(pk=relic.pk).update(grade="first")
    slip = Slip.objects.get()
    with pytest.raises(StillToApprove):
        hand_out(slip, seen(slip), by=store_keeper)
    answer(slip, by=director, agrees=True)
    hand_out(slip, seen(slip), by=store_keeper)
    assert Slip.objects.get().state == State.OUT


def test_who_only_reads_asks_for_nothing(relic: Relic) -> None:
    scholar = make_user(relic.collection, "scholar")
    with pytest.raises(NotYourDuty):
        request_use([relic], wish(), collection=relic.collection, by=scholar)


def test_nobody_approves_his_own(slip: Slip, curator: User) -> None:
    with pytest.raises(OwnRequest):
        answer(slip, by=curator, agrees=True)


def test_a_refusal_ends_it(slip: Slip, head: User, store_keeper: User) -> None:
    answer(slip, by=head, agrees=False, note="太脆弱")
    with pytest.raises(RequestClosed):
        hand_out(slip, seen(slip), by=store_keeper)


@pytest.mark.parametrize(
    "name", ["curator", "head", "volunteer", "ledger_keeper", "stranger"]
)
def test_only_the_store_keeper_hands_out(
    slip: Slip, head: User, request: pytest.FixtureRequest, name: str
) -> None:
    answer(slip, by=head, agrees=True)
    with pytest.raises(NotYourDuty):
        hand_out(slip, seen(slip), by=request.getfixturevalue(name))


def test_strangers_ask_for_nothing(relic: Relic, stranger: User) -> None:
    with pytest.raises(NotYourDuty):
        request_use([relic], wish(), collection=relic.collection, by=stranger)


def test_what_is_out_is_not_handed_out_again(
    slip: Slip, relic: Relic, curator: User, head: User, store_keeper: User
) -> None:
    other = request_use([relic], wish(), collection=relic.collection, by=curator)
    answer(other, by=head, agrees=True)
    out(slip, head, store_keeper)
    with pytest.raises(NotAvailable):
        hand_out(other, seen(other), by=store_keeper)
    with pytest.raises(NotAvailable):
        request_use([relic], wish(), collection=relic.collection, by=curator)


def test_a_foreign_object_is_no_part_of_a_slip(
    collection: Collection, curator: User
) -> None:
    with pytest.raises(NotAvailable):
        request_use(
            [make_relic(make_collection())], wish(), collection=collection, by=curator
        )


@pytest.mark.parametrize(
    "lack",
    [{"purpose": "x"}, {"destination": " "}, {"receiver": ""}, {"due_on": None},
     {"due_on": timezone.localdate() - timedelta(days=2)}],
)  # fmt: skip
def test_what_the_paper_must_say_is_asked_for(
    relic: Relic, curator: User, lack: dict[str, Any]
) -> None:
    with pytest.raises(Unsaid):
        request_use([relic], wish(**lack), collection=relic.collection, by=curator)


def test_the_condition_is_noted_both_ways(
    slip: Slip, head: User, store_keeper: User
) -> None:
    answer(slip, by=head, agrees=True)
    with pytest.raises(Unsaid):
        hand_out(slip, {}, by=store_keeper)
    hand_out(slip, seen(slip), by=store_keeper)
    for bad in ({}, seen(slip, condition=""), seen(slip, store=" ")):
        with pytest.raises(Unsaid):
            take_back(slip, bad, by=store_keeper)


def test_overdue_is_told(slip: Slip, head: User, store_keeper: User) -> None:
    out(slip, head, store_keeper)
    assert not slip.is_overdue
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        assert (slip.is_overdue, slip.days_overdue) == (True, 3)


def test_the_last_one_back_closes_it(
    collection: Collection, curator: User, head: User, store_keeper: User
) -> None:
    relics = [make_relic(collection), make_relic(collection)]
    slip = request_use(relics, wish(), collection=collection, by=curator)
    out(slip, head, store_keeper)
    for state in (State.OUT, State.RETURNED):
        item = slip.items.filter(is_out=True).first()
        assert item is not None
        take_back(slip, {item.pk: Seen("complete", store="库")}, by=store_keeper)
        slip.refresh_from_db()
        assert slip.state == state


def test_numbers_run_within_the_year(relic: Relic, curator: User) -> None:
    year = timezone.localdate().year
    slips = [
        request_use([relic], wish(), collection=relic.collection, by=curator)
        for _ in "ab"
    ]
    assert [slip.number for slip in slips] == [f"{year}-00001", f"{year}-00002"]


def test_a_request_may_be_taken_back(
    slip: Slip, curator: User, volunteer: User
) -> None:
    with pytest.raises(NotYourDuty):
        cancel(slip, by=volunteer)
    cancel(slip, by=curator)
    with pytest.raises(RequestClosed):
        cancel(slip, by=curator)


def test_what_stands_in_the_ledger_moves_by_slip_alone(
    relic: Relic, curator: User, ledger_keeper: User
) -> None:
    record_act(Move(relic=relic, store="三号库"), by=curator)
    enter(relic, by=ledger_keeper)
    with pytest.raises(MovesBySlip):
        record_act(Move(relic=relic, store="四号库"), by=curator)
