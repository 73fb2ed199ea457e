"""The path of a camera: frame after frame onto key frames, then all of it at once.

A frame is fitted to the last key frame; where too little of that is left in view, it
becomes the next one. Key frames that see the same place again close loops, and a graph of
poses spreads what does not add up. Poses that were given start every fit and stay in the
graph with the weight of the fit: they are refined, not ignored.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import open3d as o3d
from numpy.typing import NDArray

from scans.geometry.rigid import angle_between, from_parts, inverse, nearest_rotation
from scans.readers.cameras import Camera
from scans.reconstruction.odometry import Fit, Grid, fit, share_seen

FloatArray = NDArray[np.float64]
Grids = tuple[Grid, ...]

KEY_SHARE = (
    0.80  # of a frame on the key frame's surface; below it the frame is the next
)
LEAST_SHARE = 0.40  # below it a fit says nothing
LOOP_SHARE = 0.35  # predicted; below it a loop is not tried
LOOPS = 4  # tried for each key frame
RESIDUAL_RATIO = 3.0  # against the typical fit: beyond it the fit is wrong
CONTRADICTED = 0.5  # of how far the camera moved; good poses differ by a tenth of it
MOST_LOST = 1 / 3  # share of frames that fit nowhere by poses that hold


@dataclass(frozen=True)
class Edge:
    """A fit of frame `second` onto frame `first`."""

    first: int
    second: int
    fit: Fit
    used: bool = True


@dataclass
class Path:
    """Poses by frame number, camera to world; and what they rest on."""

    poses: dict[int, FloatArray] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)


def track(
    grids: list[Grids],
    given: list[FloatArray | None],
    camera: Camera,
    progress: Callable[[float], None],
) -> Path:
    """Find the pose of every frame; those that fit nowhere are in `lost`."""
    path = _follow(grids, given, camera, lambda f: progress(0.7 * f))
    _close_loops(path, grids, camera)
    progress(0.9)
    path.edges = _judged(path.edges)
    _settle(path, given)
    return path


def contradicts(path: Path, given: list[FloatArray | None], depth_m: float) -> bool:
    """Tell whether given poses move the camera otherwise than the pictures do.

    depth_m : how far off things are, where a turn is weighed as a shift
    """
    frames = len(path.poses) + len(path.lost)
    if len(path.lost) > MOST_LOST * frames:
        return True
    pairs = [
        (edge, told)
        for edge in path.edges
        if (told := _given_between(given, edge)) is not None
    ]
    if not pairs:
        return False
    apart = np.mean([_apart(e.fit.motion, told, depth_m) for e, told in pairs])
    moved = np.mean([_apart(e.fit.motion, np.eye(4), depth_m) for e, _ in pairs])
    noise = np.median([edge.fit.residual_m for edge, _ in pairs])
    return bool(apart > max(CONTRADICTED * moved, noise))


def _apart(one: FloatArray, other: FloatArray, depth_m: float) -> float:
    shift = float(np.linalg.norm(one[:3, 3] - other[:3, 3]))
    return shift + depth_m * angle_between(one, other)


def _follow(
    grids: list[Grids],
    given: list[FloatArray | None],
    camera: Camera,
    progress: Callable[[float], None],
) -> Path:
    first = given[0]
    path = Path(poses={0: np.eye(4) if first is None else first}, keys=[0])
    for number in range(1, len(grids)):
        _add(path, number, grids, given, camera)
        progress(number / len(grids))
    return path


def _add(
    path: Path,
    number: int,
    grids: list[Grids],
    given: list[FloatArray | None],
    camera: Camera,
) -> None:
    """Fit one frame to the key frame, else to the frame before it."""
    last = max(path.poses)
    guess = _guess(path, number, given)
    for onto in dict.fromkeys((path.keys[-1], last)):
        start = inverse(path.poses[onto]) @ guess
        found = fit(grids[number], grids[onto], camera, start)
        if found.overlap >= LEAST_SHARE:
            path.poses[number] = path.poses[onto] @ found.motion
            path.edges.append(Edge(onto, number, found))
            if found.overlap < KEY_SHARE or onto != path.keys[-1]:
                path.keys.append(number)
            return
    path.lost.append(number)


def _guess(path: Path, number: int, given: list[FloatArray | None]) -> FloatArray:
    """Where a frame may be: as given against the last one, else as the camera moved."""
    last = max(path.poses)
    here, there = given[number], given[last]
    if here is not None and there is not None:
        return path.poses[last] @ inverse(there) @ here
    before = last - 1
    if before in path.poses and number == last + 1:
        return path.poses[last] @ inverse(path.poses[before]) @ path.poses[last]
    return path.poses[last]


def _close_loops(path: Path, grids: list[Grids], camera: Camera) -> None:
    """Fit key frames to earlier ones that saw the same place."""
    known = {(edge.first, edge.second) for edge in path.edges}
    for place, second in enumerate(path.keys):
        seen = []
        for first in path.keys[:place]:
            start = inverse(path.poses[first]) @ path.poses[second]
            share = share_seen(grids[second], grids[first], camera, start)
            if share >= LOOP_SHARE and (first, second) not in known:
                seen.append((share, first, start))
        for _, first, start in sorted(seen, key=lambda s: -s[0])[:LOOPS]:
            found = fit(grids[second], grids[first], camera, start)
            if found.overlap >= LEAST_SHARE:
                path.edges.append(Edge(first, second, found))


def _judged(edges: list[Edge]) -> list[Edge]:
    """Leave out fits that are much worse than the others."""
    if not edges:
        return edges
    typical = float(np.median([edge.fit.residual_m for edge in edges]))
    limit = RESIDUAL_RATIO * typical
    return [replace(edge, used=edge.fit.residual_m <= limit) for edge in edges]


def _settle(path: Path, given: list[FloatArray | None]) -> None:
    """Spread over all poses what the fits and the given poses disagree about."""
    order = sorted(path.poses)
    place = {number: index for index, number in enumerate(order)}
    graph = o3d.pipelines.registration.PoseGraph()
    node, edge_of = (
        o3d.pipelines.registration.PoseGraphNode,
        o3d.pipelines.registration.PoseGraphEdge,
    )
    for number in order:
        graph.nodes.append(node(path.poses[number]))
    for edge in path.edges:
        ends = place[edge.second], place[edge.first]
        chain = order[ends[0] - 1] == edge.first or edge.second not in path.keys
        if edge.used or chain:
            information = edge.fit.information
            graph.edges.append(
                edge_of(*ends, edge.fit.motion, information, uncertain=False)
            )
            told = _given_between(given, edge)
            if told is not None:
                graph.edges.append(edge_of(*ends, told, information, uncertain=False))
    if len(graph.edges) >= len(order):
        with o3d.utility.VerbosityContextManager(o3d.utility.VerbosityLevel.Error):
            o3d.pipelines.registration.global_optimization(
                graph,
                o3d.pipelines.registration.GlobalOptimizationLevenbergMarquardt(),
                o3d.pipelines.registration.GlobalOptimizationConvergenceCriteria(),
                o3d.pipelines.registration.GlobalOptimizationOption(reference_node=0),
            )
    settled = [np.array(entry.pose) for entry in graph.nodes]
    path.poses = dict(zip(order, _in_given_frame(settled, order, given), strict=True))


def _given_between(given: list[FloatArray | None], edge: Edge) -> FloatArray | None:
    first, second = given[edge.first], given[edge.second]
    if first is None or second is None:
        return None
    return np.asarray(inverse(first) @ second)


def _in_given_frame(
    poses: list[FloatArray], order: list[int], given: list[FloatArray | None]
) -> list[FloatArray]:
    """Lay the path over the given poses as a whole; without any, the first is the world."""
    pairs = [
        (pose, told)
        for pose, number in zip(poses, order, strict=True)
        if (told := given[number]) is not None
    ]
    if not pairs:
        return [inverse(poses[0]) @ pose for pose in poses]
    turn = nearest_rotation(
        sum((t[:3, :3] @ p[:3, :3].T for p, t in pairs), np.zeros((3, 3)))
    )
    shift = np.mean([t[:3, 3] - turn @ p[:3, 3] for p, t in pairs], axis=0)
    whole = from_parts(turn, shift)
    return [whole @ pose for pose in poses]
