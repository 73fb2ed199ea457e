"""Hotspots: where they lie, who places them, and who sees what of them."""

import json
import math
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from heritage.captures.models import MasterMotion, Run
from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import (
    Collection,
    DatingOpinion,
    Relic,
    RelicMaterial,
    TechniqueOf,
)
from heritage.exhibits.frames import inverse, moved, turned
from heritage.exhibits.models import ExhibitItem, Hotspot
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_element, make_exhibit, make_person, make_relic

# Turned about two axes by angles that no float holds exactly.
SIN, COS = math.sin(0.3), math.cos(0.3)
SIN2, COS2 = math.sin(0.7), math.cos(0.7)
TURN = [
    [COS, SIN * SIN2, SIN * COS2, 0.5],
    [0.0, COS2, -SIN2, -0.2],
    [-SIN, COS * SIN2, COS * COS2, 0.1],
    [0.0, 0.0, 0.0, 1.0],
]
number = st.floats(-10, 10)


@pytest.fixture
def relic(collection: Collection) -> Relic:
    relic = make_relic(collection)
    run = make_run(relic)
    stand_by(run, TURN)
    release(relic, by=None)
    relic.refresh_from_db()
    return relic


def stand_by(run: Run, matrix: list[list[float]]) -> None:
    upright = {"proposed": matrix, "used": matrix, "confirmed": False}
    Run.objects.filter(pk=run.pk).update(report={**run.report, "upright": upright})


def page_of(relic: Relic) -> str:
    return reverse("admin:exhibits_hotspot_place", args=[relic.key])


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def entry(**values: Any) -> dict[str, Any]:
    place = {"position": [0.1, 0.2, 0.0], "normal": [1, 0, 0]}
    words = {"title_zh": "足", "title_en": "Foot", "text_zh": "", "text_en": ""}
    return {
        "key": "",
        **place,
        **words,
        "fact": "",
        "image": "",
        "is_shown": True,
    } | values


def state_of(client: Client, relic: Relic) -> dict[str, Any]:
    answer = client.get(page_of(relic))
    assert answer.status_code == 200
    page: dict[str, Any] = answer.context["page"]
    return page


def save(client: Client, relic: Relic, entries: list[Any], **values: Any) -> Any:
    page = state_of(client, relic)
    body = {"run": page["run"], "seen": page["seen"], "hotspots": entries} | values
    return client.post(
        page_of(relic), json.dumps(body), content_type="application/json"
    )


def public(relic: Relic) -> list[dict[str, Any]]:
    body = Client().get(f"/api/relics/{relic.key}").json()
    return list(body["hotspots"])


@given(number, st.tuples(number, number, number), st.tuples(number, number, number))
def test_the_way_to_the_master_and_back(
    turn: float, shift: tuple[float, float, float], point: tuple[float, float, float]
) -> None:
    sin, cos = math.sin(turn), math.cos(turn)
    matrix = [
        [cos, 0.0, sin, shift[0]],
        [0.0, 1.0, 0.0, shift[1]],
        [-sin, 0.0, cos, shift[2]],
        [0.0, 0.0, 0.0, 1.0],
    ]
    back = inverse(matrix)
    assert moved(back, moved(matrix, point)) == pytest.approx(point, abs=1e-9)
    assert turned(back, turned(matrix, point)) == pytest.approx(point, abs=1e-9)


def test_a_hotspot_stays_on_its_place_when_the_model_is_set_upright_anew(
    relic: Relic, curator: User
) -> None:
    client = as_user(curator)
    assert save(client, relic, [entry()]).status_code == 200
    (spot,) = public(relic)
    assert spot["position"] == pytest.approx([0.1, 0.2, 0.0])
    assert spot["normal"] == pytest.approx([1, 0, 0])
    assert (spot["number"], spot["titles"]) == (1, {"zh-Hans": "足", "en": "Foot"})
    row = Hotspot.objects.get()
    assert moved(TURN, row.position) == pytest.approx((0.1, 0.2, 0.0))
    # Laid on its side: the same place of the master, elsewhere on the new files.
    run = Run.objects.get()
    other: list[list[float]] = [
        [1, 0, 0, 0],
        [0, 0, -1, 0.3],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
    ]
    stand_by(run, other)
    (spot,) = public(relic)
    assert spot["position"] == pytest.approx(moved(other, row.position), abs=1e-6)


def test_another_master_shows_none_until_they_are_placed_anew(
    relic: Relic, curator: User
) -> None:
    client = as_user(curator)
    save(client, relic, [entry()])
    Run.objects.update(is_accepted=False)
    make_run(relic)
    assert public(relic) == []
    answer = client.get(page_of(relic))
    assert [str(one) for one in answer.context["waiting"]] == ["足"]


