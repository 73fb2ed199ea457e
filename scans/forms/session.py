"""Where cameras stand in a session, and how the object sits before them.

Without a fixture the camera goes round the object. With one, the scanner stays where it
is, the table turns, and the object is seated anew once: what the table says of the later
scans then contradicts what the object says.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.forms.fixtures import build_setting
from scans.forms.scanner import DISTANCE, Shot
from scans.geometry.mesh import Mesh
from scans.geometry.rigid import from_parts, inverse, turning_axis

FloatArray = NDArray[np.float64]

FIRST_SEAT = 2 / 3  # of the scans, before the object is seated anew
ELEVATION = np.radians(28.0)
OFF_CENTRE = 0.06  # of the radius: nobody puts a vase right in the middle
JOLT_RAD, JOLT_M = np.radians(9.0), 0.006  # a moved turntable
Y, Z = np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Plan:
    """How a session goes.

    scans   : how many
    fixture : one of FIXTURES, or ""
    seats   : how many times the object is seated (one or two; with a fixture only)
    jolted  : the table and the object slip against one another half-way
    """

    scans: int
    fixture: str = ""
    seats: int = 2
    jolted: bool = False


def build_session(form: Mesh, plan: Plan, seed: int) -> list[tuple[int, Shot]]:
    """Give each scan's seat and shot."""
    if not plan.fixture:
        radius = _radius(form)
        return [(0, Shot(pose, radius)) for pose in _poses_round(form, plan, seed)]
    return _on_a_table(form, plan, seed)


def _on_a_table(form: Mesh, plan: Plan, seed: int) -> list[tuple[int, Shot]]:
    random = np.random.default_rng([seed, 3])
    seats = [_seat(form, number, random) for number in range(plan.seats)]
    jolt = _jolt() if plan.jolted else np.eye(4)
    # A table stays the same whatever sits on it; only a clamp is set anew.
    looks = int(random.integers(2**31))
    reach = max(_reach(form.moved(seat)) for seat in seats)
    settings = [
        build_setting(
            plan.fixture,
            form.moved(seat),
            reach=reach,
            random=np.random.default_rng(looks),
        )
        for seat in seats
    ]
    radius = 1.15 * max(_radius(form), settings[0].reach)
    camera = _looking(
        np.array([0.0, 0.3 * radius, 0.0]), 0.0, ELEVATION, DISTANCE * radius, 0.0
    )
    shots = []
    for number, (seat, angle) in enumerate(_turns(plan)):
        slip = jolt if plan.jolted and number >= plan.scans // 2 else np.eye(4)
        turned = turning_axis(Y, angle + float(random.normal() * 0.02))
        to_lab = turned @ slip @ seats[seat]
        from_table = inverse(slip @ seats[seat])
        turning = [(body, from_table) for body in settings[seat].turning]
        staying = [(body, inverse(to_lab)) for body in settings[seat].staying]
        pose = inverse(to_lab) @ camera
        shots.append((seat, Shot(pose, radius, (*turning, *staying))))
    return shots


def _turns(plan: Plan) -> list[tuple[int, float]]:
    """Seat and angle of each scan: once round for each seat."""
    first = plan.scans if plan.seats == 1 else round(plan.scans * FIRST_SEAT)
    counts = [first, plan.scans - first]
    return [
        (seat, 2 * np.pi * k / count)
        for seat, count in enumerate(counts)
        for k in range(count)
    ]


def _seat(form: Mesh, number: int, random: np.random.Generator) -> FloatArray:
    """Object to table: standing at first, then lying on its side."""
    tip = turning_axis(np.array([1.0, 0.0, 0.0]), number * np.pi / 2)
    yaw = turning_axis(Y, random.uniform(0, 2 * np.pi))
    turned = yaw @ tip
    low = form.moved(turned).vertices.min(axis=0)
    high = form.moved(turned).vertices.max(axis=0)
    aside = random.uniform(-1, 1, 3) * OFF_CENTRE * _radius(form)
    down = -(low + high) / 2 + aside
    down[1] = -low[1]
    return from_parts(np.eye(3), down) @ turned


def _jolt() -> FloatArray:
    return from_parts(turning_axis(Y, JOLT_RAD)[:3, :3], np.array([JOLT_M, 0, 0]))


def _reach(form: Mesh) -> float:
    return float(np.linalg.norm(form.vertices[:, [0, 2]], axis=1).max())


def _poses_round(form: Mesh, plan: Plan, seed: int) -> list[FloatArray]:
    """Cameras round about, above and below, each turned about its own axis at random."""
    random = np.random.default_rng([seed, 2])
    low, high = form.vertices.min(axis=0), form.vertices.max(axis=0)
    middle, away = (low + high) / 2, DISTANCE * _radius(form)
    return [
        _looking(middle, *direction, away, random.uniform(0, 2 * np.pi))
        for direction in _directions(plan.scans, random)
    ]


def _directions(count: int, random: np.random.Generator) -> list[tuple[float, float]]:
    """Azimuth and elevation, radians: a ring that nods up and down, then both ends."""
    ends = [(0.4, 1.0), (1.0, -0.8), (4.1, -0.8)][: max(0, count - 5)]
    ring = count - len(ends)
    around = [
        (2 * np.pi * k / ring, np.radians(32.0 if k % 2 else 12.0)) for k in range(ring)
    ]
    jitter = random.normal(size=(count, 2)) * 0.06
    return [
        (azimuth + float(a), elevation + float(b))
        for (azimuth, elevation), (a, b) in zip(around + ends, jitter, strict=True)
    ]


def _looking(
    middle: FloatArray, azimuth: float, elevation: float, away: float, roll: float
) -> FloatArray:
    """Pose of a camera that looks at the middle down its own -Z."""
    flat = np.cos(elevation)
    back = np.array([flat * np.sin(azimuth), np.sin(elevation), flat * np.cos(azimuth)])
    right = np.cross(Y, back)
    right /= np.linalg.norm(right)
    frame = np.stack([right, np.cross(back, right), back], axis=1)
    rolled = frame @ turning_axis(Z, roll)[:3, :3]
    return from_parts(rolled, middle + back * away)


def _radius(form: Mesh) -> float:
    low, high = form.vertices.min(axis=0), form.vertices.max(axis=0)
    return float(np.linalg.norm(form.vertices - (low + high) / 2, axis=1).max())
