"""Which way down an object rests: where it lies still, and looks made to stand.

Every facet of the convex hull is a way to lie. Those from which a push of a few degrees
rolls it on are none: a vase on its side. Among the others, made things stand so that they
look alike from several sides, on a base that touches the ground, not on their open mouth.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError, cKDTree

from scans.delivery.rays import RayScene
from scans.geometry.mesh import Mesh

FloatArray = NDArray[np.float64]

HULL_PART = 50_000  # points whose hull is taken at a time
HULL_POINTS = 3_000  # a hull of so many is the whole one to a thousandth of the size
DIRECTIONS_AT_ONCE = 250
ONE_PLANE = np.cos(np.radians(1.5))  # hull facets so near to each other carry together
CANDIDATES = 16
PUSH = np.radians(3.0)
PUSHES = 24  # directions in which it is pushed
FALLS, STANDS = np.radians(1.5), np.radians(7.0)  # tipping angles: 0 and 1 to the score
SAMPLE = 500  # points of the surface that are turned about
DENSE = 30_000  # points that stand for the surface they come to lie on
TURNS = (np.pi, 2 * np.pi / 3)  # tripods look alike after a third of a turn
ANY_TURN = np.radians(75.0)  # no part of a full turn: only what is round looks alike
WHEEL = 4.0  # what was thrown on a wheel stands as it stood there
ALIKE = 0.75  # share of the points that must meet again: handles and spouts need not
SHIFTS = 3  # rounds in which the axis finds its place
EVEN = 0.01  # of the diagonal: less than that, and it looks alike
TOUCHING = 0.015  # of the height: as near to the ground as that counts as touching
BORDER = 0.4  # of the base's reach: farther out is its border
PARTS = 16
FLAT = 0.9  # cosine: within 26 degrees of level
BARELY_TOUCHING = 0.05  # of the weight of a base that lies on the ground all over
PROBES = 200
HOLLOW = 0.45  # of the height: deeper than between a tripod's legs, as deep as a mouth
MOUTH = 0.25  # of the probes: so many that go deep make a mouth
OPPOSITE = np.cos(np.radians(35.0))  # a mouth with handles lies askew
FOOT_SHARE = 0.02  # of the weight of the mouth across from it
MOUTH_PENALTY = 0.05  # a vessel stands on its foot, not on its mouth


@dataclass(frozen=True)
class Rest:
    """A way to lie.

    down    : (3,) unit, outward direction of the base
    area    : of the base, square metres
    tipping : angle that a push must reach before it falls, radians
    """

    down: FloatArray
    area: float
    tipping: float


def find_rest(mesh: Mesh) -> Rest | None:
    """Find the way in which an object was most likely made to stand; None if it is flat."""
    try:
        hull = _Hull(mesh)
    except QhullError:
        return None
    rests = hull.rests()
    body = _Body(mesh)
    worth = np.array([body.worth(rest) for rest in rests])
    mouths = np.array([body.mouth(rest) for rest in rests])
    downs = np.stack([rest.down for rest in rests])
    across = downs @ downs.T < -OPPOSITE
    # A bell has no foot across from its mouth: it stands on the rim.
    has_foot = (across * worth[None, :]).max(axis=1) > FOOT_SHARE * worth
    worth = worth * np.where(has_foot, 1 - (1 - MOUTH_PENALTY) * mouths, 1.0)
    return rests[int(np.argmax(worth))]


class _Hull:
    """The convex hull and the middle of the surface within it."""

    def __init__(self, mesh: Mesh) -> None:
        areas = mesh.areas()
        middles = mesh.vertices[mesh.triangles].mean(axis=1)
        self.middle = (middles * areas[:, None]).sum(axis=0) / areas.sum()
        corners = np.vstack(list(_hull_points(mesh.vertices))) - self.middle
        self.points = _outermost(corners)
        self.hull = ConvexHull(self.points)

    def rests(self) -> list[Rest]:
        """Ways to lie, the most worth looking at first."""
        found = list(self._planes())
        tipping = self._tipping(np.stack([down for down, _ in found]))
        rests = [
            Rest(down, area, float(angle))
            for (down, area), angle in zip(found, tipping, strict=True)
        ]
        rests.sort(key=lambda rest: -rest.area * _steadiness(rest))
        return rests[:CANDIDATES]

    def _planes(self) -> Iterator[tuple[FloatArray, float]]:
        """Group the hull's facets into planes: direction and area, largest first."""
        normals = self.hull.equations[:, :3]
        corners = self.points[self.hull.simplices]
        spans = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        areas = np.linalg.norm(spans, axis=1) / 2
        left = np.ones(len(areas), dtype=bool)
        for index in np.argsort(-areas, kind="stable"):
            if not left[index]:
                continue
            near = left & (normals @ normals[index] > ONE_PLANE)
            left &= ~near
            down = (normals[near] * areas[near, None]).sum(axis=0)
            yield down / np.linalg.norm(down), float(areas[near].sum())

    def _tipping(self, downs: FloatArray) -> FloatArray:
        """Angle from each direction, (n, 3), to where the middle is no longer carried.

        A push turns `down` a little; how much the middle rises tells how far the base
        reaches that way. A round body on its side does not rise at all.
        """
        corners = self.points[self.hull.vertices]
        resting = (corners @ downs.T).max(axis=0)
        reach = np.full(len(downs), np.inf)
        sideways, other = _across(downs)
        for angle in np.arange(PUSHES) * 2 * np.pi / PUSHES:
            aside = np.cos(angle) * sideways + np.sin(angle) * other
            pushed = np.cos(PUSH) * downs + np.sin(PUSH) * aside
            rise = (corners @ pushed.T).max(axis=0) - np.cos(PUSH) * resting
            reach = np.minimum(reach, rise / np.sin(PUSH))
        return np.asarray(np.arctan2(reach, resting))