def test_on_the_next_master_a_hotspot_follows_a_way_that_a_curator_confirms(
    relic: Relic, curator: User, volunteer: User, stranger: User
) -> None:
    client = as_user(curator)
    save(client, relic, [entry()])
    old = Run.objects.get()
    Run.objects.update(is_accepted=False)
    new = make_run(relic)
    stand_by(new, TURN)
    lift = [[1.0, 0, 0, 0.0], [0, 1.0, 0, 0.0], [0, 0, 1.0, 0.5], [0, 0, 0, 1.0]]
    way = MasterMotion.objects.create(
        before=old, after=new, matrix=lift, basis="surface",
        uncertainty_mm=0.03, agreeing_share=0.93,
    )  # fmt: skip
    page = client.get(page_of(relic), HTTP_ACCEPT_LANGUAGE="en").text
    assert "93 % agrees with this one, to 0.03 mm" in page
    place = reverse("admin:exhibits_hotspot_follow", args=[relic.key])
    sent = {"way": str(way.pk), "follow": "1"}
    for user in (volunteer, stranger):
        as_user(user).post(place, sent)
        assert public(relic) == []
    assert client.post(place, {"way": "x"}).status_code == 404
    client.post(place, sent)
    row = Hotspot.objects.get()
    (spot,) = public(relic)
    there = moved(TURN, moved(lift, row.position))
    assert spot["position"] == pytest.approx(there, abs=1e-6)
    assert row.master == old
    client.post(place, {"way": str(way.pk), "back": "1"})
    assert public(relic) == []
    client.post(place, sent)
    (shown,) = state_of(client, relic)["hotspots"]
    assert save(client, relic, [shown]).status_code == 200
    row.refresh_from_db()
    assert row.master == new
    assert public(relic)[0]["position"] == pytest.approx(there, abs=1e-6)


def test_many_follow_one_way_that_is_looked_up_once(
    relic: Relic, curator: User
) -> None:
    client = as_user(curator)
    save(client, relic, [entry(), entry(), entry()])
    old = Run.objects.get()
    Run.objects.update(is_accepted=False)
    new = make_run(relic)
    stand_by(new, TURN)
    MasterMotion.objects.create(
        before=old, after=new, matrix=TURN, basis="scans", confirmed_at=timezone.now()
    )
    with CaptureQueriesContext(connection) as asked:
        assert len(public(relic)) == 3
    ways = [one for one in asked if 'FROM "captures_mastermotion"' in one["sql"]]
    assert len(ways) == 1


def test_a_way_found_from_the_other_model_is_offered_and_taken_back(
    relic: Relic, curator: User
) -> None:
    client = as_user(curator)
    save(client, relic, [entry()])
    old = Run.objects.get()
    Run.objects.update(is_accepted=False)
    new = make_run(relic)
    stand_by(new, TURN)
    way = MasterMotion.objects.create(
        before=new, after=old, matrix=TURN, basis="surface",
        uncertainty_mm=0.03, agreeing_share=0.93,
    )  # fmt: skip
    page = client.get(page_of(relic), HTTP_ACCEPT_LANGUAGE="en")
    assert "1 hotspot lies on an earlier model" in page.text
    place = reverse("admin:exhibits_hotspot_follow", args=[relic.key])
    client.post(place, {"way": str(way.pk), "follow": "1"})
    assert len(public(relic)) == 1
    assert "1 hotspot has followed" in client.get(
        page_of(relic), HTTP_ACCEPT_LANGUAGE="en"
    ).text  # fmt: skip
    client.post(place, {"way": str(way.pk), "back": "1"})
    assert public(relic) == []


def test_who_may_place_and_whose_are_shown(
    relic: Relic, curator: User, volunteer: User, stranger: User
) -> None:
    for client, status in (
        (Client(), 302), (as_user(stranger), 302), (as_user(volunteer), 200),
    ):  # fmt: skip
        assert client.get(page_of(relic)).status_code == status
    helper, keeper = as_user(volunteer), as_user(curator)
    assert save(helper, relic, [entry()]).status_code == 200
    assert public(relic) == []
    (mine,) = state_of(keeper, relic)["hotspots"]
    save(keeper, relic, [mine | {"is_shown": True}])
    assert len(public(relic)) == 1
    # Untouched it stays shown, and a volunteer's own stands beside it.
    (shown,) = state_of(helper, relic)["hotspots"]
    assert save(helper, relic, [shown, entry(title_zh="耳")]).status_code == 200
    assert [spot["titles"]["zh-Hans"] for spot in public(relic)] == ["足"]
    for entries in ([], [shown | {"text_zh": "改"}], [shown | {"position": [9, 9, 9]}]):
        answer = save(helper, relic, entries)
        assert (answer.status_code, answer.json()["title"]) == (403, "shown-hotspots")
    assert len(public(relic)) == 1


