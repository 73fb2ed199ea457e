"""How light changes over a painted surface: slopes of brightness along it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scans.reconstruction.views import View

FloatArray = NDArray[np.float64]

LUMA = np.array([0.2126, 0.7152, 0.0722])  # Rec. 709
AROUND = 16  # neighbours that a slope is fitted to
FINEST = 1.0  # of 255: eight bits tell no finer


@dataclass(frozen=True)
class Shades:
    """Brightness of points (0..255), its slope along the surface (a metre), its noise."""

    light: FloatArray
    slopes: FloatArray
    noise: float


class ShadeBook:
    """The shades of one coloured scan, fitted when first asked for and kept.

    A refinement asks for the same places of a scan again with each of its steps.
    """

    def __init__(self, view: View) -> None:
        self.view = view
        count = len(view.points)
        self.known = np.zeros(count, dtype=bool)
        self.light = np.zeros(count)
        self.slopes = np.zeros((count, 3))
        self.rest = np.zeros(count)

    def at(self, index: NDArray[np.int64]) -> Shades:
        """Fit brightness around points by a plane each, in the scan's frame."""
        new = np.unique(index[~self.known[index]])
        if len(new):
            self._fit(new)
        noise = max(float(np.sqrt(np.median(self.rest[index]))), FINEST)
        return Shades(self.light[index], self.slopes[index], noise)

    def _fit(self, index: NDArray[np.int64]) -> None:
        view = self.view
        if view.colours is None:
            raise ValueError("a scan without colours has no shades")
        near = view.tree.query(view.points[index], k=min(AROUND, len(view.points)))[1]
        light = view.colours[near].astype(np.float64) @ LUMA
        middle = light.mean(axis=1)
        away = view.points[near] - view.points[index][:, None]
        normals = view.normals[index]
        offset = away - (away @ normals[:, :, None]) * normals[:, None]
        offset = offset - offset.mean(axis=1, keepdims=True)
        spread = np.einsum("nki,nkj->nij", offset, offset)
        # Along the normal nothing is told: any stiffness there leaves the slope flat.
        size = np.trace(spread, axis1=1, axis2=2)[:, None, None]
        stiff = (
            spread + size * normals[:, :, None] * normals[:, None] + 1e-12 * np.eye(3)
        )
        pull = np.einsum("nki,nk->ni", offset, light - middle[:, None])
        slopes = np.linalg.solve(stiff, pull[:, :, None])[:, :, 0]
        left = light - middle[:, None] - np.einsum("nki,ni->nk", offset, slopes)
        # The plane's height at the point itself, not at its neighbours' middle.
        shift = away.mean(axis=1)
        self.light[index] = middle - (shift * slopes).sum(axis=1)
        self.slopes[index] = slopes
        self.rest[index] = (left**2).mean(axis=1)
        # Last: another thread that asks meanwhile fits the same once more.
        self.known[index] = True