class _Body:
    """The surface itself: how a way to lie looks."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.scene = RayScene(
            mesh.vertices.astype(np.float32), mesh.triangles.astype(np.uint32)
        )
        a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
        self.middles = (a + b + c) / 3
        self.facing = np.cross(b - a, c - a) / 2  # as long as the triangle's area
        self.surface = _Patches(mesh)
        self.points = self.surface.points[:SAMPLE]
        self.even = EVEN * mesh.diagonal()

    def worth(self, rest: Rest) -> float:
        """How much speaks for a way to lie, but for a mouth."""
        steady = _steadiness(rest)
        if not steady:
            return 0.0
        even = self.even
        off = self._off_after(rest.down, [*TURNS, ANY_TURN])
        alike = (even / (even + float(off[:-1].min()))) ** 2
        round_ = (even / (even + float(off[-1]))) ** 2
        touching = max(self._contact(rest), self._border(rest.down) ** 2)
        seen = alike * (1 + WHEEL * round_) * (BARELY_TOUCHING + touching)
        # Broad is better, but busts stand on the smaller of their two ends.
        return float(steady * seen * rest.area**0.25)

    def mouth(self, rest: Rest) -> float:
        """Look up into the base: deep and with an inside that was scanned, 0..1."""
        along = self.mesh.vertices @ rest.down
        height = float(np.ptp(along))
        rim = self.mesh.vertices[along > along.max() - 0.02 * height]
        weights = np.random.default_rng(0).dirichlet(np.ones(3), PROBES)
        corners = np.random.default_rng(1).integers(0, len(rim), (PROBES, 3))
        starts = (rim[corners] * weights[:, :, None]).sum(axis=1)
        starts = starts + rest.down * 0.05 * height
        lines = np.broadcast_to(-rest.down, starts.shape)
        hits = self.scene.cast(starts.astype(np.float32), lines.astype(np.float32))
        deep = hits.distances - 0.05 * height > HOLLOW * height
        inside = hits.facing @ rest.down > 0
        return min(1.0, float((deep & inside).sum()) / PROBES / MOUTH)

    def _contact(self, rest: Rest) -> float:
        """Share of the base that lies on the ground, 0..1."""
        low = self.facing[self._near_ground(self.middles, rest.down)]
        seen = low @ rest.down  # from below
        flat = seen > FLAT * np.linalg.norm(low, axis=1)
        return min(float(seen[flat].sum()) / rest.area, 1.0)

    def _border(self, down: FloatArray) -> float:
        """Share of the way round on which the base's border touches: a foot ring all."""
        low = self.middles[self._near_ground(self.middles, down)]
        across, other = (axis[0] for axis in _across(down[None]))
        x, y = low @ across, low @ other
        x, y = x - (x.min() + x.max()) / 2, y - (y.min() + y.max()) / 2
        far = np.hypot(x, y) > BORDER * np.hypot(x, y).max()
        part = (np.arctan2(y[far], x[far]) / (2 * np.pi) % 1 * PARTS).astype(int)
        return len(np.unique(part)) / PARTS

    def _near_ground(self, points: FloatArray, down: FloatArray) -> NDArray[np.bool_]:
        along = points @ down
        return np.asarray(along > along.max() - TOUCHING * np.ptp(along))

    def _off_after(self, down: FloatArray, angles: Sequence[float]) -> FloatArray:
        """How far the surface lies off itself after each turn, metres.

        The axis is moved sideways to where most of the surface meets itself.
        """
        middle = self.points.mean(axis=0)
        aside = self.points - middle
        turned = np.stack([middle + _turned(aside, down, angle) for angle in angles])
        for _ in range(SHIFTS):
            # All turns in one question: it is answered on all cores.
            gap = self.surface.gaps(turned.reshape(-1, 3)).reshape(turned.shape)
            distance = np.linalg.norm(gap, axis=2)
            met = distance <= np.quantile(distance, ALIKE, axis=1, keepdims=True)
            weight = met / met.sum(axis=1, keepdims=True)
            shift = (gap * weight[:, :, None]).sum(axis=1)
            turned = turned + (shift - (shift @ down)[:, None] * down)[:, None]
        return np.asarray((distance * weight).sum(axis=1))


