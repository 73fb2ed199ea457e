"""Hand on from point to point which side of a surface is out."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Indices = NDArray[np.int64]

FREE = 1e-6  # cost of a link that is sure: a sparse matrix takes zero for none


def agreement(
    first: FloatArray,
    one: FloatArray,
    second: FloatArray,
    other: FloatArray,
    *,
    near: float,
) -> FloatArray:
    """How surely two normals point to one side: 1 they do, -1 one must be turned.

    The first normal is mirrored at the plane halfway between the two points, which is
    where a smooth surface through both would carry it; so round an edge the sign follows
    the surface, and from one side of a wall to the other it turns. Between points much
    closer than `near` the line is mostly noise and mirrors less.
    Source: König and Gumhold, Consistent propagation of normal orientations (2009).
    """
    line = second - first
    squares = np.maximum((line**2).sum(axis=-1), near**2)
    along = (line * one).sum(axis=-1) / squares
    mirrored = one - 2 * along[..., None] * line
    return np.asarray((mirrored * other).sum(axis=-1))


def passed_down(parent: Indices, sure: FloatArray) -> tuple[Indices, FloatArray]:
    """Follow each point up to its head, and multiply the turns on the way.

    parent : (n,) whom each asks; a head asks itself
    sure   : (n,) agreement of each with its parent
    """
    head = parent == np.arange(len(parent))
    signs = np.where((sure < 0) & ~head, -1.0, 1.0)
    above = parent
    while (above[above] != above).any():  # each round doubles the way that is covered
        signs = signs * signs[above]
        above = above[above]
    return above, signs
