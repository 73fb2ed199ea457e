"""Handwork belongs to the bytes of a scan and its unit, whatever the files are called."""

import json
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.captures.actions import add_files
from heritage.captures.actions.hand import add_act, start_by_hand
from heritage.captures.actions.runs import restart_in_unit, start_run
from heritage.captures.errors import PicksStale
from heritage.captures.hand import poses_of, said_by, standing_acts, steps_taken
from heritage.captures.models import Capture, Run
from heritage.captures.ties import holding, is_stale, names_today, ties_of

from .conftest import item

Work = Callable[..., Run]
PLANE = {"point": [0, 0, 0], "normal": [0, 1, 0]}
PLACES = [[0.0, 0.0, 0.3], [0.1, 0.0, 0.3], [0.0, 0.1, 0.3]]


def act(capture: Capture, kind: str, by: User, **data: object) -> None:
    add_act(capture, kind, data, after=steps_taken(capture), by=by)


def pick(capture: Capture, by: User, first: str, second: str) -> None:
    for place in PLACES:
        for side in ("first", "second"):
            act(
                capture, "point", by, first=first, second=second, side=side, place=place
            )


def pairs(capture: Capture) -> list[tuple[str, str]]:
    return list(said_by(holding(capture, standing_acts(capture))).picks)


def leave_out(capture: Capture, name: str) -> None:
    capture.files.filter(stored_file__name=name).update(is_left_out=True)


def test_a_file_of_the_same_name_takes_no_places_over(
    filled: Capture, curator: User, client: Client
) -> None:
    pick(filled, curator, "front.ply", "back.ply")
    leave_out(filled, "front.ply")
    add_files(filled, [item("front.ply", "points 3")], by=curator)
    assert "front.ply" in ties_of(filled)
    assert pairs(filled) == []
    client.force_login(curator)
    page = client.get(f"/admin/captures/capture/{filled.pk}/hand/").text
    data = page.partition('id="hand-data" type="application/json">')[2]
    state = json.loads(data.partition("</script>")[0])["state"]
    assert (state["aside"], len(state["acts"])) == (6, 6)


def test_a_file_under_another_name_keeps_its_places(
    filled: Capture, curator: User
) -> None:
    """Of two files of one name the second is numbered; alone, it is not."""
    add_files(filled, [item("front.ply", "points 3")], by=curator)
    pick(filled, curator, "front-2.ply", "back.ply")
    first = filled.files.filter(stored_file__name="front.ply").order_by("pk").first()
    assert first is not None
    first.is_left_out = True
    first.save()
    assert pairs(filled) == [("front.ply", "back.ply")]


def test_handwork_of_before_the_upgrade_holds_by_name(
    filled: Capture, curator: User
) -> None:
    pick(filled, curator, "front.ply", "back.ply")
    act(filled, "leave-out", curator, scan="back.ply")
    filled.hand_acts.update(scans={})
    acts = holding(filled, standing_acts(filled))
    assert len(acts) == 7
    assert said_by(acts).left_out == {"back.ply"}


def test_a_run_of_before_the_upgrade_goes_by_name(
    filled: Capture, curator: User, work: Work
) -> None:
    pick(filled, curator, "front.ply", "back.ply")
    run = start_by_hand(filled, is_exact=True, by=curator)
    del run.constraints["scans"]
    run.save()
    assert is_stale(filled, {"planes": [{"scan": "gone.ply"}]})
    assert work(run).state == "succeeded"


def test_a_scan_left_out_stays_out_in_another_unit_and_in_another_file(
    capture: Capture, curator: User
) -> None:
    capture.unit = "m"
    capture.save()
    texts = {"front.ply": "unitless 1", "back.ply": "unitless 2"}
    add_files(capture, [item(name, text) for name, text in texts.items()], by=curator)
    act(capture, "leave-out", curator, scan="front.ply")
    capture.unit = "mm"
    capture.save()
    assert said_by(holding(capture, standing_acts(capture))).left_out == {"front.ply"}
    leave_out(capture, "front.ply")
    add_files(capture, [item("front.ply", "points 3")], by=curator)
    assert said_by(holding(capture, standing_acts(capture))).left_out == {"front.ply"}


def test_two_scans_that_are_alike_stay_two() -> None:
    tie = {"sha512": "ab", "unit": "m", "station": ""}
    then, now = {"a.ply": tie, "b.ply": tie}, {"c.ply": tie, "d.ply": tie}
    assert names_today(then, now) == {"a.ply": "c.ply", "b.ply": "d.ply"}


def test_in_another_unit_no_place_is_where_it_was(
    capture: Capture, curator: User
) -> None:
    capture.unit = "m"
    capture.save()
    texts = {"front.ply": "unitless 1", "back.ply": "unitless 2"}
    add_files(capture, [item(name, text) for name, text in texts.items()], by=curator)
    pick(capture, curator, "front.ply", "back.ply")
    run = start_by_hand(capture, is_exact=True, by=curator)
    Run.objects.filter(pk=run.pk).update(state="failed")
    with pytest.raises(PicksStale):
        restart_in_unit(run, "mm", by=curator)
    capture.refresh_from_db()
    assert capture.unit == "m"
    capture.unit = "mm"
    capture.save()
    assert pairs(capture) == []


def test_a_run_told_of_a_file_that_is_replaced_meanwhile_fails_with_a_sentence(
    filled: Capture, curator: User, work: Work
) -> None:
    act(filled, "plane", curator, planes=[PLANE | {"scan": "front.ply"}])
    run = start_by_hand(filled, is_exact=True, by=curator)
    leave_out(filled, "front.ply")
    add_files(filled, [item("front.ply", "points 3")], by=curator)
    assert work(run).error_code == "picks-stale"
    with pytest.raises(PicksStale):
        start_run(filled, said=run.constraints, by=curator)


def test_a_run_places_only_scans_that_are_the_same_today(
    run: Run, work: Work, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(run)
    pose = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    ties = ties_of(run.capture)
    run.report["inputs"] = [{"name": name, **tie} for name, tie in ties.items()]
    written = dict.fromkeys(ties, pose)
    monkeypatch.setattr("heritage.captures.hand.read_poses", lambda run: written)
    assert poses_of(run).keys() == {"front.ply", "back.ply"}
    leave_out(run.capture, "back.ply")
    assert poses_of(run).keys() == {"front.ply"}


def test_a_run_after_handwork_goes_on_from_the_stages_it_does_not_touch(
    filled: Capture, curator: User, work: Work
) -> None:
    act(filled, "holes", curator, close=True)
    first = work(start_by_hand(filled, is_exact=True, by=curator))
    assert not first.stages.exclude(taken_from=None).exists()
    act(filled, "holes", curator, close=False)
    second = work(start_by_hand(filled, is_exact=True, by=curator))
    taken = second.stages.filter(taken_from=first).values_list("name", flat=True)
    assert list(taken) == ["read", "register"]
    plain = work(start_run(filled, by=curator))
    assert not plain.stages.exclude(taken_from=None).exists()
    assert second.state == plain.state == "succeeded"
