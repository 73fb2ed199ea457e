"""What stands round an object while it is scanned: table, clamp, stand, arm.

Table frame: Y up, the top at y = 0, the axis of turning through the origin; metres.
A table and a clamp turn with the object; a stand and an arm stay with the scanner.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.forms.paint import mixture
from scans.forms.parts import Random, boss, shift_by, smooth_profile
from scans.forms.scanner import Body
from scans.forms.solids import Ornament, Paint, box, joined, swept, turned
from scans.geometry.mesh import Mesh

FloatArray = NDArray[np.float64]

FIXTURES = ("turntable", "clamp", "stand", "arm")

THICK = 0.012  # of the table
WIDER = 1.35  # than what stands on it
JAW = 0.007  # radius of what touches the object
ROD = 0.006  # radius
CLEAR = 0.003  # between what stays and what turns


@dataclass(frozen=True)
class Setting:
    """Fixtures of one seat: what turns with the object, what stays, how wide it is."""

    turning: tuple[Body, ...]
    staying: tuple[Body, ...]
    reach: float


def build_setting(kind: str, seated: Mesh, *, reach: float, random: Random) -> Setting:
    """Build fixtures round an object that is seated in the table's frame.

    reach : from the axis of turning to the farthest that any seat brings, metres
    """
    height = float(seated.vertices[:, 1].max())
    wide = WIDER * reach
    if kind == "stand":
        return Setting((), (Body(_bench(reach, height, random)),), wide)
    table = _table(wide, random)
    if kind == "turntable":
        return Setting((Body(table),), (), wide)
    away, level, angle = wide * 0.88, 0.62 * height, np.pi * 0.75
    if kind == "clamp":
        reach_in = away - _gap(seated, away, level, angle)
        holder = _holder(away, level, angle, reach_in)
        return Setting((Body(joined([table, holder])),), (), wide)
    # What stays must clear what turns.
    holder = _holder(away, level, angle, _thickest(seated, level) + CLEAR)
    return Setting((Body(table),), (Body(holder),), wide)


def _table(radius: float, random: Random) -> Mesh:
    """A round table with a worn, mottled top, a rim and a few bolts."""
    corners = [(0.0, 0.0), (radius - 0.004, 0.0), (radius, -0.003)]
    corners += [(radius, -THICK), (radius * 0.6, -THICK), (0.0, -THICK)]
    # From below to above: profiles run with the outside to their right.
    profile = smooth_profile(corners[::-1], rounding=1)
    paint = _metal(random)
    top = turned(profile, Ornament((), paint), around=240, along=120)
    bolts = []
    for angle in random.uniform(0, 2 * np.pi, 5):
        place = radius * 0.9 * np.array([np.sin(angle), 0.0, np.cos(angle)])
        bolts.append(boss(place - np.array([0, 0.002, 0]), Ornament((), paint)))
    return joined([top, *bolts])


def _bench(reach: float, height: float, random: Random) -> Mesh:
    """A square slab that does not turn, with a post and a bracket behind."""
    ornament = Ornament((), _metal(random))
    slab = box(np.array([2.2 * reach, THICK, 2.0 * reach]), ornament, rounding=0.002)
    corner = np.array([reach, 0.0, -0.9 * reach])
    up = np.array([0.0, height, 0.0])
    post = _rod(corner - 0.004 * up / height, corner + 1.05 * up)
    bracket = _rod(corner + 0.9 * up, corner * [0.5, 1, 1.1] + 0.9 * up)
    return joined([slab.moved(shift_by(0, -THICK, 0)), post, bracket])


def _gap(seated: Mesh, away: float, level: float, angle: float) -> float:
    """How far an arm at a level reaches inwards until it touches the object."""
    out = np.array([np.sin(angle), 0.0, np.cos(angle)])
    inward = np.concatenate([out * away + [0, level, 0], -out])[None]
    return float(min(Body(seated).cast(inward)["t_hit"][0], away * 0.9))


def _thickest(seated: Mesh, level: float) -> float:
    near = np.abs(seated.vertices[:, 1] - level) < 0.02
    return float(np.linalg.norm(seated.vertices[near][:, [0, 2]], axis=1).max())


def _holder(away: float, level: float, angle: float, end: float) -> Mesh:
    """A rod at the table's edge, an arm from it, and a jaw at `end` from the axis."""
    out = np.array([np.sin(angle), 0.0, np.cos(angle)])
    up = np.array([0.0, 1.0, 0.0])
    foot, top = out * away, out * away + up * level
    jaw_at = out * (end + JAW) + up * level
    side = np.cross(out, up) * 2.2 * JAW
    rod = _rod(foot - up * 0.002, top + up * 0.03)
    arm = _rod(top, jaw_at)
    return joined([rod, arm, _rod(jaw_at - side, jaw_at + side, JAW)])


def _rod(first: FloatArray, last: FloatArray, radius: float = ROD) -> Mesh:
    share = np.concatenate([[0.0, 1e-4], np.linspace(0.002, 0.998, 50), [0.9999, 1.0]])
    path = first + (last - first) * share[:, None]
    radii = np.full(len(path), radius)
    radii[[0, -1]] = 1e-5
    dark = Ornament((), mixture((0.3,) * 3, (0.36,) * 3, (0, 0, 0), seed=1, size=0.05))
    return swept(path, radii, dark)


def _metal(random: Random) -> Paint:
    seed = int(random.integers(2**31))
    return mixture((0.34, 0.35, 0.37), (0.5, 0.5, 0.5), (0, 0, 0), seed=seed, size=0.03)
