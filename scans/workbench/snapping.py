"""Snap one scan onto another from three or more places that a person picked on both."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from scans.constraints import PointPair, parse_constraints
from scans.errors import BadConstraints
from scans.geometry.rigid import FloatArray, carry, from_parts, from_twist, turn

ROUNDS = 30
POINTS = 6_000  # of the first scan that are looked at
BEGIN = 0.1  # of the places' spread: how far off a click may leave a scan
SAME_WAY = 0.7  # cosine between normals, whichever way they point
END = 3.0  # spacings: nearer pairs are of one surface
LEAST = 50  # pairs of points that a motion rests on
MAD = 1.4826
SEED = 7


@dataclass(frozen=True)
class Snapped:
    """How a scan was placed by hand.

    motion : 4x4, first scan's frame to second's
    picked_m : how far the picked places lie apart after it, root mean square
    rms_m : of the surfaces that meet; overlap : share of the first that meets
    """

    motion: FloatArray
    picked_m: float
    rms_m: float
    overlap: float
    is_refined: bool

    def as_json(self) -> dict[str, Any]:
        return {
            "motion": self.motion.tolist(),
            "picked_mm": round(self.picked_m * 1000, 4),
            "rms_mm": round(self.rms_m * 1000, 4),
            "overlap": round(self.overlap, 4),
            "is_refined": self.is_refined,
        }


def snap(clouds: Path, first: int, second: int, pair: dict[str, Any]) -> Snapped:
    """Snap scan number `first` onto `second`, of clouds that `thin_scans` wrote.

    Raises BadConstraints for places that fit no motion.
    """
    [said] = parse_constraints({"pairs": [pair]}).pairs
    with np.load(clouds / "clouds.npz") as held:
        names = [f"{kind}{number}" for number in (first, second) for kind in ("p", "n")]
        if any(name not in held.files for name in names):
            raise BadConstraints("pairs 1", "there is no such scan")
        mine, my_normals, theirs, their_normals = (held[name] for name in names)
    return _refine(said, mine, my_normals, theirs, their_normals)


def _refine(
    said: PointPair,
    mine: FloatArray,
    my_normals: FloatArray,
    theirs: FloatArray,
    their_normals: FloatArray,
) -> Snapped:
    """Point to plane, the reach ever shorter; clicks alone where nothing meets."""
    start = motion = said.motion()
    random = np.random.default_rng(SEED)
    few = random.permutation(len(mine))[:POINTS]
    points, normals = mine[few], my_normals[few]
    tree = cKDTree(theirs)
    spacing = float(np.median(tree.query(theirs[::10], k=2)[0][:, 1]))
    picked = said.second_points - said.second_points.mean(axis=0)
    spread = float(np.sqrt((picked**2).sum(axis=1).mean()))
    reaches = np.geomspace(max(BEGIN * spread, END * spacing), END * spacing, ROUNDS)
    found = 0
    for reach in reaches:
        moved = carry(points, motion)
        away, near = tree.query(moved, distance_upper_bound=reach)
        meets = np.flatnonzero(np.isfinite(away))
        facing = their_normals[near[meets]]
        same = np.abs((turn(normals[meets], motion) * facing).sum(axis=1)) > SAME_WAY
        meets, facing = meets[same], facing[same]
        found = len(meets)
        if found < LEAST:
            return Snapped(start, said.residual_m(), 0.0, 0.0, is_refined=False)
        off = ((moved[meets] - theirs[near[meets]]) * facing).sum(axis=1)
        noise = max(MAD * float(np.median(np.abs(off))), 1e-9)
        weight = 1 / (1 + (off / (2 * noise)) ** 2)
        motion = _stepped(motion, moved[meets], facing, off, weight)
    apart = carry(said.first_points, motion) - said.second_points
    return Snapped(
        motion=motion,
        picked_m=float(np.sqrt((apart**2).sum(axis=1).mean())),
        rms_m=float(np.sqrt((off**2).mean())),
        overlap=found / len(points),
        is_refined=True,
    )


def _stepped(
    motion: FloatArray,
    moved: FloatArray,
    facing: FloatArray,
    off: FloatArray,
    weight: FloatArray,
) -> FloatArray:
    middle = moved.mean(axis=0)
    rows = np.hstack([np.cross(moved - middle, facing), facing]) * weight[:, None]
    twist: FloatArray = np.asarray(
        np.linalg.lstsq(rows, -off * weight, rcond=1e-6)[0], np.float64
    )
    there, back = from_parts(np.eye(3), middle), from_parts(np.eye(3), -middle)
    return np.asarray(there @ from_twist(twist) @ back @ motion)
