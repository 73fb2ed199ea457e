"""A curator arranges an exhibit: what is kept, who may, what is refused."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.exhibits.devices import devices
from heritage.exhibits.models import Exhibit, ExhibitItem, TourStop


def page_of(exhibit: Exhibit) -> str:
    return reverse("admin:exhibits_exhibit_arrange", args=[exhibit.pk])


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def place(item: ExhibitItem, **values: Any) -> dict[str, Any]:
    figures = {"x_m": 1.5, "y_m": 0.0, "z_m": -2.0, "turn_deg": 90, "scale": 1.0}
    return {"key": item.key, **figures} | values


def save(client: Client, exhibit: Exhibit, **values: Any) -> Any:
    exhibit.refresh_from_db()
    body = {
        "seen": exhibit.edit_version,
        "layout": "hand",
        "mood": "day",
        "places": [place(item) for item in exhibit.items.all()],
    } | values
    return client.post(
        page_of(exhibit), json.dumps(body), content_type="application/json"
    )


def test_an_arrangement_by_hand_is_what_visitors_see(
    exhibit: Exhibit, curator: User
) -> None:
    first, *others = exhibit.items.all()
    places = [place(first, x_m=0.25, z_m=-1.75, turn_deg=30, scale=2, y_m=0.4)]
    answer = save(as_user(curator), exhibit, places=places + [place(o) for o in others])
    assert answer.status_code == 200
    scene = Client().get(f"/api/exhibits/{exhibit.key}/scene").json()
    thing = next(one for one in scene["objects"] if one["key"] == first.key)
    assert thing["transform"]["position"] == [0.25, 0.4, -1.75]
    assert thing["transform"]["scale"] == 2
    assert scene["mood"] == "day"
    exhibit.refresh_from_db()
    assert answer.json()["seen"] == exhibit.edit_version
    assert [one["device"] for one in answer.json()["meters"]] == list(devices())
    assert exhibit.layout == Exhibit.Layout.BY_HAND


def test_an_arrangement_is_tried_before_it_is_saved(
    exhibit: Exhibit, curator: User
) -> None:
    client = as_user(curator)
    seen = {
        layout: json.dumps(
            [
                thing["transform"]["position"]
                for thing in client.get(f"{page_of(exhibit)}?layout={layout}").json()["objects"]
            ]
        )
        for layout in ("aisle", "wall", "circle", "timeline")
    }  # fmt: skip
    assert len({seen["aisle"], seen["wall"], seen["circle"]}) == 3
    exhibit.refresh_from_db()
    assert exhibit.layout == Exhibit.Layout.AISLE
    assert save(client, exhibit, layout="wall", places=[]).status_code == 200
    scene = Client().get(f"/api/exhibits/{exhibit.key}/scene").json()
    shown = [thing["transform"]["position"] for thing in scene["objects"]]
    assert json.dumps(shown) == seen["wall"]


def test_the_page_tells_what_each_class_of_devices_has_to_draw(
    exhibit: Exhibit, curator: User
) -> None:
    meters = as_user(curator).get(page_of(exhibit)).context["page"]["meters"]
    assert [meter["device"] for meter in meters] == list(devices())
    for meter in meters:
        assert 0 < meter["sums"]["triangles"] <= meter["budget"]["triangles"]


def test_who_may_arrange(
    exhibit: Exhibit, curator: User, volunteer: User, stranger: User
) -> None:
    for client, status in (
        (Client(), 302), (as_user(stranger), 302), (as_user(volunteer), 200),
        (as_user(curator), 200),
    ):  # fmt: skip
        assert client.get(page_of(exhibit)).status_code == status
    assert save(as_user(stranger), exhibit).status_code == 302
    assert set(exhibit.items.values_list("x_m", flat=True)) == {0.0}


def test_the_second_of_two_people_is_told(exhibit: Exhibit, curator: User) -> None:
    client = as_user(curator)
    exhibit.refresh_from_db()
    seen = exhibit.edit_version
    assert save(client, exhibit).status_code == 200
    answer = save(client, exhibit, seen=seen, mood="night")
    assert (answer.status_code, answer.json()["title"]) == (409, "changed-meanwhile")
    exhibit.refresh_from_db()
    assert exhibit.mood == "day"


@pytest.mark.parametrize(
    "bad",
    [
        {"layout": "spiral"},
        {"mood": "gloomy"},
        {"places": [{"key": "nothing"}]},
        {"places": "all"},
        {"seen": "now"},
    ],
)
def test_what_is_no_arrangement_is_refused(
    bad: dict[str, Any], exhibit: Exhibit, curator: User
) -> None:
    assert save(as_user(curator), exhibit, **bad).status_code == 400


@pytest.mark.parametrize(
    "body", ["[]", '{"seen": Infinity}', '{"seen": 1e999}', '{"a":' + "[" * 100_000]
)
def test_what_cannot_be_read_is_refused(
    body: str, exhibit: Exhibit, curator: User
) -> None:
    sent = body.replace("}", ', "places": [], "layout": "row", "mood": "day"}')
    page = page_of(exhibit)
    answer = as_user(curator).post(page, sent, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "figure",
    [{"x_m": 1e9}, {"scale": 0}, {"turn_deg": "nan"}, {"y_m": -1}, {"z_m": None}],
)
def test_a_figure_out_of_bounds_saves_nothing(
    figure: dict[str, Any], exhibit: Exhibit, curator: User
) -> None:
    first, *others = exhibit.items.all()
    places = [place(other) for other in others] + [place(first, **figure)]
    assert save(as_user(curator), exhibit, places=places).status_code == 400
    assert set(exhibit.items.values_list("x_m", flat=True)) == {0.0}


def test_the_tour_stops_before_what_is_shown(exhibit: Exhibit) -> None:
    first, second, _panel = exhibit.items.all()
    for number, item in enumerate((second, first)):
        TourStop.objects.create(
            exhibit=exhibit, item=item, number=number, text_zh="看", text_en="Look"
        )
    scene = Client().get(f"/api/exhibits/{exhibit.key}/scene").json()
    assert [stop["object"] for stop in scene["tour"]] == [second.key, first.key]
    assert second.relic is not None
    type(second.relic).objects.filter(pk=second.relic.pk).update(state="withdrawn")
    scene = Client().get(f"/api/exhibits/{exhibit.key}/scene").json()
    assert [stop["object"] for stop in scene["tour"]] == [first.key]
