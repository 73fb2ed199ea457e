"""What a person says from outside is checked at once and then holds."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scans.constraints import parse_constraints, read_constraints
from scans.errors import BadConstraints
from scans.geometry.rigid import carry, from_twist

PLACES = np.array([[0.0, 0, 0], [0.1, 0, 0], [0, 0.08, 0.02], [0.03, 0.02, 0.09]])
MOTION = from_twist(np.array([0.3, -1.2, 0.8, 0.05, -0.4, 0.2]))


def pair(points: Any) -> dict[str, Any]:
    return {"pairs": [{"first": "a", "second": "b", "points": points}]}


def test_places_give_the_motion_between_two_scans() -> None:
    shared = np.stack([PLACES, carry(PLACES, MOTION)], axis=1)
    (found,) = parse_constraints(pair(shared.tolist())).pairs
    assert np.allclose(found.motion(), MOTION, atol=1e-12)
    assert found.residual_m() < 1e-12


def test_three_clicked_places_are_enough() -> None:
    clicked = carry(PLACES[:3], MOTION) + 0.001 * np.diag([1, -1, 1])
    (found,) = parse_constraints(
        pair(np.stack([PLACES[:3], clicked], axis=1).tolist())
    ).pairs
    apart = carry(PLACES, found.motion()) - carry(PLACES, MOTION)
    assert np.linalg.norm(apart, axis=1).max() < 0.004


def test_boxes_and_planes_cut_in_their_own_frames() -> None:
    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    said = parse_constraints(
        {
            "boxes": [
                {"scan": "a", "keep": True, "min": [-1, -1, -1], "max": [0.5, 2, 1]},
                {"scan": None, "min": [0.5, -1, -1], "max": [2, 1, 1]},
            ],
            "planes": [
                {"scan": "a", "point": [0, 0.5, 0], "normal": [0, 2, 0], "cut": "above"}
            ],
        }
    )
    assert said.kept(points, "a").tolist() == [True, False, False]
    assert said.kept_in_world(points, {}).tolist() == [True, False, True]
    assert said.kept(points, "b").all()


def test_a_turned_box_cuts_where_it_lies() -> None:
    turned = from_twist(np.array([0, 0, np.pi / 2, 1.0, 0, 0]))
    box = {"min": [-0.1, -2, -1], "max": [0.1, 2, 1], "matrix": turned.tolist()}
    said = parse_constraints({"boxes": [box]})
    points = np.array([[2.5, 0, 0], [1.0, 0.5, 0], [-0.5, 0.05, 0]])
    assert said.kept_in_world(points, {}).tolist() == [False, True, False]


def test_a_box_for_placed_scans_lies_where_its_scan_was_placed() -> None:
    box = {"scan": "a", "keep": True, "when": "placed", "min": [0] * 3, "max": [1] * 3}
    said = parse_constraints({"leave_out": ["b"], "boxes": [box]})
    points = np.array([[0.5, 0.5, 0.5], [5.5, 0.5, 0.5]])
    moved = from_twist(np.array([0, 0, 0, 5.0, 0, 0]))
    assert said.kept(points, "a").all()
    assert said.kept_in_world(points, {"a": moved}).tolist() == [False, True]
    with pytest.raises(BadConstraints, match="not been placed"):
        said.kept_in_world(points, {})


def test_placing_depends_on_no_cut_in_the_world() -> None:
    mine = PLANE | {"scan": "a"}
    box = {"scan": "a", "when": "placed", "min": [0] * 3, "max": [1] * 3}
    said = parse_constraints({"planes": [PLANE, mine], "boxes": [box]})
    assert said.before_placing() == {"planes": [mine], "boxes": []}
    assert said.in_the_world() == {"planes": [PLANE], "boxes": [box]}
    assert parse_constraints({"planes": [mine]}).in_the_world() == {}


LINE = [[[k, 0, 0], [0, k, 0]] for k in range(3)]
APART = [[[0, 0, 0], [0, 0, 0]], [[1, 0, 0], [3, 0, 0]], [[0, 1, 0], [0, 5, 0]]]
PLANE = {"point": [0, 0, 0], "normal": [0, 0, 1], "cut": "below"}


@pytest.mark.parametrize(
    ("said", "where", "reason"),
    [
        ([], "{}", "object"),
        ({"cut": []}, "cut", "not known"),
        ({"leave_out": "a"}, "leave_out", "list"),
        ({"leave_out": ["a", 3]}, "leave_out 2", "name a scan"),
        (pair([[[0, 0, 0], [0, 0, 0]]] * 2), "pairs 1", "fewer than three"),
        (pair(LINE), "pairs 1", "on a line"),
        (pair(APART), "pairs 1", "do not fit"),
        (pair([[["x", 0, 0], [0, 0, 0]]] * 3), "pairs 1", "cannot be read"),
        (pair([[[float("nan"), 0, 0], [0, 0, 0]]] * 3), "pairs 1", "not finite"),
        ({"pairs": [{"first": "a", "second": "b"}]}, "pairs 1 points", "missing"),
        (
            {"pairs": [{"first": "a", "second": "a", "points": []}]},
            "pairs 1",
            "twice",
        ),
        ({"boxes": [{"min": [0, 0, 0], "max": [0, 1, 1]}]}, "boxes 1", "below its max"),
        (
            {"boxes": [{"min": [0] * 3, "max": [1] * 3, "matrix": [[2.0] * 4] * 4}]},
            "boxes 1",
            "rigid",
        ),
        ({"boxes": [{"min": [0] * 3, "max": [1] * 3, "keep": 1}]}, "boxes 1", "true"),
        ({"boxes": [{"min": [0] * 3, "max": [1] * 3, "when": 1}]}, "boxes 1", "when"),
        ({"planes": [PLANE | {"normal": [0, 0, 0]}]}, "planes 1", "no length"),
        ({"planes": [PLANE | {"cut": "left"}]}, "planes 1", "above or below"),
        ({"planes": [PLANE | {"colour": 1}]}, "planes 1 colour", "not known"),
        ({"planes": [5]}, "planes 1", "object"),
    ],
)
def test_what_makes_no_sense_is_refused(said: Any, where: str, reason: str) -> None:
    with pytest.raises(BadConstraints, match=reason) as caught:
        parse_constraints(said)
    assert caught.value.facts["where"] == where


def test_scans_must_be_there_and_one_must_be_left() -> None:
    said = parse_constraints({"leave_out": ["a"], "planes": [PLANE | {"scan": "b"}]})
    said.check_names(["a", "b", "c"])
    with pytest.raises(BadConstraints, match="no such scan"):
        said.check_names(["a", "c"])
    with pytest.raises(BadConstraints, match="no scan is left"):
        parse_constraints({"leave_out": ["a"]}).check_names(["a"])


def test_a_file_that_is_not_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "said.json"
    path.write_text("{")
    with pytest.raises(BadConstraints, match=r"said\.json"):
        read_constraints(path)
    with pytest.raises(BadConstraints, match="cannot be opened"):
        read_constraints(path.with_name("gone.json"))
    path.write_text(json.dumps({"leave_out": ["a"]}))
    assert read_constraints(path).leave_out == ("a",)
