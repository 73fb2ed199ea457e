"""Which pairs of scans to match: all of a few, the most alike of many.

Trying every pair costs the square of the number of scans. Of many, each is matched with
those that hold alike features and with its neighbour in the order they came in (a session
goes round the object); what that leaves apart is joined as groups (bridging.py).
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from scans.reconstruction.modes import Featured

FloatArray = NDArray[np.float64]

EVERY_PAIR = 12  # scans up to which all pairs are tried: 66 pairs
ALIKE = 4  # most alike others of each
WORDS = 128  # kinds of features that are counted
TOLD_BY = 1000  # points of each scan


def choose_pairs(clouds: list[Featured], *, seed: int) -> list[tuple[int, int]]:
    """Choose pairs worth matching, in order."""
    count = len(clouds)
    if count <= EVERY_PAIR:
        return list(combinations(range(count), 2))
    likeness = _likeness(clouds, np.random.default_rng(seed))
    chosen = {(k, k + 1) for k in range(count - 1)} | {(0, count - 1)}
    for k in range(count):
        for other in np.argsort(-likeness[k], kind="stable")[:ALIKE]:
            chosen.add((min(k, int(other)), max(k, int(other))))
    return sorted(chosen)


def _likeness(clouds: list[Featured], random: np.random.Generator) -> FloatArray:
    """Compare which kinds of features scans hold, rare ones counting more, (n, n)."""
    few = [
        cloud.features[random.permutation(len(cloud.features))[:TOLD_BY]]
        for cloud in clouds
    ]
    pool = np.vstack(few)
    words = pool[random.choice(len(pool), min(WORDS, len(pool)), replace=False)]
    counts = np.array([_counted(features, words) for features in few])
    rare = np.log(len(clouds) / np.maximum((counts > 0).sum(axis=0), 1)) + 1
    # Square roots: what a scan holds much of does not drown the rest.
    held = np.sqrt(counts) * rare
    held /= np.maximum(np.linalg.norm(held, axis=1, keepdims=True), 1e-12)
    likeness = np.asarray(held @ held.T)
    np.fill_diagonal(likeness, -1.0)
    return likeness


def _counted(features: FloatArray, words: FloatArray) -> FloatArray:
    square = (words**2).sum(axis=1)[None] - 2 * features @ words.T
    counts = np.bincount(np.argmin(square, axis=1), minlength=len(words))
    return counts / max(len(features), 1)
