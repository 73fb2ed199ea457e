"""Taking a change of an exhibit back brings what it shows back: rooms, stops, narrations."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse

from heritage.catalogue.actions import editing, undo
from heritage.catalogue.changes import find_row_changes
from heritage.catalogue.doors import Door
from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.form_rows import Rows
from heritage.catalogue.models import KeptRows
from heritage.catalogue.policy import Person
from heritage.catalogue.rows_of import keep_rows, rows_of
from heritage.exhibits.models import (
    Exhibit,
    ExhibitItem,
    ExhibitRoom,
    Narration,
    TourStop,
)
from tests.heritage.exhibits.test_arrange import as_user
from tests.heritage.exhibits.test_arrange import save as arrange
from tests.heritage.exhibits.test_narrations import make_narration, narration_form
from tests.heritage.factories import make_collection, make_relic, make_user


@pytest.fixture
def show(exhibit: Exhibit) -> Exhibit:
    """Two rooms; before the second thing stands a stop, and both are spoken of."""
    rooms = [
        ExhibitRoom.objects.create(exhibit=exhibit, number=n, name_zh=f"第{n}厅")
        for n in (1, 2)
    ]
    item = exhibit.items.all()[1]
    item.room = rooms[1]
    item.save()
    stop = TourStop.objects.create(exhibit=exhibit, item=item, text_zh="请看")
    make_narration(exhibit, item=item)
    make_narration(exhibit, stop=stop)
    return exhibit


def fresh(exhibit: Exhibit) -> Exhibit:
    return Exhibit.objects.get(pk=exhibit.pk)


def edit(exhibit: Exhibit, by: User, change: Callable[[Exhibit], Any]) -> Rows:
    """Change rows as a form does; gives those of before."""
    now = fresh(exhibit)
    with editing(now, seen_version=now.edit_version, by=by, door=Door.ADMIN) as held:
        before = rows_of(held)
        keep_rows(held)
        change(held)
    return before


def take_back(exhibit: Exhibit, by: User) -> None:
    now = fresh(exhibit)
    undo(now, seen_version=now.edit_version, by=by, door=Door.ADMIN)
    connection.check_constraints()


def add(exhibit: Exhibit) -> None:
    room = ExhibitRoom.objects.create(exhibit=exhibit, number=3, name_zh="新厅")
    relic = make_relic(exhibit.collection)
    item = ExhibitItem.objects.create(exhibit=exhibit, relic=relic, room=room, number=4)
    TourStop.objects.create(exhibit=exhibit, item=item, number=2)
    Narration.objects.create(exhibit=exhibit, item=item, transcript="新")


def reword(exhibit: Exhibit) -> None:
    exhibit.rooms.filter(number=1).update(name_zh="序厅", mood="night")
    exhibit.items.filter(number=1).update(label_zh="国宝", x_m=2.5)
    exhibit.stops.update(text_zh="请听")
    exhibit.narrations.update(transcript="改了")


def remove_thing(exhibit: Exhibit) -> None:
    """Its stop and what is said of both go along."""
    exhibit.items.get(number=2).delete()


def remove_room(exhibit: Exhibit) -> None:
    exhibit.rooms.get(number=2).delete()


def remove_all(exhibit: Exhibit) -> None:
    exhibit.items.all().delete()
    exhibit.rooms.all().delete()


def reorder(exhibit: Exhibit) -> None:
    """The first and the last change places."""
    first, _second, last = exhibit.items.order_by("number")
    exhibit.items.filter(pk=first.pk).update(number=3)
    exhibit.items.filter(pk=last.pk).update(number=1)


def move_stop(exhibit: Exhibit) -> None:
    """The stop goes before a thing that comes with the same change."""
    relic = make_relic(exhibit.collection)
    item = ExhibitItem.objects.create(exhibit=exhibit, relic=relic, number=4)
    exhibit.stops.update(item=item)


CHANGES = (add, reword, remove_thing, remove_room, remove_all, reorder, move_stop)


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_change_did_is_taken_back_and_done_again(
    show: Exhibit, curator: User, change: Callable[[Exhibit], Any]
) -> None:
    before = edit(show, curator, change)
    changed = rows_of(fresh(show))
    assert changed != before
    take_back(show, curator)
    assert rows_of(fresh(show)) == before  # keys, places, sounds and all
    take_back(show, curator)
    assert rows_of(fresh(show)) == changed


def test_a_narration_comes_back_with_its_sound(show: Exhibit, curator: User) -> None:
    sounds = set(show.narrations.values_list("key", "stored_file", "duration_s"))
    edit(show, curator, remove_thing)
    assert not show.narrations.exists()
    take_back(show, curator)
    assert set(show.narrations.values_list("key", "stored_file", "duration_s")) == sounds  # fmt: skip


def test_a_sound_that_came_since_stays(show: Exhibit, curator: User) -> None:
    row = Narration.objects.create(exhibit=show, transcript="欢迎")
    edit(show, curator, reword)
    kept = show.narrations.exclude(pk=row.pk)[0]
    Narration.objects.filter(pk=row.pk).update(
        stored_file=kept.stored_file, duration_s=1.0
    )
    take_back(show, curator)
    row.refresh_from_db()
    assert row.transcript == "欢迎"
    assert row.stored_file == kept.stored_file


def test_an_arrangement_is_taken_back(show: Exhibit, curator: User) -> None:
    before = rows_of(show)
    assert arrange(as_user(curator), show).status_code == 200
    assert rows_of(show) != before
    take_back(show, curator)
    assert rows_of(show) == before


def test_of_versions_before_they_were_kept_rows_stay_as_they_are(
    show: Exhibit, curator: User
) -> None:
    edit(show, curator, lambda held: setattr(held, "mood", "night"))
    KeptRows.objects.update(rows={})  # as an earlier museum wrote them
    before = rows_of(show)
    take_back(show, curator)
    assert (rows_of(show), fresh(show).mood) == (before, "dusk")


def test_a_thing_that_is_gone_keeps_the_change_from_coming_back_half(
    show: Exhibit, curator: User
) -> None:
    craft = show.items.get(number=3).thing
    edit(show, curator, lambda held: held.items.get(number=3).delete())
    now = rows_of(show)
    craft.delete()
    with pytest.raises(ValidationError):
        take_back(show, make_user(is_superuser=True, is_staff=True))
    assert rows_of(show) == now


def test_what_its_reader_may_not_see_stays_as_it_is(
    show: Exhibit, curator: User
) -> None:
    """A thing of another house, not released: neither brought back nor taken away."""
    other = make_collection(name_zh="别馆")
    hidden, added = make_relic(other), make_relic(other)
    ExhibitItem.objects.create(exhibit=show, relic=hidden, number=4)
    chief = make_user(is_superuser=True, is_staff=True)

    def change(held: Exhibit) -> None:
        held.items.filter(number__in=[1, 4]).delete()
        ExhibitItem.objects.create(exhibit=held, relic=added, number=5)

    edit(show, chief, change)
    was = fresh(show).history.order_by("-edit_version")[1]
    (told,) = [
        one for one in find_row_changes(fresh(show), was, Person.of(curator))
        if one.field == "exhibits.ExhibitItem"
    ]  # fmt: skip
    assert len(told.was.split("; ")) == 3
    take_back(show, curator)
    assert list(show.items.values_list("number", flat=True)) == [1, 2, 3, 5]
    take_back(show, chief)  # what the curator did is a version as any other
    assert list(show.items.values_list("number", flat=True)) == [2, 3, 5]


def test_only_who_may_edit_the_exhibit_takes_back(
    show: Exhibit, curator: User, volunteer: User, stranger: User
) -> None:
    edit(show, curator, reword)
    changed = rows_of(show)
    for person in (volunteer, stranger):  # it is released: a volunteer proposes
        with pytest.raises(NotPermitted):
            take_back(show, person)
    assert rows_of(show) == changed
    Exhibit.objects.filter(pk=show.pk).update(state="draft")
    take_back(show, volunteer)
    assert rows_of(show) != changed


def test_two_things_that_changed_places_are_told_by_their_order(
    show: Exhibit, curator: User
) -> None:
    edit(show, curator, reorder)
    was = fresh(show).history.order_by("-edit_version")[1]
    (told,) = find_row_changes(fresh(show), was, Person.of(curator))
    assert told.was != told.now
    assert "1" in told.was
    assert "3" in told.now


def test_the_form_keeps_them_and_the_review_page_takes_back(
    show: Exhibit, curator: User
) -> None:
    client = as_user(curator)
    typed = narration_form(show, client) | {"narrations-TOTAL_FORMS": 2}
    typed["items-0-label_en"] = "The oldest"
    address = reverse("admin:exhibits_exhibit_change", args=[show.pk])
    before = rows_of(show)
    assert client.post(address, typed).status_code == 302
    assert show.items.filter(label_en="The oldest").exists()
    review = reverse("admin:exhibits_exhibit_review", args=[show.pk])
    page = client.get(review)
    assert "The oldest" in page.content.decode()
    seen = fresh(show).edit_version
    client.post(review, {"act": "undo", "seen_version": str(seen)})
    assert rows_of(show) == before