class _Patches:
    """The surface as many small flat patches: how far it lies off is asked quickly.

    Rays and triangles tell the same to a hundredth of a patch, in thirty times the time.
    """

    def __init__(self, mesh: Mesh) -> None:
        self.points, self.normals = _sampled(mesh, DENSE)
        self.reach = float(np.sqrt(mesh.areas().sum() / DENSE))
        self.tree = cKDTree(self.points)

    def gaps(self, places: FloatArray) -> FloatArray:
        """The way from each place, (n, 3), to the surface, metres."""
        near = self.tree.query(places, workers=-1)[1]
        way = self.points[near] - places
        normals = self.normals[near]
        across = way - (way * normals).sum(axis=1, keepdims=True) * normals
        length = np.linalg.norm(across, axis=1, keepdims=True)
        # Within its patch the nearest place lies straight ahead.
        return np.asarray(
            way - across * np.minimum(1.0, self.reach / np.maximum(length, 1e-30))
        )


def _steadiness(rest: Rest) -> float:
    return float(np.clip((rest.tipping - FALLS) / (STANDS - FALLS), 0.0, 1.0))


def _hull_points(points: FloatArray) -> Iterator[FloatArray]:
    """Corners of the hull, and few others: hulls of parts keep all that matter."""
    if len(points) <= HULL_PART:
        yield points
        return
    for start in range(0, len(points), HULL_PART):
        part = points[start : start + HULL_PART]
        try:
            yield part[ConvexHull(part).vertices]
        except QhullError:  # a part may be flat, or too small
            yield part


def _outermost(points: FloatArray) -> FloatArray:
    """The farthest point in each of many directions, every one once."""
    if len(points) <= HULL_POINTS:
        return points
    index = np.arange(HULL_POINTS) + 0.5
    z = 1 - 2 * index / HULL_POINTS
    around = np.pi * (1 + 5**0.5) * index
    flat = np.sqrt(1 - z**2)
    ways = np.stack([flat * np.cos(around), flat * np.sin(around), z], axis=1)
    parts = np.array_split(ways, HULL_POINTS // DIRECTIONS_AT_ONCE)
    farthest = np.concatenate([(points @ part.T).argmax(axis=0) for part in parts])
    return np.asarray(points[np.unique(farthest)])


def _across(directions: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two directions at right angles to each and to each other, (n, 3)."""
    least = np.eye(3)[np.argmin(np.abs(directions), axis=1)]
    first = np.cross(directions, least)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    return first, np.cross(directions, first)


def _turned(points: FloatArray, axis: FloatArray, angle: float) -> FloatArray:
    """Rodrigues' formula."""
    along = (points @ axis)[:, None] * axis
    aside = points - along
    spun = np.cos(angle) * aside + np.sin(angle) * np.cross(axis, aside)
    return np.asarray(along + spun)


def _sampled(mesh: Mesh, count: int) -> tuple[FloatArray, FloatArray]:
    """Points spread over the surface by area, the same every time, and their normals."""
    random = np.random.default_rng(0)
    ends = np.cumsum(mesh.areas())
    chosen = np.searchsorted(ends, random.random(count) * ends[-1])
    triangles = mesh.triangles[np.minimum(chosen, len(ends) - 1)]
    weights = random.dirichlet(np.ones(3), count)
    corners = mesh.vertices[triangles]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    facing /= np.maximum(np.linalg.norm(facing, axis=1, keepdims=True), 1e-30)
    return (corners * weights[:, :, None]).sum(axis=1), facing
