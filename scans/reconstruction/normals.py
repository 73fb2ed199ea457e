"""Which way a surface faces at each point, and on which side its outside is.

A plane through a point's neighbours gives the normal but not its sign. Where nobody knows
from where a point was seen, signs are made to agree on a sample of the points: from one to
the next along the surface, never straight through a wall, and each whole part so that it
faces those who can see it from outside. The rest take the sign of the sample around them.
Where two walls lie close together, each point is told at last to which of them it belongs.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import (
    breadth_first_order,
    connected_components,
    minimum_spanning_tree,
)
from scipy.spatial import cKDTree

from scans.geometry.rigid import turning_onto
from scans.geometry.spacing import SAMPLE, point_spacing, typical_spacing
from scans.reconstruction.flooding import air_side
from scans.reconstruction.signs import FREE, agreement, passed_down
from scans.reconstruction.walls import between_walls, told_apart

FloatArray = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEIGHBOURS = 20  # for a normal; fewer follow the noise, more round the edges
CHUNK = 100_000  # points worked on at a time: bounds memory, not the result
EDGE_NEIGHBOURS = 12
EDGE_OFFSET = 0.3  # neighbours' middle this far off, in their radius: a border point
ORIENT_SAMPLE = 200_000
LINKS = 10  # neighbours to which a sign may be passed on
NEAR = 1.0  # spacings: closer together, noise makes the line between two points
DOUBTFUL = 0.7  # agreement below which a patch ends
PATCH_STEPS = 24  # and after so many links: one wrong link must not turn a side
ONE_SIDED = 0.8  # of a patch's votes, net
LEAST_VOTES = 1.0  # a point of a patch; who is seen freely gets six
VOTES = 4  # sampled points that give one other its sign
AIR_VOTES = 3.0  # of a point that air reaches: half of one that is seen freely
LOOKS = 48  # directions from which the sample is looked at
PIXEL = 3.0  # spacings of the sample: one in a thousand pixels lies empty
LAYER = 0.5  # pixels behind the foremost point that still count as seen
MOST_PIXELS = 1_000_000  # a side of a look's picture, whatever lies far off
MOST_AT_ONCE = 4_000_000  # pixels that are laid out; of more, only those with points
SQUARE = 0.7  # cosine below which a look says nothing about the sign


@dataclass(frozen=True)
class Planes:
    """Planes through each point's neighbours.

    normals : (n, 3) float64, unit length, of arbitrary sign
    at_edge : (n,) bool, points on a border of what was seen
    spacing : typical distance between neighbouring points, metres
    """

    normals: FloatArray
    at_edge: NDArray[np.bool_]
    spacing: float


def local_planes(points: FloatArray, tree: Any, *, count: int = NEIGHBOURS) -> Planes:
    """Fit a plane through each point's `count` nearest points (cKDTree `tree`)."""
    count = min(count, len(points))
    normals = np.zeros_like(points)
    at_edge = np.zeros(len(points), dtype=bool)
    step = max(1, min(len(points), CHUNK) // SAMPLE)
    reach = []
    for start in range(0, len(points), CHUNK):
        # Asked in the tree's own order, neighbours lie in the cache: four times as fast.
        part = tree.indices[start : start + CHUNK]
        distance, near = tree.query(points[part], k=count, workers=-1)
        around = points[near]
        normals[part] = _thinnest(around)
        at_edge[part] = _at_edge(points[part], around, distance)
        reach.append(distance[::step])
    return Planes(normals, at_edge, typical_spacing(np.vstack(reach)))


def oriented_all_round(
    points: FloatArray, normals: FloatArray, tree: Any = None
) -> FloatArray:
    """Turn normals outwards where nobody knows from where the points were seen.

    Between walls that lie close together they are fitted anew, each to its own wall.
    tree : cKDTree of the points, where there is one already
    """
    tree = cKDTree(points) if tree is None else tree
    step = max(1, -(-len(points) // ORIENT_SAMPLE))
    few = points[::step]
    facing, told = _agreeing(few, normals[::step])
    doubtful = between_walls(few, facing)
    votes = np.zeros(len(points))
    votes[::step] = told
    if step > 1:
        signed = facing
        facing, doubtful = _carried(points, normals, tree, few=(few, facing, doubtful))
        votes[::step] *= np.sign((facing[::step] * signed).sum(axis=1))
    spacing = point_spacing(points, tree)
    return told_apart(points, facing, tree, doubtful, votes=votes, spacing=spacing)


def _carried(
    points: FloatArray,
    normals: FloatArray,
    tree: Any,
    *,
    few: tuple[FloatArray, FloatArray, Flags],
) -> tuple[FloatArray, Flags]:
    """Give all points the signs, and the doubts, of the sampled ones around them."""
    places, facing, doubtful = few
    turned = np.empty_like(normals)
    doubted = np.zeros(len(points), dtype=bool)
    sampled = cKDTree(places)
    for start in range(0, len(points), CHUNK):
        # In the tree's own order, points near each other follow each other: for speed.
        part = tree.indices[start : start + CHUNK]
        agreed, nearest = _asked(points[part], normals[part], sampled, facing)
        turned[part] = normals[part] * np.where(agreed < 0, -1.0, 1.0)[:, None]
        doubted[part] = doubtful[nearest]
    return turned, doubted


def _thinnest(around: FloatArray) -> FloatArray:
    """Direction in which groups of points, (n, k, 3), spread least, (n, 3)."""
    # A product with ones sums short axes several times faster than a mean does.
    middle = np.matmul(np.ones(around.shape[1]) / around.shape[1], around)
    centred = around - middle[:, None]
    spread = np.matmul(centred.transpose(0, 2, 1), centred)
    return np.asarray(np.linalg.eigh(spread)[1][:, :, 0])


def _at_edge(
    points: FloatArray, around: FloatArray, distance: FloatArray
) -> NDArray[np.bool_]:
    few = min(EDGE_NEIGHBOURS, around.shape[1])
    middle = np.matmul(np.ones(few) / few, around[:, :few])
    off = np.linalg.norm(middle - points, axis=1)
    return np.asarray(off > EDGE_OFFSET * np.maximum(distance[:, few - 1], 1e-12))


def _agreeing(points: FloatArray, normals: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Make signs agree along the surface, and each part face who can see it.

    Gives the normals, and how many see each point from where it faces, net, (n,).
    """
    if len(points) < LINKS:
        return normals, np.zeros(len(points))
    graph, spacing = _links(points, normals)
    part = connected_components(graph, directed=False)[1]
    parent = _parents(minimum_spanning_tree(graph), part)
    sure = agreement(
        points[parent], normals[parent], points, normals, near=NEAR * spacing
    )
    seen = _seen(points, normals, spacing)
    votes = _with_air(seen, points, normals, spacing)
    own = np.arange(len(points))
    ends = (np.abs(sure) < DOUBTFUL) | (_depths(parent) % PATCH_STEPS == 0)
    cut = np.where(ends, own, parent)
    heads, signs = passed_down(cut, sure)
    # A patch that enough can see stands for itself; any other goes on asking its parent.
    known = _is_known(heads, votes * signs)
    heads, signs = passed_down(np.where(known, cut, parent), sure)
    told = np.bincount(heads, votes * signs, minlength=len(points))
    signs = signs * np.where(told < 0, -1.0, 1.0)[heads]
    return normals * signs[:, None], seen * signs


def _depths(parent: Indices) -> Indices:
    """Count the links between each point and the first of its part."""
    above = parent
    depths: Indices = (parent != np.arange(len(parent))).astype(np.int64)
    while (above[above] != above).any():
        depths = depths + depths[above]
        above = above[above]
    return depths


def _is_known(heads: Indices, votes: FloatArray) -> NDArray[np.bool_]:
    """Tell for each point whether its patch was seen often enough and from one side."""
    there = np.bincount(heads, votes, minlength=len(heads))
    all_told = np.bincount(heads, np.abs(votes), minlength=len(heads))
    sizes = np.bincount(heads, minlength=len(heads))
    known = (np.abs(there) > ONE_SIDED * all_told) & (all_told > LEAST_VOTES * sizes)
    return np.asarray(known[heads])


def _links(points: FloatArray, normals: FloatArray) -> tuple[csr_matrix, float]:
    """What it costs to pass a sign on to each neighbour, and the points' spacing."""
    count = min(LINKS + 1, len(points))
    tree = cKDTree(points)
    distance, near = tree.query(points[tree.indices], k=count, workers=-1)
    here = np.repeat(tree.indices, count - 1)
    there = near[:, 1:].ravel()
    spacing = typical_spacing(distance)
    sure = agreement(
        points[here], normals[here], points[there], normals[there], near=NEAR * spacing
    )
    cost = 1.0 - np.abs(sure) + FREE
    graph = coo_matrix((cost, (here, there)), (len(points), len(points)))
    # Duplicates of a pair would be summed: each way is kept apart by its direction.
    return graph.tocsr(), spacing


def _parents(tree: csr_matrix, part: NDArray[np.int32]) -> Indices:
    """The point from which each takes its sign; a part's first takes its own."""
    count = len(part)
    first = np.unique(part, return_index=True)[1]
    edges = tree.tocoo()
    rows = np.concatenate([edges.row, np.full(len(first), count)])
    columns = np.concatenate([edges.col, first])
    links = coo_matrix((np.ones(len(rows)), (rows, columns)), (count + 1, count + 1))
    _, above = breadth_first_order(links.tocsr(), count, directed=False)
    parent: Indices = above[:count].astype(np.int64)
    parent[first] = first
    return parent


def _seen(points: FloatArray, normals: FloatArray, spacing: float) -> FloatArray:
    """For each point, how much those who see it from far away speak for its sign."""
    votes = np.zeros(len(points))
    for direction in _directions(LOOKS):
        facing = normals @ direction
        seen = _seen_from(points, direction, PIXEL * spacing)
        told = seen & (np.abs(facing) > SQUARE)
        votes[told] += facing[told]
    return votes


def _with_air(
    seen: FloatArray, points: FloatArray, normals: FloatArray, spacing: float
) -> FloatArray:
    """The same, and what the outside air says of points that nobody sees."""
    votes, hidden = seen.copy(), seen == 0
    votes[hidden] = AIR_VOTES * air_side(points, normals, spacing, hidden)
    return votes


def _seen_from(
    points: FloatArray, direction: FloatArray, pixel: float
) -> NDArray[np.bool_]:
    """Tell which points nothing hides from far away in a direction."""
    placed = points @ turning_onto(direction, np.array([0.0, 0.0, 1.0]))[:3, :3].T
    keys = np.floor((placed[:, :2] - placed[:, :2].min(axis=0)) / pixel)
    keys = np.minimum(keys, MOST_PIXELS).astype(np.int64)
    cell = keys[:, 0] * (keys[:, 1].max() + 1) + keys[:, 1]
    if cell.max() > MOST_AT_ONCE:
        cell = np.unique(cell, return_inverse=True)[1]
    top = np.full(cell.max() + 1, -np.inf)
    np.maximum.at(top, cell, placed[:, 2])
    return np.asarray(placed[:, 2] > top[cell] - LAYER * pixel)


def _asked(
    points: FloatArray, normals: FloatArray, tree: Any, facing: FloatArray
) -> tuple[FloatArray, Indices]:
    """Ask the sampled points around which sign they would give; nearer ones count more.

    Gives that, (n,), and the nearest sampled point of each, (n,).
    """
    count = min(VOTES, len(facing))
    distance, near = tree.query(points, k=range(1, count + 1), workers=-1)
    sure = agreement(
        tree.data[near],
        facing[near],
        points[:, None],
        normals[:, None],
        near=float(distance.mean()),
    )
    weight = 1.0 / np.maximum(distance, 1e-12)
    return np.asarray((sure * weight).sum(axis=1)), np.asarray(near[:, 0])


def _directions(count: int) -> FloatArray:
    """Spread directions evenly over the sphere (Fibonacci), (count, 3)."""
    index = np.arange(count) + 0.5
    z = 1 - 2 * index / count
    around = np.pi * (1 + 5**0.5) * index
    flat = np.sqrt(1 - z**2)
    return np.stack([flat * np.cos(around), flat * np.sin(around), z], axis=1)
