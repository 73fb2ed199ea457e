"""Where a scan was taken from is found from its points alone."""

import numpy as np
import pytest

from scans.geometry.rigid import carry
from scans.geometry.scan import Scan
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


def test_a_viewpoint_in_the_file_is_believed() -> None:
    motion = any_motion(np.random.default_rng(0))
    scan = Scan("a", "E57", carry(SURFACE, motion), viewpoint=np.array([9.0, 0, 0]))
    sight = find_sight(scan, spacing=SPACING)
    assert sight is not None
    assert sight.eye is not None
    assert sight.to_scanner[0] > 0.9
