"""Coordinates that were rounded when a file was written are told, and no others."""

import numpy as np
import pytest

from scans.geometry.scan import Scan
from scans.readers.rounding import told_rounded
from tests.scans.shapes import scans_of

BODY = scans_of(seed=2, count=2)[0][0]  # a hand's breadth, points 1 to 2 mm apart
ON_A_MAP = np.array([400_000.0, 3_300_000.0, 50.0])


def told(points: np.ndarray, *, faces: bool = False) -> dict[str, str | int | float]:
    triangles = np.array([[0, 1, 2]], np.int32) if faces else None
    scan = told_rounded(Scan("a.ply", "PLY", points, triangles=triangles))
    if not scan.findings:
        return {}
    (finding,) = scan.findings
    assert finding.code == "coordinates-rounded"
    return finding.facts


def single(points: np.ndarray) -> np.ndarray:
    return points.astype(np.float32).astype(np.float64)


@pytest.mark.parametrize("faces", [False, True])
def test_single_precision_on_a_map_grid(*, faces: bool) -> None:
    facts = told(single(BODY + ON_A_MAP), faces=faces)
    assert facts["step"] == 0.25
    assert told(BODY + ON_A_MAP, faces=faces) == {}
    assert told(single(BODY), faces=faces) == {}


@pytest.mark.parametrize("as_held", [np.array, single])
def test_too_few_digits(as_held: type) -> None:
    assert told(as_held(BODY.round(2)))["step"] == 0.01
    assert told(as_held(BODY.round(5))) == {}


def test_a_grid_of_columns_and_rows_is_not_rounded() -> None:
    """Range scans: two coordinates come in steps, the depth does not."""
    across, along = np.meshgrid(np.arange(60) / 100, np.arange(60) / 100)
    depth = np.random.default_rng(0).random(3600)
    assert told(np.column_stack([across.ravel(), along.ravel(), depth])) == {}


def test_a_drawn_model_may_have_round_places() -> None:
    places = np.random.default_rng(0).integers(0, 9, (300, 3)).astype(float)
    assert told(places, faces=True) == {}
    assert told(places)["step"] == 1.0
