"""Propose how an object stands: the plane it rests on and the side that is its front.

Only a proposal: a person confirms it or turns it. World frame in, upright frame out
(metres, Y up, front +Z, base at y = 0, centred).
"""

from dataclasses import dataclass, replace

import numpy as np
import open3d as o3d
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError, cKDTree

from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.rigid import carry, from_parts, turn, turning_axis, turning_onto

FloatArray = NDArray[np.float64]

UP = np.array([0.0, 1.0, 0.0])
HULL_SAMPLE = 20_000
ONE_PLANE = np.cos(np.radians(4.0))  # hull facets within 4 degrees carry together
CANDIDATES = 16
PROBES = 200
HOLLOW = 0.45  # of the height: deeper than between a tripod's legs, as deep as a mouth
BARELY_TOUCHING = 0.05  # of the weight of a base that lies on the ground all over
TOUCHING = 0.015  # of the height: as near as that counts as touching
FLAT = 0.9  # cosine: within 26 degrees of level
SYMMETRY_SAMPLE = 1_000
TURNS = (np.pi, 2 * np.pi / 3)  # tripods look alike after a third of a turn
ACROSS = np.cos(np.radians(35.0))  # a mouth with handles lies askew
FOOT_SHARE = 0.02  # of the weight of the mouth across from it
MOUTH_PENALTY = 0.05  # a vessel stands on its foot, not on its mouth
FRONT_SAMPLE = 3_000
FRONT_STEPS = 36
CLEAR_SYMMETRY = 0.6  # of the median: the mirror plane stands out that much


@dataclass(frozen=True)
class Rest:
    """A way to lie: outward direction of the base, its area, how far from tipping."""

    down: FloatArray
    area: float
    stability: float
    score: float


@dataclass(frozen=True)
class _Faces:
    """Middles of all triangles, and their normals as long as their area."""

    middles: FloatArray
    areas: FloatArray


def propose_upright(mesh: Mesh) -> FloatArray:
    """Propose the rigid motion from the master's frame to the upright frame."""
    rest = find_rest(mesh)
    stood = turning_onto(-rest.down, UP) if rest else np.eye(4)
    placed = mesh.moved(stood)
    yaw = find_front(placed)
    turned = turning_axis(UP, yaw) @ stood
    return grounded(turned, mesh.vertices)


def grounded(motion: FloatArray, vertices: FloatArray) -> FloatArray:
    """Shift a motion so that the object stands on y = 0, centred in x and z."""
    placed = turn(vertices, motion)
    low, high = placed.min(axis=0), placed.max(axis=0)
    middle = (low + high) / 2
    return from_parts(motion[:3, :3], -np.array([middle[0], low[1], middle[2]]))


