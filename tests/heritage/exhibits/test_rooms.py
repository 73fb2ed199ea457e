"""An exhibit of several rooms: each a scene of its own, and all beside each other."""

import json
from itertools import combinations
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.exhibits.devices import devices
from heritage.exhibits.models import Exhibit, ExhibitItem, ExhibitRoom, TourStop
from tests.heritage.exhibits.test_arrange import as_user, place
from tests.heritage.exhibits.test_scene_api import check_schema
from tests.heritage.factories import make_relic
from tests.heritage.images.made import gradient, place_image


@pytest.fixture
def rooms(exhibit: Exhibit) -> list[ExhibitRoom]:
    """The second relic is in the second room; the others are in none: in the first."""
    made = [
        ExhibitRoom.objects.create(
            exhibit=exhibit,
            number=n,
            name_zh=f"第{n}厅",
            name_en=f"Room {n}",
            mood=mood,
        )
        for n, mood in ((1, "day"), (2, "night"))
    ]
    item = exhibit.items.all()[1]
    item.room = made[1]
    item.save()
    return made


def scene(exhibit: Exhibit, room: str = "", device: str = "web") -> dict[str, Any]:
    address = f"/api/exhibits/{exhibit.key}/scene?device={device}&room={room}"
    answer = Client().get(address)
    assert answer.status_code == 200, answer.content
    body: dict[str, Any] = answer.json()
    check_schema(body, "Scene")
    return body


def keys(body: dict[str, Any]) -> list[str]:
    return [thing["key"] for thing in body["objects"]]


def test_a_room_shows_what_is_in_it(exhibit: Exhibit, rooms: list[ExhibitRoom]) -> None:
    first, second, panel = (item.key for item in exhibit.items.all())
    here = scene(exhibit, rooms[0].key)
    assert keys(here) == [first, panel]
    assert here["mood"] == "day"
    there = scene(exhibit, rooms[1].key)
    assert keys(there) == [second]
    assert there["mood"] == "night"
    assert [one["key"] for one in there["rooms"]] == [room.key for room in rooms]
    assert there["rooms"][0]["names"] == {"zh-Hans": "第1厅", "en": "Room 1"}
    # Each by itself stands around its own middle.
    assert abs(there["objects"][0]["transform"]["position"][0]) < 2
    linked = there["rooms"][0]["scene"].removeprefix("http://testserver")
    assert keys(Client().get(linked).json()) == keys(here)


def test_the_whole_has_the_rooms_beside_each_other(
    exhibit: Exhibit, rooms: list[ExhibitRoom]
) -> None:
    whole = scene(exhibit)
    assert len(keys(whole)) == 3
    spans: dict[str, list[float]] = {}
    for thing in whole["objects"]:
        spans.setdefault(thing["room"], []).append(thing["transform"]["position"][0])
    for one, other in combinations(spans.values(), 2):
        assert max(one) + 4 < min(other) or max(other) + 4 < min(one)
    for room in rooms:
        alone = scene(exhibit, room.key)
        origin = next(o for o in whole["rooms"] if o["key"] == room.key)["origin"]
        for thing in alone["objects"]:
            match = next(o for o in whole["objects"] if o["key"] == thing["key"])
            moved = [
                p + o
                for p, o in zip(thing["transform"]["position"], origin, strict=True)
            ]
            assert match["transform"]["position"] == pytest.approx(moved)


def test_each_room_has_the_whole_budget(
    exhibit: Exhibit, rooms: list[ExhibitRoom]
) -> None:
    for device in devices():
        for room in rooms:
            body = scene(exhibit, room.key, device)
            budget = body["device"]["budget"]
            assert all(body["sums"][name] <= budget[name] for name in budget)


def test_a_room_that_is_not_of_this_exhibit_is_refused(exhibit: Exhibit) -> None:
    answer = Client().get(f"/api/exhibits/{exhibit.key}/scene?room=nothing")
    assert answer.status_code == 404
    assert answer.json()["title"] == "unknown-room"


