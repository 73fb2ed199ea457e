"""Tell two walls apart that lie so close together that a sign is passed across.

Under a lid, beside what was applied to a vessel and at its rim, the points around one
point belong to two walls that face opposite ways. Where these come closer than the points
lie apart, or than the noise, either wall seems to go on in the other, and a sign that was
passed through there is wrong on a whole patch. So these places are asked last: from where
the walls lie well apart, and from every point that is seen from outside, signs go inwards
layer by layer, and then each point goes to the wall on whose plane it lies, whose normal
it takes. Whom nearly all around it gainsay is turned: small patches that went wrong on the
way lie in one sheet, where either side of it would be as near.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import cKDTree

from scans.reconstruction.signs import FREE, agreement, passed_down

FloatArray = NDArray[np.float64]
Indices = NDArray[np.int64]
Flags = NDArray[np.bool_]

LOOKED_AT = 10  # neighbours among which another wall is looked for
OPPOSITE = -0.5  # cosine: faces the other way
HOPS = 2  # from neighbour to neighbour, how far around such a place signs are in doubt
MOST = 0.25  # share in doubt: beyond it points are noise all over, and not walls
# Neighbours that pass on a sign, or gainsay it: half of them may be of the other wall.
LINKS = 16
AROUND = 30  # neighbours to which planes are fitted, of both walls together
SEEN = 3.0  # votes, net: a point that is seen so freely has its sign from that
GAINSAID = -0.7  # mean of what those around say of a sign: 14 of 16 are against it
SIDE = 0.3  # cosine with a point's normal: of its own wall, and below minus it of the other
LEAST = 4  # points that make a plane
ROUNDS = 5  # each point asks anew, for those around it may have changed sides
CHUNK = 100_000  # points worked on at a time: bounds memory, not the result


@dataclass(frozen=True)
class _Wall:
    """One wall beside each of some places.

    normals : (n, 3) of its plane there, of arbitrary sign
    off     : (n,) how far the place lies off it, metres; infinite where there is none
    """

    normals: FloatArray
    off: FloatArray


def between_walls(points: FloatArray, normals: FloatArray) -> Flags:
    """Tell which points lie near a place where walls face opposite ways, (n,).

    normals : (n, 3), turned outwards
    """
    tree = cKDTree(points)
    order = tree.indices
    count = min(LOOKED_AT + 1, len(points))
    near = np.zeros((len(points), count), dtype=np.int64)
    near[order] = tree.query(points[order], k=range(1, count + 1), workers=-1)[1]
    facing = np.einsum("nkd,nd->nk", normals[near], normals)
    flags: Flags = (facing < OPPOSITE).any(axis=1)
    for _ in range(HOPS):
        flags = np.asarray(flags[near].any(axis=1))
    if flags.mean() > MOST:
        return np.zeros(len(points), dtype=bool)
    return flags


def told_apart(
    points: FloatArray,
    normals: FloatArray,
    tree: Any,
    asked: Flags,
    *,
    votes: FloatArray,
    spacing: float,
) -> FloatArray:
    """Turn the normals of the asked points anew, each with the wall on which it lies.

    normals : (n, 3), turned outwards; those of points that are not asked stay
    asked   : (n,) bool
    votes   : (n,) how many see a point from where it faces, less those from behind
    """
    own = tree.indices[asked[tree.indices]]
    if not len(own) or len(points) <= AROUND:
        return normals
    query = tree.query(points[own], k=range(2, AROUND + 2), workers=-1)
    near = np.asarray(query[1], dtype=np.int64)
    normals = normals.copy()
    _turn_unseen(points, normals, own, near, told=votes[own], spacing=spacing)
    for _ in range(ROUNDS):
        before = normals[own]
        gainsaid = _gainsaid(points, normals, own, near, spacing)
        normals[own[gainsaid]] *= -1
        normals[own] = _on_nearer_wall(points, normals, own, near)
        if (np.einsum("nd,nd->n", before, normals[own]) > 0).all():
            break
    return normals


def _turn_unseen(
    points: FloatArray,
    normals: FloatArray,
    own: Indices,
    near: Indices,
    *,
    told: FloatArray,
    spacing: float,
) -> None:
    """Turn, in place, what is seen as it is seen, and the rest from what lies around it.

    told : (m,) votes for the signs that the asked points have now
    """
    seen = np.abs(told) > SEEN
    normals[own[told < -SEEN]] *= -1
    if not seen.all():
        hidden = own[~seen]
        turns = _signs_inwards(points, normals, hidden, near[~seen], spacing)
        normals[hidden] *= turns[:, None]


def _gainsaid(
    points: FloatArray, normals: FloatArray, own: Indices, near: Indices, spacing: float
) -> Flags:
    """Tell of which points nearly all around would have the other sign, (m,)."""
    flags = np.zeros(len(own), dtype=bool)
    for start in range(0, len(own), CHUNK):
        part = slice(start, start + CHUNK)
        here, there = own[part, None], near[part, :LINKS]
        ends = points[there], normals[there], points[here], normals[here]
        said = np.sign(agreement(*ends, near=spacing)).mean(axis=1)
        flags[part] = said < GAINSAID
    return flags


def _signs_inwards(
    points: FloatArray, normals: FloatArray, own: Indices, near: Indices, spacing: float
) -> FloatArray:
    """Pass signs on from the points around the asked ones, a layer at a time, (m,)."""
    everyone, links = _numbered(own, near[:, :LINKS], len(points))
    count, total = len(own), len(everyone)
    layer = _layers(links, total)
    here, there = np.repeat(np.arange(count), links.shape[1]), links.ravel()
    places, facing = points[everyone], normals[everyone]

    def sure(one: Indices, other: Indices) -> FloatArray:
        ends = places[one], facing[one], places[other], facing[other]
        return agreement(*ends, near=spacing)

    cost = np.maximum(layer[here], layer[there]) + 1.0 - np.abs(sure(here, there))
    parent = _asked_first(cost + FREE, here, there, own=count, total=total)
    asking = np.flatnonzero(parent != np.arange(total))
    turns = np.ones(total)
    turns[asking] = sure(parent[asking], asking)
    return passed_down(parent, turns)[1][:count]


def _numbered(own: Indices, near: Indices, total: int) -> tuple[Indices, Indices]:
    """Number the asked points and, after them, those around; links in these numbers."""
    number = np.full(total, -1, dtype=np.int64)
    number[own] = np.arange(len(own))
    around = np.unique(near[number[near] < 0])
    number[around] = len(own) + np.arange(len(around))
    return np.concatenate([own, around]), number[near]


def _layers(links: Indices, total: int) -> FloatArray:
    """How many links each point is from those that are not asked; these are 0."""
    count = len(links)
    layer = np.zeros(total)
    layer[:count] = count  # farther than any way; what nothing reaches stays there
    while True:
        nearer = np.minimum(layer[:count], layer[links].min(axis=1) + 1)
        if (nearer == layer[:count]).all():
            return layer
        layer[:count] = nearer


def _asked_first(
    cost: FloatArray, here: Indices, there: Indices, *, own: int, total: int
) -> Indices:
    """Whom each point asks for its sign, so that no way holds a dearer link than it must.

    Points that are not asked, from `own` on, stand for themselves, and so does what no
    link reaches.
    """
    around = np.arange(own, total)
    rows = np.concatenate([here, np.full(len(around), total)])
    columns = np.concatenate([there, around])
    costs = np.concatenate([cost, np.full(len(around), FREE / 2)])
    graph: csr_matrix = coo_matrix((costs, (rows, columns)), (total + 1,) * 2).tocsr()
    tree = minimum_spanning_tree(graph)
    above = breadth_first_order(tree, total, directed=False)[1]
    parent: Indices = above[:total].astype(np.int64)
    alone = (parent < 0) | (np.arange(total) >= own)
    parent[alone] = np.flatnonzero(alone)
    return parent


def _on_nearer_wall(
    points: FloatArray, normals: FloatArray, own: Indices, near: Indices
) -> FloatArray:
    """The normals of the asked points on the nearer of the two walls around them."""
    chosen = normals[own]
    for start in range(0, len(own), CHUNK):
        part = near[start : start + CHUNK]
        facing = np.einsum("nkd,nd->nk", normals[part], chosen[start : start + CHUNK])
        both = np.flatnonzero((facing < -SIDE).any(axis=1))
        around, facing = points[part[both]], facing[both]
        places = points[own[start + both]]
        mine = _wall(places, around, facing > SIDE)
        other = _wall(places, around, facing < -SIDE)
        crosses = other.off < mine.off
        before = chosen[start + both]
        before[crosses] *= -1
        after = np.where(crosses[:, None], other.normals, mine.normals)
        inward = np.einsum("nd,nd->n", after, before) < 0
        after[inward] *= -1
        fitted = np.isfinite(np.where(crosses, other.off, mine.off))
        chosen[start + both] = np.where(fitted[:, None], after, before)
    return chosen


def _wall(places: FloatArray, around: FloatArray, chosen: Flags) -> _Wall:
    """Fit a plane to the chosen ones of the points around each place, (n, k, 3)."""
    count = chosen.sum(axis=1)
    weight = chosen / np.maximum(count, 1)[:, None]
    middle = np.einsum("nk,nkd->nd", weight, around)
    centred = (around - middle[:, None]) * chosen[:, :, None]
    spread = np.matmul(centred.transpose(0, 2, 1), centred)
    normals = np.linalg.eigh(spread)[1][:, :, 0]
    off = np.abs(np.einsum("nd,nd->n", places - middle, normals))
    return _Wall(normals, np.where(count >= LEAST, off, np.inf))