def find_rest(mesh: Mesh) -> Rest | None:
    """Find the best way to lie: broad, far from tipping, not on an open mouth."""
    step = max(1, len(mesh.vertices) // HULL_SAMPLE)
    points = mesh.vertices[::step]
    try:
        hull = ConvexHull(points)
    except QhullError:  # flat: anything goes
        return None
    middle = _middle(mesh)
    rests = _rests(hull, points, middle)[:CANDIDATES]
    scene, faces = _scene(mesh), _faces(mesh)
    weighed = [
        _weighed(rest, faces, points, scene, has_foot=_has_foot(rest, rests))
        for rest in rests
    ]
    return max(_favoured(weighed, points), key=lambda rest: rest.score)


def find_front(mesh: Mesh) -> float:
    """Find the turn about Y (radians) that brings the front of an upright mesh to +Z."""
    points, normals, detail = _front_sample(mesh)
    angles = np.arange(FRONT_STEPS) * np.pi / FRONT_STEPS
    mirrored = np.array([_asymmetry(points, angle) for angle in angles])
    if mirrored.min() < CLEAR_SYMMETRY * np.median(mirrored):
        across = float(angles[int(np.argmin(mirrored))])
        # The mirror's normal points sideways: the front lies a quarter turn off it.
        choices = [across + np.pi / 2, across - np.pi / 2]
    else:
        choices = list(np.arange(2 * FRONT_STEPS) * np.pi / FRONT_STEPS)
    seen = [_detail_from(normals, detail, angle) for angle in choices]
    return -float(choices[int(np.argmax(seen))])


def _has_foot(rest: Rest, rests: list[Rest]) -> bool:
    """Tell whether there is a fair base across from one: then a mouth is a mouth.

    A bell has none; it stands on its rim.
    """
    across = [other for other in rests if other.down @ rest.down < -ACROSS]
    return any(other.score > FOOT_SHARE * rest.score for other in across)


def _favoured(rests: list[Rest], points: FloatArray) -> list[Rest]:
    """Favour what looks alike from several sides as it stands, as most vessels do."""
    uneven = np.array([_unevenness(points, rest.down) for rest in rests])
    factors = (uneven.min() / np.maximum(uneven, 1e-12)) ** 3
    return [
        replace(rest, score=rest.score * float(factor))
        for rest, factor in zip(rests, factors, strict=True)
    ]


def _unevenness(points: FloatArray, down: FloatArray) -> float:
    """How far a body is from itself after half or a third of a turn, metres."""
    few = points[:: max(1, len(points) // SYMMETRY_SAMPLE)]
    stood = turn(few, turning_onto(-down, UP))
    # The mean, not the box: a box changes with how the body happens to be turned.
    centred = stood - stood.mean(axis=0)
    tree = cKDTree(centred)
    spun = [turn(centred, turning_axis(UP, angle)) for angle in TURNS]
    return min(float(tree.query(moved)[0].mean()) for moved in spun)


def _middle(mesh: Mesh) -> FloatArray:
    areas = mesh.areas()
    centres = mesh.vertices[mesh.triangles].mean(axis=1)
    return np.asarray((centres * areas[:, None]).sum(axis=0) / areas.sum())


def _rests(hull: ConvexHull, points: FloatArray, middle: FloatArray) -> list[Rest]:
    """Group the hull's facets into planes, largest first, steady ones only."""
    normals = hull.equations[:, :3]
    corners = points[hull.simplices]
    crossed = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(crossed, axis=1) / 2
    rests: list[Rest] = []
    left = np.ones(len(areas), dtype=bool)
    for index in np.argsort(-areas, kind="stable"):
        if not left[index] or len(rests) >= 4 * CANDIDATES:
            continue
        near = normals @ normals[index] > ONE_PLANE
        left &= ~near
        down = (normals[near] * areas[near, None]).sum(axis=0)
        down /= np.linalg.norm(down)
        area = float(areas[near].sum())
        steady = _stability(corners[near].reshape(-1, 3), down, middle)
        rests.append(Rest(down, area, steady, area * max(steady, 0.0)))
    return sorted(rests, key=lambda rest: -rest.score)


def _stability(corners: FloatArray, down: FloatArray, middle: FloatArray) -> float:
    """Least distance of the middle's foot from the base's border over its height."""
    flat = turning_onto(down, np.array([0.0, 0.0, -1.0]))
    base = turn(corners, flat)
    centre = turn(middle[None], flat)[0]
    try:
        border = ConvexHull(base[:, :2])
    except QhullError:
        return 0.0
    inside = -(border.equations[:, :2] @ centre[:2] + border.equations[:, 2])
    height = max(float(centre[2] - base[:, 2].min()), 1e-12)
    return min(float(inside.min()) / height, 1.0)


def _faces(mesh: Mesh) -> _Faces:
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    return _Faces((a + b + c) / 3, np.cross(b - a, c - a) / 2)


def _scene(mesh: Mesh) -> o3d.t.geometry.RaycastingScene:
    scene = o3d.t.geometry.RaycastingScene()
    scene.add_triangles(
        o3d.core.Tensor.from_numpy(mesh.vertices.astype(np.float32)),
        o3d.core.Tensor.from_numpy(mesh.triangles.astype(np.uint32)),
    )
    return scene


def _weighed(
    rest: Rest,
    faces: _Faces,
    points: FloatArray,
    scene: o3d.t.geometry.RaycastingScene,
    *,
    has_foot: bool,
) -> Rest:
    """Look up into the base: a deep hollow whose inside was scanned is a mouth."""
    along = points @ rest.down
    height = float(np.ptp(along))
    touching = points[along > along.max() - 0.02 * height]
    weights = np.random.default_rng(0).dirichlet(np.ones(3), PROBES)
    corners = np.random.default_rng(1).integers(0, len(touching), (PROBES, 3))
    starts = (touching[corners] * weights[:, :, None]).sum(axis=1)
    starts = starts + rest.down * 0.05 * height
    rays = np.hstack([starts, np.broadcast_to(-rest.down, starts.shape)])
    cast = scene.cast_rays(o3d.core.Tensor.from_numpy(rays.astype(np.float32)))
    depth = cast["t_hit"].numpy() - 0.05 * height
    facing = cast["primitive_normals"].numpy() @ rest.down
    mouth = float(((depth > HOLLOW * height) & (facing > 0)).mean())
    factor = 1.0 - (1.0 - MOUTH_PENALTY) * min(1.0, 4 * mouth) if has_foot else 1.0
    factor *= BARELY_TOUCHING + min(_contact(rest, faces, height) / rest.area, 1.0)
    return replace(rest, score=rest.score * factor)


def _contact(rest: Rest, faces: _Faces, height: float) -> float:
    """Area of the surface that lies on the ground, square metres."""
    along = faces.middles @ rest.down
    low = along > along.max() - TOUCHING * height
    facing = faces.areas[low] @ rest.down  # area as seen from below
    flat = facing > FLAT * np.linalg.norm(faces.areas[low], axis=1)
    return float(facing[flat].sum())


def _front_sample(mesh: Mesh) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points about the vertical axis, their normals, and how much the surface bends."""
    random = np.random.default_rng(0)
    count = min(FRONT_SAMPLE, len(mesh.vertices))
    chosen = random.choice(len(mesh.vertices), count, replace=False)
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    points = mesh.vertices[chosen] - (low + high) / 2
    normals = vertex_normals(mesh.vertices, mesh.triangles)[chosen]
    near = cKDTree(points).query(points, k=min(8, count))[1]
    detail = 1.0 - np.linalg.norm(normals[near].mean(axis=1), axis=1)
    return points, normals, detail


def _asymmetry(points: FloatArray, angle: float) -> float:
    """Mean distance from the mirrored points to the points, for one vertical mirror."""
    normal = np.array([np.sin(angle), 0.0, np.cos(angle)])
    mirrored = points - 2 * (points @ normal)[:, None] * normal
    distance = cKDTree(points).query(mirrored)[0]
    return float(np.minimum(distance, np.quantile(distance, 0.9)).mean())


def _detail_from(normals: FloatArray, detail: FloatArray, angle: float) -> float:
    """How much detail faces a viewer who stands at an angle about Y (0 is +Z)."""
    towards = np.array([np.sin(angle), 0.0, np.cos(angle)])
    return float((np.maximum(normals @ towards, 0.0) * detail).sum())


def size_of(mesh: Mesh, motion: FloatArray) -> FloatArray:
    """Width, height and depth (x, y, z) of a mesh once it is upright, metres."""
    return np.asarray(np.ptp(carry(mesh.vertices, motion), axis=0))
