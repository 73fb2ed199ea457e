"""Acts by hand: kept one by one, undone in turn, and what the engine is told of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.captures.actions.hand import add_act, start_by_hand, undo_act
from heritage.captures.engine_order import engine_arguments
from heritage.captures.errors import BadAct, NotPermitted, SavedMeanwhile
from heritage.captures.hand import constraints_of, said_by, standing_acts, steps_taken
from heritage.captures.models import Capture, HandAct, Run
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_relic, make_user

Work = Callable[..., Run]
A, B = "front.ply", "back.ply"
PLACES = [[0.0, 0.0, 0.3], [0.1, 0.0, 0.3], [0.0, 0.1, 0.3]]


def act(capture: Capture, kind: str, by: User, **data: Any) -> HandAct:
    return add_act(capture, kind, data, after=steps_taken(capture), by=by)


def pick_three(capture: Capture, by: User) -> None:
    for place in PLACES:
        for side in ("first", "second"):
            act(capture, "point", by, first=A, second=B, side=side, place=place)


def address(capture: Capture, rest: str = "") -> str:
    return f"/admin/captures/capture/{capture.pk}/hand/{rest}"


def told_engine(capture: Capture) -> dict[str, Any]:
    return constraints_of(said_by(standing_acts(capture)), [A, B])


def test_three_places_make_a_pair_and_two_do_not(
    filled: Capture, curator: User
) -> None:
    pick_three(filled, curator)
    [pair] = told_engine(filled)["pairs"]
    assert pair == {"first": A, "second": B, "points": [[p, p] for p in PLACES]}
    undo_act(filled, after=6, by=curator)
    assert told_engine(filled) == {}
    assert filled.hand_acts.count() == 6


def test_a_scan_is_left_out_and_taken_in_again(filled: Capture, curator: User) -> None:
    pick_three(filled, curator)
    act(filled, "leave-out", curator, scan=B)
    assert told_engine(filled) == {"leave_out": [B]}
    act(filled, "take-in", curator, scan=B)
    assert "pairs" in told_engine(filled)


def test_undoing_goes_back_act_by_act_and_keeps_what_was(
    filled: Capture, curator: User, volunteer: User
) -> None:
    act(filled, "leave-out", curator, scan=A)
    act(filled, "holes", curator, close=True)
    undo_act(filled, after=2, by=volunteer)
    with pytest.raises(SavedMeanwhile):
        undo_act(filled, after=2, by=curator)
    with pytest.raises(SavedMeanwhile):
        add_act(filled, "leave-out", {"scan": B}, after=2, by=curator)
    undo_act(filled, after=3, by=volunteer)
    assert undo_act(filled, after=4, by=volunteer) is None
    assert (
        list(filled.hand_acts.values_list("undone_by", flat=True)) == [volunteer.pk] * 2
    )


def test_the_second_of_two_people_is_told(filled: Capture, curator: User) -> None:
    act(filled, "leave-out", curator, scan=A)
    with pytest.raises(SavedMeanwhile):
        add_act(filled, "leave-out", {"scan": B}, after=0, by=curator)
    assert filled.hand_acts.count() == 1


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("leave-out", {"scan": "other.ply"}), ("leave-out", []), ("dance", {}),
        ("point", {"first": A, "second": A, "side": "first", "place": PLACES[0]}),
        ("point", {"first": A, "second": B, "side": "third", "place": PLACES[0]}),
        ("point", {"first": A, "second": B, "side": "first", "place": [0, 1]}),
        ("point", {"first": A, "second": B, "side": "first", "place": [0, 1, 1e300]}),
        ("box", {"min": [0, 0, 0], "max": [1, 0, 1], "keep": True, "run": "r"}),
        ("plane", {"planes": []}), ("plane", {"planes": [7]}),
        ("plane", {"planes": [{"scan": A, "point": [0, 0, 0], "normal": [0, 0, 0]}]}),
        ("holes", {"close": "yes"}),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(
    kind: str, data: Any, filled: Capture, curator: User
) -> None:
    with pytest.raises(BadAct):
        add_act(filled, kind, data, after=0, by=curator)


def test_a_run_is_told_all_of_it(
    filled: Capture, curator: User, work: Work, tmp_path: Any
) -> None:
    pick_three(filled, curator)
    plane = {"scan": B, "point": [0, 0, 0], "normal": [0, 1, 0]}
    act(filled, "plane", curator, planes=[plane])
    act(filled, "holes", curator, close=False)
    run = start_by_hand(filled, is_exact=True, by=curator)
    assert run.constraints["acts"] == list(range(1, 9))
    assert run.parameters == {"closed_share": 0}
    words = engine_arguments(run, tmp_path)
    said = json.loads((tmp_path / "constraints.json").read_text())
    assert f"--constraints={tmp_path / 'constraints.json'}" in words
    assert set(said) == {"pairs", "planes"}
    assert said["planes"][0]["cut"] == "below"
    assert work(run).state == "succeeded"


def test_a_box_is_told_in_each_scans_own_frame(
    run: Run, work: Work, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = work(run).capture
    pose = [[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]]
    poses = {A: pose}
    monkeypatch.setattr("heritage.captures.hand.poses_of", lambda run: poses)
    act(capture, "box", curator, min=[0, 0, 0], max=[1, 1, 1], keep=True, run=run.key)
    [box] = told_engine(capture)["boxes"]
    assert box["scan"] == A
    assert box["matrix"] == [
        [0, 1, 0, -2], [-1, 0, 0, 1], [0, 0, 1, -3], [0, 0, 0, 1],
    ]  # fmt: skip
    assert "when" not in box
    # Where all scans had their place, they are cut in it: it is not searched again.
    poses[B] = pose
    [box] = told_engine(capture)["boxes"]
    assert (box["scan"], box["when"]) == (B, "placed")


def test_the_page_keeps_each_click_at_once(
    client: Client, volunteer: User, filled: Capture
) -> None:
    client.force_login(volunteer)
    assert client.get(address(filled)).status_code == 200
    index = client.get(address(filled, "clouds/")).json()["scans"]
    assert [one["name"] for one in index] == [B, A]
    cloud = client.get(address(filled, "clouds/0.bin"))
    assert len(b"".join(cloud.streaming_content)) == 16  # type: ignore[attr-defined]
    sent = {"after": 0, "kind": "leave-out", "data": {"scan": A}}
    kept = client.post(address(filled, "act/"), sent, "application/json").json()
    assert kept["said"]["left_out"] == [A]
    again = client.post(address(filled, "act/"), sent, "application/json")
    assert again.status_code == 409
    undone = client.post(
        address(filled, "act/"), {"after": 1, "kind": "undo"}, "application/json"
    )
    assert undone.json()["said"]["left_out"] == []


def test_a_snap_needs_three_places(
    client: Client, volunteer: User, filled: Capture
) -> None:
    client.force_login(volunteer)
    pair = {"first": A, "second": B}
    asked = client.post(address(filled, "snap/"), pair, "application/json")
    assert asked.status_code == 422
    pick_three(filled, volunteer)
    found = client.post(address(filled, "snap/"), pair, "application/json").json()
    assert found["is_refined"]
    assert len(found["points"]) == 3
    assert client.get(address(filled, "proposal/")).json()["planes"]


def test_a_box_is_drawn_in_a_run_of_its_capture(
    run: Run, work: Work, curator: User, collection: Collection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    other = Capture.objects.create(
        relic=make_relic(collection), captured_on="2026-01-02"
    )
    foreign = Run.objects.create(capture=other)
    box = {"min": [0, 0, 0], "max": [1, 1, 1], "keep": True}
    monkeypatch.setattr("heritage.captures.hand.poses_of", lambda run: {A: []})
    for key in (foreign.key, "r", 7):
        with pytest.raises(BadAct):
            act(run.capture, "box", curator, run=key, **box)
    monkeypatch.setattr("heritage.captures.hand.poses_of", lambda run: {})
    with pytest.raises(BadAct):
        act(run.capture, "box", curator, run=run.key, **box)
    assert not HandAct.objects.exists()


NO_ACTS = [
    "", "[]", "{", '{"kind": "undo"}', '{"after": Infinity, "kind": "undo"}',
    "[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("body", NO_ACTS, ids=range(len(NO_ACTS)))
def test_what_is_no_act_is_refused(
    body: str, client: Client, volunteer: User, filled: Capture
) -> None:
    client.force_login(volunteer)
    answer = client.post(address(filled, "act/"), body, "application/json")
    assert answer.status_code == 400


def test_strangers_learn_nothing(client: Client, filled: Capture) -> None:
    stranger = make_user(is_staff=True)
    with pytest.raises(NotPermitted):
        add_act(filled, "holes", {"close": True}, after=0, by=stranger)
    client.force_login(stranger)
    for rest in ("", "clouds/", "clouds/0.bin", "proposal/"):
        assert client.get(address(filled, rest)).status_code == 404
    for rest in ("act/", "snap/", "run/"):
        assert client.post(address(filled, rest)).status_code == 404
