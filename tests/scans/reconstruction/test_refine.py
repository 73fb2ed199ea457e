"""Scans that share rounded edges only are not drawn through one another by their curvature."""

import numpy as np

from scans.geometry.rigid import FloatArray, carry, from_parts, inverse
from scans.geometry.scan import Scan
from scans.reconstruction.refine import refine
from scans.reconstruction.views import View, view_of

VOXEL = 0.0028
HALF = np.array([0.06, 0.04, 0.02])  # of a box
ROUND_M = 0.004  # of its edges
POINTS = 54_000
TO_MM = 1000


def rounded_box(random: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Points of a box with round edges, and their normals, (n, 3) each."""
    points = random.uniform(-1, 1, (POINTS, 3)) * HALF
    areas = HALF.prod() / HALF
    axis = random.choice(3, POINTS, p=areas / areas.sum())
    rows = np.arange(POINTS)
    points[rows, axis] = random.choice([-1, 1], POINTS) * HALF[axis]
    core = np.clip(points, ROUND_M - HALF, HALF - ROUND_M)
    normals = points - core
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return core + normals * ROUND_M, normals


def seen_from(eye: FloatArray, random: np.random.Generator) -> tuple[View, FloatArray]:
    """A view of the box, of which what lies at a slant is often lost; and its pose."""
    points, normals = rounded_box(random)
    lines = eye - points
    lines /= np.linalg.norm(lines, axis=1, keepdims=True)
    facing = (lines * normals).sum(axis=1)
    kept = random.uniform(size=POINTS) < np.clip((facing - 0.12) / 0.33, 0, 1) * facing
    pose = from_parts(np.eye(3), eye)
    cloud = carry(points[kept], inverse(pose))
    scan = Scan("scan", "PLY", cloud, viewpoint=np.zeros(3))
    return view_of(scan, coarse_m=VOXEL, finest_m=0.0), pose


def test_scans_from_above_and_below_keep_their_distance() -> None:
    """Between the two only the rounded edges of the sides hold the height."""
    random = np.random.default_rng(1)
    eyes = [
        0.5 * np.array([np.cos(around), np.sin(around), side])
        for side in (1.0, -1.0)
        for around in np.arange(3) * 2 * np.pi / 3 + 0.3
    ]
    views, poses = map(list, zip(*(seen_from(e, random) for e in eyes), strict=True))
    found = refine(
        views, poses, voxel=VOXEL, samples=2000, progress=lambda _: None
    ).poses
    heights = [
        carry(np.zeros((1, 3)), pose @ inverse(truth))[0, 2]
        for pose, truth in zip(found, poses, strict=True)
    ]
    closer = np.mean(heights[3:]) - np.mean(heights[:3])
    assert abs(closer) * TO_MM < 0.15
