"""Where a scan was taken from is found from its points alone."""

import numpy as np
import pytest

from scans.geometry.rigid import FloatArray, carry
from scans.geometry.scan import Scan
from scans.geometry.spacing import point_spacing
from scans.reconstruction.sight import find_sight
from tests.scans.shapes import any_motion, body, sphere

SURFACE = body(sphere(12_000), seed=3)
SPACING = 0.003


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_parallel_lines_of_sight_along_an_axis(axis: int, sign: float) -> None:
    towards = np.eye(3)[axis] * sign
    # A height field: of what lies behind one another, the scanner sees the first.
    seen = SURFACE[SURFACE @ towards > 0.03]
    sight = find_sight(Scan("a", "PLY", seen), spacing=SPACING)
    assert sight is not None
    assert sight.eye is None
    assert sight.to_scanner @ towards > 0.9


def test_a_cloud_from_all_around_has_no_sight() -> None:
    assert find_sight(Scan("a", "PLY", SURFACE), spacing=SPACING) is None


def test_a_scanner_far_off_stands_at_the_origin() -> None:
    seen = SURFACE[SURFACE[:, 2] > 0.02] - np.array([0.0, 0.0, 0.7])
    sight = find_sight(Scan("a", "PLY", seen), spacing=SPACING)
    assert sight is not None
    assert sight.to_scanner[2] > 0.95


def test_a_bowl_whose_rim_stands_before_its_inside_was_seen_from_the_origin() -> None:
    """Along the rim two layers lie near each other; thinned points meet it everywhere."""
    seen = bowl_from_the_origin(elevation=np.radians(25.0))
    sight = find_sight(Scan("a", "PLY", seen), spacing=point_spacing(seen))
    assert sight is not None
    assert sight.eye is not None


def bowl_from_the_origin(
    *, elevation: float, radius: float = 0.08, away: float = 0.3
) -> FloatArray:
    """The half of a ball, open above, as one picture shows it, (n, 3)."""
    side = np.linspace(-1.05, 1.05, 180) * radius / away
    x, y = (grid.ravel() for grid in np.meshgrid(side, side))
    lines = np.column_stack([x, y, -np.ones_like(x)])
    lines /= np.linalg.norm(lines, axis=1, keepdims=True)
    middle = np.array([0.0, 0.0, -away])
    along = lines @ middle
    inside = along**2 - away**2 + radius**2
    met = inside > 0
    half = np.sqrt(inside[met])
    up = np.array([0.0, np.cos(elevation), np.sin(elevation)])
    front, back = (
        lines[met] * (along[met] + way * half)[:, None] for way in (-1.0, 1.0)
    )
    wall = (front - middle) @ up <= 0
    within = ~wall & ((back - middle) @ up <= 0)
    return np.vstack([front[wall], back[within]])


def test_a_viewpoint_in_the_file_is_believed() -> None:
    motion = any_motion(np.random.default_rng(0))
    scan = Scan("a", "E57", carry(SURFACE, motion), viewpoint=np.array([9.0, 0, 0]))
    sight = find_sight(scan, spacing=SPACING)
    assert sight is not None
    assert sight.eye is not None
    assert sight.to_scanner[0] > 0.9
