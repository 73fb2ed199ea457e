"""What a change of many must not do: go on unasked, tell what is hidden, get stuck."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from heritage.catalogue.models import Collection, Membership, Relic, RestrictedRead
from heritage.catalogue.policy import Person
from heritage.exchange import actions
from heritage.exchange.bulk.preview import preview
from heritage.exchange.bulk.steps import Step
from heritage.exchange.due import RUNG_AGAIN, ring_for_loads
from heritage.exchange.errors import WrongMoment
from heritage.exchange.models import BulkChange, ChangedRecord
from heritage.exchange.tasks import ring
from heritage.exchange.work import Work
from tests.heritage.factories import (
    make_collection,
    make_place,
    make_relic,
    make_user,
)

from .loading import at_once
from .test_bulk import codes, do, fresh, stage, undo
from .test_bulk_pages import page
from .test_pages import signed_in

pytestmark = pytest.mark.django_db
Undo = ChangedRecord.Undo
NEW = Step("credit", "set", "新")


def test_a_place_that_is_gone_keeps_nothing_else_from_coming_back(
    collection: Collection, curator: User
) -> None:
    old, new = make_place(collection), make_place(collection)
    relic = make_relic(collection, find_place=old, credit="旧")
    bare = make_relic(collection, find_place=old)
    both = do(curator, NEW, relics=[relic])
    change = do(curator, Step("find_place", "set", new.pk))
    both.delete()
    both = do(curator, Step("credit", "set", "又"), relics=[relic])
    old.delete()
    undo(change, curator)
    assert [row.undo for row in change.results.order_by("place")] == [Undo.REFUSED] * 2
    assert codes(change) == ["invalid"] * 2
    undo(both, curator)
    assert fresh(relic).credit == "新"
    assert fresh(bare).find_place == new
    connection.check_constraints()


def test_of_two_fields_the_one_comes_back_whose_place_is_there(
    collection: Collection, curator: User
) -> None:
    old, new = make_place(collection), make_place(collection)
    relic = make_relic(collection, find_place=old, credit="旧")
    change = do(curator, NEW, Step("find_place", "set", new.pk))
    old.delete()
    undo(change, curator)
    assert (change.results.get().undo, codes(change)) == (Undo.PARTLY, ["invalid"])
    assert (fresh(relic).credit, fresh(relic).find_place) == ("旧", new)


def test_what_was_refused_is_taken_back_by_who_may(
    collection: Collection, curator: User
) -> None:
    lost = make_collection(name_zh="瓷器馆")
    role = Membership.objects.create(user=curator, collection=lost, role="curator")
    relics = [make_relic(collection, credit="旧"), make_relic(lost, credit="旧")]
    change = do(curator, NEW)
    role.delete()
    undo(change, curator)
    assert [row.undo for row in change.results.order_by("place")] == [
        Undo.TAKEN_BACK,
        Undo.REFUSED,
    ]
    told = signed_in(curator).get(page("results", change) + "?result=undo-refused")
    assert (told.context["left"], told.context["refused"]) == (0, 1)
    assert len(told.context["rows"]) == 1
    undo(change, make_user(is_superuser=True, is_staff=True))
    assert {fresh(relic).credit for relic in relics} == {"旧"}
    with pytest.raises(WrongMoment):
        actions.begin_change_undo(change, by=curator)


@pytest.mark.parametrize("lost", ["closed", "gone"])
def test_an_account_that_is_closed_goes_on_with_nothing(
    collection: Collection, curator: User, lost: str
) -> None:
    for _ in range(13):
        make_relic(collection, credit="旧")
    change = stage(curator, NEW)
    actions.begin_change(change)

    def lose(_work: Work) -> None:
        if lost == "closed":
            User.objects.filter(pk=curator.pk).update(is_active=False)
        else:
            User.objects.filter(pk=curator.pk).delete()

    actions.run_change(change.pk, rest=at_once, on_batch=lose)
    changed = Relic.objects.filter(credit="新").count()
    assert 0 < changed < 13
    assert set(codes(change)) == {"not-yours"}

    chief = make_user(is_superuser=True, is_staff=True)
    change.refresh_from_db()
    actions.begin_change_undo(change, by=chief)
    if lost == "closed":
        User.objects.filter(pk=chief.pk).update(is_active=False)
    else:
        User.objects.get(pk=chief.pk).delete()
    actions.run_change_undo(change.pk, rest=at_once)
    assert Relic.objects.filter(credit="新").count() == changed
    refused = change.results.filter(undo=Undo.REFUSED)
    assert refused.count() == changed


def test_the_preview_shows_no_relic_that_its_reader_may_not_see(
    collection: Collection, curator: User
) -> None:
    strange = make_collection(name_zh="瓷器馆")
    shown, hidden = make_relic(strange, price=5), make_relic(strange, price=5)
    Relic.objects.update(state="released")
    change = stage(curator, Step("materials", "add", ["gold"]), Step("price", "clear"))
    Relic.objects.filter(pk=hidden.pk).update(state="withdrawn")
    found = preview(change, start=0, by=curator, person=Person.of(curator))
    assert [one.relic for one in found.samples] == [shown, None]
    assert [one.lines for one in found.samples] == [[], []]
    assert not RestrictedRead.objects.exists()


def test_what_the_results_show_of_restricted_fields_is_written_down(
    collection: Collection, curator: User
) -> None:
    relic = make_relic(collection, price=100)
    change = do(curator, NEW, Step("price", "clear"))
    assert not RestrictedRead.objects.exists()
    client = signed_in(curator)
    assert "100.00" in client.get(page("results", change)).content.decode()
    table: Any = client.get(page("download", change))
    assert "100.00" in b"".join(table.streaming_content).decode()
    reads = RestrictedRead.objects.filter(by=curator, record_key=relic.key)
    assert [read.fields for read in reads] == [["price"]] * 2


def test_what_is_being_taken_back_does_not_go_on(
    collection: Collection, curator: User
) -> None:
    make_relic(collection, credit="旧")
    change = do(curator, NEW)
    actions.begin_change_undo(change, by=curator)
    BulkChange.objects.update(state=BulkChange.State.FAILED)
    change.refresh_from_db()
    client = signed_in(curator)
    told = client.get(page("results", change)).content.decode()
    assert page("go_on", change) not in told
    assert page("take_back", change) in told
    client.post(page("go_on", change))
    with pytest.raises(WrongMoment):
        actions.begin_change(change)
    undo(change, curator)
    assert Relic.objects.get().credit == "旧"


def test_while_it_runs_its_page_counts_no_rows(
    collection: Collection, curator: User
) -> None:
    make_relic(collection, credit="旧")
    change = do(curator, NEW)
    BulkChange.objects.update(state=BulkChange.State.RUNNING)
    client = signed_in(curator)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(page("results", change)).status_code == 200
    assert not [one for one in queries if ChangedRecord._meta.db_table in one["sql"]]


def test_a_change_whose_bell_waits_is_not_rung_for_again(
    collection: Collection, curator: User
) -> None:
    make_relic(collection)
    change = stage(curator, NEW)
    actions.begin_change(change)
    BulkChange.objects.update(created_at=timezone.now() - 2 * RUNG_AGAIN)
    assert ring_for_loads() == 1  # the bell was lost
    assert ring_for_loads() == 0
    DBTaskResult.objects.all().delete()
    assert ring_for_loads() == 1
    ring(change)
    assert DBTaskResult.objects.count() == 2