def test_the_second_of_two_people_loses_nothing(relic: Relic, curator: User) -> None:
    client = as_user(curator)
    page = state_of(client, relic)
    save(client, relic, [entry()])
    answer = save(client, relic, [entry(title_zh="口")], seen=page["seen"])
    assert answer.status_code == 409
    assert answer.json()["title"] == "changed-meanwhile"
    assert [row.title_zh for row in Hotspot.objects.all()] == ["足"]


@pytest.mark.parametrize(
    "bad",
    [
        {"position": [0, 0]},
        {"position": [0, 0, "nan"]},
        {"position": [0, 0, 1e9]},
        {"normal": [0, 0, 0]},
        {"title_zh": "", "title_en": " "},
        {"title_zh": 7},
        {"title_zh": "half a pair: \ud800"},
        {"position": [0, 0, 10**400]},
        {"text_zh": "x" * 2001},
        {"fact": "gossip"},
        {"image": "nothing"},
    ],
)
def test_what_is_no_hotspot_is_refused_whole(
    bad: dict[str, Any], relic: Relic, curator: User
) -> None:
    answer = save(as_user(curator), relic, [entry(), entry(**bad)])
    assert answer.status_code == 400
    assert answer.json()["detail"]
    assert not Hotspot.objects.exists()


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"hotspots": 3}', "[" * 100_000])
def test_what_cannot_be_read_is_refused(body: str, relic: Relic, curator: User) -> None:
    client = as_user(curator)
    answer = client.post(page_of(relic), body, content_type="application/json")
    assert answer.status_code == 400


def test_too_many(relic: Relic, curator: User) -> None:
    assert save(as_user(curator), relic, [entry()] * 41).status_code == 422


def test_facts_come_from_the_register_as_it_is_now(
    relic: Relic, curator: User, collection: Collection
) -> None:
    maker = make_person(collection, state="released")
    other = make_relic(collection, state="released", maker=maker)
    draft = make_relic(collection, maker=maker)
    relic.maker = maker
    relic.save()
    element = make_element(collection, state="released")
    TechniqueOf.objects.create(relic=relic, element=element)
    for text, evidence in (("商", "形制"), ("西周", "铭文")):
        DatingOpinion.objects.create(relic=relic, period_text=text, evidence=evidence)
    kinds = [value for value in Hotspot.Fact.values if value]
    spots = [entry(title_zh=kind, fact=kind) for kind in kinds]
    assert save(as_user(curator), relic, spots).status_code == 200
    facts = {spot["titles"]["zh-Hans"]: spot["facts"] for spot in public(relic)}
    material = RelicMaterial.objects.get(relic=relic).material
    assert material
    assert [set(fact["values"]) for fact in facts["material"]] == [{"zh-Hans", "en"}]
    assert facts["technique"][0]["values"] == element.names
    assert facts["technique"][0]["link"].endswith(f"/elements/{element.key}")
    assert facts["maker"][0]["values"] == maker.names
    told = [fact["values"]["zh-Hans"] for fact in facts["dating"]]
    assert told == ["西周 · 铭文", "商 · 形制"]
    assert [fact["values"] for fact in facts["related"]] == [other.names]
    withdraw(element, by=None)
    facts = {spot["titles"]["zh-Hans"]: spot["facts"] for spot in public(relic)}
    assert facts["technique"] == []
    assert draft.name_zh not in json.dumps(public(relic), ensure_ascii=False)


def test_a_scene_holds_the_hotspots_of_what_it_shows(
    relic: Relic, curator: User, collection: Collection
) -> None:
    save(as_user(curator), relic, [entry(), entry(title_zh="密", is_shown=False)])
    show = make_exhibit(collection)
    ExhibitItem.objects.create(exhibit=show, relic=relic)
    release(show, by=None)
    body = Client().get(f"/api/exhibits/{show.key}/scene").json()
    (spots,) = [thing["hotspots"] for thing in body["objects"]]
    assert [spot["titles"]["zh-Hans"] for spot in spots] == ["足"]
    page = Client().get(f"/relics/{relic.key}").content.decode()
    assert "足" in page
    assert "密" not in page
