"""Which triangles are laid flat together: few, large, compact charts.

Regions of a surface are merged, cheapest first, as long as a chart does not turn too far:
a chart that bends less than a dome of some sixty degrees lies flat with little stretch.
Normals are smoothed before, so that relief does not cut a wall into crumbs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

SMOOTHINGS = 12  # rounds over neighbours: relief some four triangles wide is ignored
BEND = 0.40  # mean square of a chart's normals about their mean: a dome of 59 degrees
FLATNESS = 1e-3  # what a merge costs where nothing bends: compact ones come first
BORDER_ROUNDS = 40  # of mixing charts over neighbours: straightens what is shorter
LEAST_AREA = 1e-6  # of the mean triangle: a sliver has none, and must belong somewhere
# Shares of the surface below which a chart joins a neighbour, and how far the two may
# then bend: the last is some sixty texels of a map, which may as well be folded.
CRUMBS = ((5e-4, 0.62), (2e-5, 1.0))

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Neighbours:
    """Pairs of triangles that share an edge, (k, 2), and the edge's length, (k,)."""

    pairs: Indices
    lengths: Floats


def find_charts(positions: Floats, triangles: Indices) -> Indices:
    """Number the chart of each triangle, (m,), from 0."""
    areas, facing = _facets(positions, triangles)
    across = neighbours(positions, triangles)
    facing = _smoothed(facing * areas[:, None], across)
    single = _Regions.of(np.arange(len(triangles)), areas, facing, across)
    labels = _merged(single, BEND).labels
    labels = _tidied(labels, across)
    return _without_crumbs(labels, areas, facing, across)


def split_chart(
    positions: Floats, triangles: Indices, members: Indices
) -> list[Indices]:
    """Cut a chart that does not lie flat in two across its longest extent."""
    own = triangles[members]
    middles = positions[own].mean(axis=1)
    _, facing = _facets(positions, own)
    spread = np.hstack([middles - middles.mean(axis=0), facing - facing.mean(axis=0)])
    spread[:, :3] /= max(float(np.linalg.norm(spread[:, :3], axis=1).mean()), 1e-30)
    axis = np.linalg.svd(spread, full_matrices=False)[2][0]
    side = spread @ axis
    beyond = (side > np.median(side)).astype(np.int64)
    piece = _connected_labels(beyond, neighbours(positions, own))
    order = np.argsort(piece, kind="stable")
    return np.split(members[order], np.flatnonzero(np.diff(piece[order])) + 1)


