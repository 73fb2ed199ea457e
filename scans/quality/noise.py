"""Noise: what is left of small patches of points when a quadric is taken out of each."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

NEIGHBOURS = (
    24  # four times the six numbers of a quadric: small, and still over-determined
)
TERMS = 6


def patch_noise(patches: FloatArray) -> float:
    """Estimate the standard deviation of points across their surface.

    patches : (n, k, 3) metres, each the k nearest neighbours of a place, k > 6

    Each patch gives an unbiased variance; the median over patches does not mind those
    that lie across an edge. What the median of such variances falls short of their
    mean (a chi-squared distribution) is put back.
    Source: docs/reference/quality.md; Wilson and Hilferty 1931 for the median.
    """
    freedom = patches.shape[1] - TERMS
    variances = _residuals(patches) / freedom
    median_of_mean = (1 - 2 / (9 * freedom)) ** 3
    return float(np.sqrt(np.median(variances) / median_of_mean))


def _residuals(patches: FloatArray) -> FloatArray:
    """Sum of squares that a quadric leaves of each patch, (n,)."""
    centred = patches - patches.mean(axis=1, keepdims=True)
    spread = np.einsum("nki,nkj->nij", centred, centred)
    axes = np.linalg.eigh(spread)[1]  # ascending: the first axis is the normal
    z, x, y = np.moveaxis(np.einsum("nki,nij->nkj", centred, axes), 2, 0)
    # A patch of one point many times over has no size; any will do.
    size = np.maximum(np.hypot(x, y).max(axis=1, keepdims=True), 1e-12)
    x, y = x / size, y / size
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=2)
    basis = np.linalg.qr(terms)[0]
    fitted = np.einsum("nkt,nk->nt", basis, z)
    left = (z**2).sum(axis=1) - (fitted**2).sum(axis=1)
    return np.asarray(np.maximum(left, 0.0))