def test_the_tour_leads_through_the_rooms(
    exhibit: Exhibit, rooms: list[ExhibitRoom]
) -> None:
    first, second, _panel = exhibit.items.all()
    for number, item in enumerate((second, first)):
        TourStop.objects.create(exhibit=exhibit, item=item, number=number, text_en="x")
    for asked in ("", rooms[0].key, rooms[1].key):
        stops = scene(exhibit, asked)["tour"]
        assert [(s["object"], s["room"]) for s in stops] == [
            (second.key, rooms[1].key),
            (first.key, rooms[0].key),
        ]


def test_rooms_of_a_draft_are_nobodys(
    exhibit: Exhibit, rooms: list[ExhibitRoom], curator: User
) -> None:
    Exhibit.objects.filter(pk=exhibit.pk).update(state="draft")
    page = reverse("exhibit-preview", args=[exhibit.key])
    assert Client().get(f"{page}?room={rooms[1].key}").status_code == 404
    seen = as_user(curator).get(f"{page}?room={rooms[1].key}").json()
    assert seen["mood"] == "night"


def test_one_room_is_arranged_without_the_others(
    exhibit: Exhibit,
    rooms: list[ExhibitRoom],
    curator: User,
    volunteer: User,
    stranger: User,
) -> None:
    page = reverse("admin:exhibits_exhibit_arrange", args=[exhibit.pk])
    address = f"{page}?room={rooms[1].key}"
    for person, status in ((stranger, 302), (volunteer, 200), (curator, 200)):
        assert as_user(person).get(address).status_code == status
    shown = as_user(curator).get(address).context["page"]
    second = exhibit.items.all()[1]
    assert keys(shown["scene"]) == [second.key]
    body = {
        "seen": shown["seen"], "layout": "hand", "mood": "dusk",
        "places": [place(second, x_m=1.25)],
    }  # fmt: skip
    answer = as_user(curator).post(
        address, json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 200
    rooms[1].refresh_from_db()
    assert (rooms[1].layout, rooms[1].mood) == ("hand", "dusk")
    exhibit.refresh_from_db()
    rooms[0].refresh_from_db()
    assert (exhibit.layout, rooms[0].layout) == ("aisle", "aisle")
    there = scene(exhibit, rooms[1].key)["objects"][0]
    assert there["transform"]["position"][0] == 1.25
    tried = as_user(curator).get(f"{address}&layout=circle").json()
    assert keys(tried) == [second.key]
    assert as_user(curator).get(f"{page}?room=nothing").status_code == 404


def test_a_room_taken_away_leaves_its_things_in_the_first(
    exhibit: Exhibit, rooms: list[ExhibitRoom]
) -> None:
    rooms[1].delete()
    assert ExhibitItem.objects.filter(exhibit=exhibit).count() == 3
    assert len(keys(scene(exhibit, rooms[0].key))) == 3


def test_panoramas_are_offered_of_what_is_shown_and_what_is_chosen_stays(
    exhibit: Exhibit, rooms: list[ExhibitRoom], curator: User
) -> None:
    shown = exhibit.items.all()[0].relic
    assert shown is not None
    others = [make_relic(exhibit.collection) for _n in range(2)]
    around, _flat = (place_image(shown, gradient(n, 64)) for n in (128, 64))
    chosen, _elsewhere = (place_image(one, gradient(128, 64)) for one in others)
    rooms[1].backdrop = chosen
    rooms[1].save()
    page = reverse("admin:exhibits_exhibit_change", args=[exhibit.pk])
    formsets = as_user(curator).get(page).context["inline_admin_formsets"]
    (inline,) = (one for one in formsets if one.opts.model is ExhibitRoom)
    for form in inline.formset.forms:
        assert set(form.fields["backdrop"].queryset) == {around, chosen}
