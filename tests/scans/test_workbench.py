"""Placing by hand: thin clouds, a snap from three clicks, a table that is found."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from scans.errors import BadConstraints
from scans.geometry.rigid import carry, inverse
from scans.synthetic import Scanning, synthesize
from scans.workbench.proposing import propose_plane
from scans.workbench.snapping import snap
from scans.workbench.thinning import normals_of, thin_scans

CLICK_M = 0.001  # how well a person hits a place


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vase on a turntable, and its thin clouds."""
    folder = tmp_path_factory.mktemp("workbench")
    scanning = Scanning(scans=4, points=5_000, fixture="turntable")
    synthesize("vase", folder / "truth-set", seed=3, scanning=scanning)
    (folder / "set").mkdir()
    for path in (folder / "truth-set").glob("*.ply"):
        path.rename(folder / "set" / path.name)
    thin_scans(folder / "set", folder / "clouds", unit="m", progress=lambda share: None)
    return folder


def poses_of(made: Path) -> dict[str, np.ndarray]:
    told = json.loads((made / "truth-set" / "truth" / "poses.json").read_text())
    return {name: np.array(pose) for name, pose in told.items()}


@pytest.mark.slow
def test_clouds_are_what_the_page_reads(made: Path) -> None:
    index = json.loads((made / "clouds" / "clouds.json").read_text())
    for one in index["scans"]:
        data = (made / "clouds" / f"{one['number']}.bin").read_bytes()
        assert len(data) == one["points"] * 16
        light = np.frombuffer(data[15 * one["points"] :], np.uint8)
        assert light.min() < 150 < 230 < light.max()  # it shows relief
        assert (made / "clouds" / f"{one['number']}.png").stat().st_size > 200


@pytest.mark.slow
def test_three_clicks_snap_a_scan(made: Path) -> None:
    index = json.loads((made / "clouds" / "clouds.json").read_text())
    names, poses = [one["name"] for one in index["scans"]][:2], poses_of(made)
    with np.load(made / "clouds" / "clouds.npz") as held:
        mine, theirs = held["p0"], held["p1"]
    first, second = (poses[name] for name in names)
    true = inverse(second) @ first
    away, near = cKDTree(theirs).query(carry(mine, true))
    shared = np.flatnonzero(away < np.percentile(away, 20))
    random = np.random.default_rng(2)
    draws = [random.choice(shared, 3, replace=False) for _ in range(100)]
    widest = max(draws, key=lambda k: np.linalg.svd(mine[k] - mine[k].mean(0))[1][1])
    points = [
        [(mine[k] + random.normal(0, CLICK_M, 3)).tolist(), theirs[near[k]].tolist()]
        for k in widest
    ]
    pair = {"first": names[0], "second": names[1], "points": points}
    snapped = snap(made / "clouds", 0, 1, pair)
    off = np.linalg.norm(carry(mine, snapped.motion) - carry(mine, true), axis=1)
    assert snapped.is_refined
    # A thinned cloud says no more of a surface than its own spacing lets it.
    apart, _ = cKDTree(theirs).query(theirs, k=2)
    assert np.median(off) < np.median(apart[:, 1])


def test_places_on_a_line_are_refused(made: Path) -> None:
    line = [[[0.0, 0.0, k / 10], [0.0, 0.0, k / 10]] for k in range(3)]
    with pytest.raises(BadConstraints):
        snap(made / "clouds", 0, 1, {"first": "a", "second": "b", "points": line})


def test_a_scan_that_is_not_there_is_refused(made: Path) -> None:
    places = [[[0, 0, 0], [0, 0, 0]], [[1, 0, 0], [1, 0, 0]], [[0, 1, 0], [0, 1, 0]]]
    with pytest.raises(BadConstraints):
        snap(made / "clouds", 0, 99, {"first": "a", "second": "b", "points": places})


@pytest.mark.slow
def test_the_table_is_found_and_the_object_is_left(made: Path) -> None:
    index = json.loads((made / "clouds" / "clouds.json").read_text())
    labels = np.load(made / "truth-set" / "truth" / "labels.npz")
    with np.load(made / "clouds" / "clouds.npz") as held:
        for one in index["scans"]:
            points, normals = (held[f"{kind}{one['number']}"] for kind in ("p", "n"))
            plane, _left = propose_plane(points, normals)
            assert plane is not None
            own = labels[one["name"]]
            gone = (points - plane["point"]) @ plane["normal"] < 0
            assert (gone & own).sum() < 0.02 * own.sum()
            assert (~gone & ~own).sum() < 0.05 * (~own).sum()


@pytest.mark.parametrize("round_it", [True, False])
def test_no_table_is_seen_where_none_is(round_it: bool) -> None:
    random = np.random.default_rng(4)
    points = random.normal(size=(4_000, 3))
    if round_it:
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    else:  # three faces of a box, as a scanner sees it
        points = random.random((4_000, 3))
        points[np.arange(4_000), random.integers(0, 3, 4_000)] = 1.0
    plane, left = propose_plane(points, normals_of(points))
    assert plane is None
    assert len(left) == len(points)
