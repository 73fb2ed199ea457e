"""The pages of a change of many, from the list to taking it back, as the standing people."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from heritage.catalogue.models import Collection, Relic, RestrictedRead
from heritage.catalogue.policy import Person, allows, visible
from heritage.exchange.actions import run_change, run_change_undo
from heritage.exchange.models import BulkChange, ChangedRecord
from tests.heritage.factories import make_collection, make_relic, make_user

from .loading import at_once
from .test_pages import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:catalogue_relic_changelist")


def choose(client: Any, *relics: Relic, across: bool = False, at: str = LIST) -> Any:
    return client.post(
        at,
        {
            "action": "change_many",
            "_selected_action": [one.pk for one in relics],
            "select_across": "1" if across else "0",
        },
    )


def page(name: str, change: BulkChange) -> str:
    return reverse(f"admin:exchange_change_{name}", args=[change.key])


def test_a_curator_goes_from_the_list_to_the_report_and_back(
    collection: Collection, curator: User
) -> None:
    relics = [make_relic(collection, price=100 + n) for n in range(3)]
    client = signed_in(curator)
    answer = choose(client, *relics[:2])
    change = BulkChange.objects.get()
    assert answer.headers["Location"] == page("steps", change)
    assert "2 relics are chosen" in client.get(page("steps", change)).content.decode()

    at = page("steps", change) + "?field=price"
    assert 'name="value"' in client.get(at).content.decode()
    refused = client.post(at, {"do": "set", "value": "much"})
    assert refused.context["form"].errors["value"]
    client.post(at, {"do": "set", "value": "250"})
    at = page("steps", change) + "?field=materials"
    client.post(at, {"do": "add", "value": ["gold", "iron"]})
    at = page("steps", change) + "?field=credit"
    assert client.post(at, {"do": "replace", "find": ""}).context["form"].errors
    client.post(at, {"do": "replace", "find": "a", "replacement": "b"})
    client.post(page("steps", change), {"remove": "2"})
    change.refresh_from_db()
    assert [one["field"] for one in change.steps] == ["price", "materials"]

    shown = client.get(page("preview", change)).content.decode()
    assert "100.00" in shown
    assert "250.00" in shown
    assert "2 would change" in shown
    read = RestrictedRead.objects.filter(by=curator, record_key=relics[0].key)
    assert read.filter(fields=["price"]).exists()

    answer = client.post(page("preview", change))
    assert answer.headers["Location"] == page("results", change)
    assert "http-equiv" in client.get(page("results", change)).content.decode()
    run_change(change.pk, rest=at_once)
    report = client.get(page("results", change))
    assert {v: n for v, _label, n in report.context["kinds"]}["changed"] == 2
    table: Any = client.get(page("download", change))
    assert b"".join(table.streaming_content).decode().count("\n") == 3
    assert Relic.objects.filter(price=250).count() == 2
    client.post(page("take_back", change))
    run_change_undo(change.pk, rest=at_once)
    assert Relic.objects.filter(price=250).count() == 0
    told = client.get(page("results", change)).content.decode()
    assert "Taken back by" in told
    listed = client.get(reverse("admin:exchange_changes")).content.decode()
    assert change.key in listed


def test_all_that_a_filter_finds_is_chosen_however_many_the_page_shows(
    collection: Collection, curator: User
) -> None:
    for n in range(60):
        make_relic(collection, grade="second" if n % 2 else "third")
    chosen = Relic.objects.filter(grade="second")
    at = LIST + "?grade__exact=second"
    choose(signed_in(curator), chosen[0], across=True, at=at)
    assert BulkChange.objects.get().rows == 30


def test_stopping_and_going_on(collection: Collection, curator: User) -> None:
    client = signed_in(curator)
    choose(client, make_relic(collection))
    change = BulkChange.objects.get()
    client.post(page("steps", change) + "?field=credit", {"do": "set", "value": "新"})
    client.post(page("preview", change))
    client.post(page("stop", change))
    change.refresh_from_db()
    assert change.state == BulkChange.State.STOPPED
    assert "Go on" in client.get(page("results", change)).content.decode()
    client.post(page("go_on", change))
    run_change(change.pk, rest=at_once)
    change.refresh_from_db()
    assert change.state == BulkChange.State.DONE
    assert client.post(page("go_on", change), follow=True).status_code == 200
    change.refresh_from_db()
    assert change.state == BulkChange.State.DONE


def test_nobody_else_changes_many_or_reads_what_came_of_it(
    collection: Collection, curator: User, volunteer: User, stranger: User
) -> None:
    relic = make_relic(collection)
    choose(signed_in(curator), relic)
    change = BulkChange.objects.get()
    other = make_user(make_collection(name_zh="瓷器馆"), "curator")
    for user, status in ((volunteer, 403), (other, 404), (stranger, 302)):
        client = signed_in(user)
        for name in ("steps", "preview", "results", "download"):
            assert client.get(page(name, change)).status_code == status
        for name in ("steps", "preview", "stop", "go_on", "take_back"):
            assert client.post(page(name, change)).status_code == status
    for user in (volunteer, stranger):
        choose(signed_in(user), relic)
    assert BulkChange.objects.count() == 1
    offered = signed_in(volunteer).get(LIST).content.decode()
    assert "change_many" not in offered
    listed = signed_in(volunteer).get(reverse("admin:exchange_changes"))
    assert listed.status_code == 403


def test_the_policy_shows_a_change_to_who_made_it(
    collection: Collection, curator: User, volunteer: User, stranger: User
) -> None:
    change = BulkChange.objects.create(created_by=curator)
    orphan = BulkChange.objects.create()
    row = ChangedRecord.objects.create(change=change, place=0, verdict="changed")
    for user, seen in (
        (curator, True),
        (volunteer, False),
        (stranger, False),
        (None, False),
    ):
        person = Person.of(user)
        assert allows(person, change) is allows(person, row) is seen
        assert visible(ChangedRecord.objects.all(), person).exists() is seen
        assert not allows(person, orphan)
    chief = Person.of(User.objects.create_superuser("chief"))
    assert visible(BulkChange.objects.all(), chief).count() == 2
