"""Deregistration: approved above the museum, struck off the ledger, never forgotten."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet

from heritage.catalogue.models import Collection, Relic
from heritage.custody.actions.approvals import answer
from heritage.custody.actions.deregister import (
    Ground,
    carry_out,
    request_deregistration,
)
from heritage.custody.actions.ledger import enter
from heritage.custody.book import read_book
from heritage.custody.errors import (
    DocumentMissing,
    NotAvailable,
    NotInLedger,
    NotYourDuty,
    NotYourTurn,
    RequestClosed,
    StillToApprove,
    Unsaid,
)
from heritage.custody.guards import is_entered
from heritage.custody.models import Deregistration, Ledger, Rank
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db
GROUND = Ground("transfer", "国家文物局调拨", "国家博物馆")


def ask(collection: Collection, by: User, grade: str = "third") -> Deregistration:
    return request_deregistration(make_relic(collection, grade=grade), GROUND, by=by)


@pytest.mark.parametrize(
    ("grade", "last"),
    [("first", Rank.STATE), ("second", Rank.AUTHORITY), ("general", Rank.AUTHORITY)],
)
def test_the_grade_says_how_far_up_it_goes(
    collection: Collection,
    curator: User,
    head: User,
    director: User,
    grade: str,
    last: Rank,
) -> None:
    asked = ask(collection, curator, grade)
    answer(asked, by=head, agrees=True)
    answer(asked, by=director, agrees=True, rank="director")
    assert Deregistration.objects.get().next_rank == last
    with pytest.raises(NotYourTurn):
        answer(asked, by=director, agrees=True, rank="director")
    with pytest.raises(DocumentMissing):
        answer(asked, by=director, agrees=True)
    answer(asked, by=director, agrees=True, document_no="文物博函〔2026〕1号")
    asked.refresh_from_db()
    assert asked.state == Deregistration.State.APPROVED


def test_the_line_is_struck_and_the_record_stays(
    collection: Collection,
    curator: User,
    head: User,
    director: User,
    ledger_keeper: User,
) -> None:
    asked = ask(collection, curator)
    enter(asked.relic, by=ledger_keeper)
    with pytest.raises(RequestClosed):
        carry_out(asked, by=ledger_keeper)
    for by in (head, director, director):
        answer(asked, by=by, agrees=True, document_no="1")
    with pytest.raises(NotYourDuty):
        carry_out(asked, by=curator)
    carry_out(asked, by=ledger_keeper)
    (line,) = read_book(Ledger.objects.get())
    assert line.struck_off is not None
    assert line.struck_off.voucher.endswith(asked.number)
    relic = Relic.objects.get()
    assert "国家博物馆" in relic.store_location
    assert not is_entered(relic)


def test_a_grade_raised_since_goes_further_up(
    collection: Collection,
    curator: User,
    head: User,
    director: User,
    ledger_keeper: User,
) -> None:
    asked = ask(collection, curator)
    enter(asked.relic, by=ledger_keeper)
    for by in (head, director, director):
        answer(asked, by=by, agrees=True, document_no="1")
    Relic.objects.update(grade="first")
    with pytest.raises(StillToApprove):
        carry_out(asked, by=ledger_keeper)
    answer(asked, by=director, agrees=True, document_no="2", rank="state")
    Relic.objects.update(grade="third")
    carry_out(asked, by=ledger_keeper)
    assert Deregistration.objects.get().state == Deregistration.State.DONE


def test_a_grade_lowered_meanwhile_saves_no_rank(
    collection: Collection,
    curator: User,
    head: User,
    director: User,
    ledger_keeper: User,
) -> None:
    asked = ask(collection, curator, "first")
    enter(asked.relic, by=ledger_keeper)
    relic = Relic.objects.get()
    relic.grade = "third"
    relic.save()
    for by in (head, director):
        answer(asked, by=by, agrees=True)
    assert Deregistration.objects.get().next_rank == Rank.STATE
    with pytest.raises(RequestClosed):
        carry_out(asked, by=ledger_keeper)
    answer(asked, by=director, agrees=True, document_no="1")
    carry_out(asked, by=ledger_keeper)


def test_who_answers_holds_the_grade_until_the_answer_stands(
    collection: Collection,
    curator: User,
    head: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = ask(collection, curator)
    locked: list[str] = []
    original = QuerySet.select_for_update

    def noted(rows: Any, *args: Any, **options: Any) -> Any:
        locked.append(rows.model._meta.model_name)
        return original(rows, *args, **options)

    monkeypatch.setattr(QuerySet, "select_for_update", noted)
    answer(asked, by=head, agrees=True)
    assert locked[:2] == ["deregistration", "relic"]


def test_what_was_never_entered_is_not_struck_off(
    collection: Collection,
    curator: User,
    head: User,
    director: User,
    ledger_keeper: User,
) -> None:
    asked = ask(collection, curator)
    for by in (head, director, director):
        answer(asked, by=by, agrees=True, document_no="1")
    with pytest.raises(NotInLedger):
        carry_out(asked, by=ledger_keeper)
    asked.refresh_from_db()
    assert asked.state == Deregistration.State.APPROVED


def test_it_is_asked_once_and_with_a_reason(
    collection: Collection, curator: User, head: User, volunteer: User
) -> None:
    relic = make_relic(collection)
    for by, ground, error in (
        (volunteer, GROUND, NotYourDuty),
        (curator, Ground("transfer", " "), Unsaid),
    ):
        with pytest.raises(error):
            request_deregistration(relic, ground, by=by)
    asked = request_deregistration(relic, GROUND, by=curator)
    with pytest.raises(NotAvailable):
        request_deregistration(relic, GROUND, by=curator)
    answer(asked, by=head, agrees=False)
    request_deregistration(relic, GROUND, by=curator)