def neighbours(positions: Floats, triangles: Indices) -> Neighbours:
    """Find the pairs; an edge of more than two triangles divides them all."""
    ends = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    keys = ends[:, 0] * (triangles.max() + 1) + ends[:, 1]
    order = np.argsort(keys, kind="stable")
    _, starts, counts = np.unique(keys[order], return_index=True, return_counts=True)
    first = order[starts[counts == 2]]
    second = order[starts[counts == 2] + 1]
    vectors = positions[ends[first, 0]] - positions[ends[first, 1]]
    pairs = np.stack([first // 3, second // 3], axis=1)
    return Neighbours(pairs, np.asarray(np.linalg.norm(vectors, axis=1)))


def sums(places: Indices, values: Floats, count: int) -> Floats:
    """Add up values, (n,), that go to the same of `count` places."""
    return np.bincount(places, values, count).astype(np.float64)


def _facets(positions: Floats, triangles: Indices) -> tuple[Floats, Floats]:
    a, b, c = (positions[triangles[:, corner]] for corner in range(3))
    crossed = np.cross(b - a, c - a)
    doubled = np.linalg.norm(crossed, axis=1)
    return doubled / 2, crossed / np.maximum(doubled, 1e-30)[:, None]


def _smoothed(weighted: Floats, across: Neighbours) -> Floats:
    """Mix normals over neighbours; a lone sliver takes theirs."""
    mixing = _mixing(across, len(weighted)).astype(np.float64)
    for _ in range(SMOOTHINGS):
        weighted = mixing @ weighted
    lengths = np.linalg.norm(weighted, axis=1, keepdims=True)
    return np.asarray(weighted / np.maximum(lengths, 1e-300))


@dataclass
class _Regions:
    """Regions under merging: of each its area, its sum of normals and its border."""

    labels: Indices
    area: Floats
    normal: Floats
    border: Floats
    pairs: Indices
    shared: Floats

    @classmethod
    def of(
        cls, labels: Indices, areas: Floats, facing: Floats, across: Neighbours
    ) -> "_Regions":
        count = int(labels.max()) + 1
        areas = np.maximum(areas, LEAST_AREA * areas.mean())
        area = sums(labels, areas, count)
        columns = [sums(labels, areas * axis, count) for axis in facing.T]
        pairs, shared = _joined_pairs(labels[across.pairs], across.lengths, count)
        border = sums(pairs.ravel(), np.repeat(shared, 2), count)
        normal = np.stack(columns, axis=1)
        return cls(labels, area, normal, border, pairs, shared)

    def costs(self, bend: float) -> Floats:
        """What each pair's merging costs; infinite where it would bend too much."""
        i, j = self.pairs.T
        area = self.area
        both = area[i] + area[j]
        means = self.normal / area[:, None]
        apart = ((means[i] - means[j]) ** 2).sum(axis=1)
        joint = (means[i] * area[i, None] + means[j] * area[j, None]) / both[:, None]
        turned = 1 - (joint**2).sum(axis=1)
        weight = area[i] * area[j] / both
        narrow = np.minimum(self.border[i], self.border[j]) / self.shared
        return np.where(turned <= bend, weight * (apart + FLATNESS) * narrow, np.inf)

    def merge(self, chosen: NDArray[np.bool_]) -> "_Regions":
        """Join the chosen pairs, none of which share a region."""
        i, j = self.pairs[chosen].T
        table = np.arange(len(self.area))
        table[j] = i
        kept = table == np.arange(len(table))
        table = (np.cumsum(kept) - 1)[table]
        count = int(kept.sum())
        pairs, shared = _joined_pairs(table[self.pairs], self.shared, count)
        columns = [sums(table, axis, count) for axis in self.normal.T]
        border = sums(table, self.border, count)
        border -= sums(table[i], 2 * self.shared[chosen], count)
        return _Regions(
            table[self.labels],
            sums(table, self.area, count),
            np.stack(columns, axis=1),
            border,
            pairs,
            shared,
        )


def _joined_pairs(
    pairs: Indices, lengths: Floats, count: int
) -> tuple[Indices, Floats]:
    """Add up what the same two regions share; pairs within one are gone."""
    apart = pairs[:, 0] != pairs[:, 1]
    pairs, lengths = np.sort(pairs[apart], axis=1), lengths[apart]
    keys, place = np.unique(pairs[:, 0] * count + pairs[:, 1], return_inverse=True)
    shared = sums(place.ravel(), lengths, len(keys))
    return np.stack([keys // count, keys % count], axis=1), np.maximum(shared, 1e-30)


def _merged(regions: _Regions, bend: float, *, largest: float = np.inf) -> _Regions:
    """Merge what may be merged; of each pair the smaller must be below `largest`."""
    while len(regions.pairs):
        costs = regions.costs(bend)
        costs[regions.area[regions.pairs].min(axis=1) >= largest] = np.inf
        chosen = _mutual_best(regions.pairs, costs, len(regions.area))
        if not chosen.any():
            break
        regions = regions.merge(chosen)
    return regions


def _mutual_best(pairs: Indices, costs: Floats, count: int) -> NDArray[np.bool_]:
    """Choose the pairs that are the cheapest of both their regions."""
    order = np.argsort(-costs, kind="stable")
    best = np.full(count, -1)
    for side in (0, 1):
        one = np.full(count, -1)
        one[pairs[order, side]] = order
        better = (one >= 0) & ((best < 0) | (costs[one] < costs[best]))
        best[better] = one[better]
    index = np.arange(len(pairs))
    i, j = pairs.T
    return np.asarray((best[i] == index) & (best[j] == index) & np.isfinite(costs))


def _tidied(labels: Indices, across: Neighbours) -> Indices:
    """Straighten borders: let charts flow into each other, then take the strongest."""
    count = len(labels)
    mixing = _mixing(across, count)
    ones = np.ones(count, np.float32)
    shares = csr_array((ones, (np.arange(count), labels)))
    for _ in range(BORDER_ROUNDS):
        shares = mixing @ shares
    return _connected_labels(_strongest(shares), across)


def _strongest(shares: csr_array) -> Indices:
    """The first column with the largest value of each row; none is empty.

    As `argmax` tells it, which goes row by row.
    """
    starts = shares.indptr[:-1]
    most = np.maximum.reduceat(shares.data, starts)
    is_most = shares.data == np.repeat(most, np.diff(shares.indptr))
    columns = np.where(is_most, shares.indices, shares.shape[1])
    return np.minimum.reduceat(columns, starts).astype(np.int64)


def _mixing(across: Neighbours, count: int) -> csr_array:
    """What each triangle takes from itself and its neighbours; rows add up to one."""
    there, back = across.pairs.T
    itself = np.arange(count)
    rows = np.concatenate([there, back, itself])
    columns = np.concatenate([back, there, itself])
    values = 1 / np.bincount(rows, minlength=count)[rows].astype(np.float32)
    return csr_array((values, (rows, columns)), shape=(count, count))


def _connected_labels(labels: Indices, across: Neighbours) -> Indices:
    """Give each connected part of a chart a number of its own."""
    same = labels[across.pairs[:, 0]] == labels[across.pairs[:, 1]]
    there, back = across.pairs[same].T
    count = len(labels)
    graph = coo_array((np.ones(len(there), np.int8), (there, back)), (count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _without_crumbs(
    labels: Indices, areas: Floats, facing: Floats, across: Neighbours
) -> Indices:
    """Merge what is left in small pieces, with more bend allowed."""
    regions = _Regions.of(labels, areas, facing, across)
    for share, bend in CRUMBS:
        regions = _merged(regions, bend, largest=share * float(areas.sum()))
    return regions.labels
