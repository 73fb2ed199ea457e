"""Values about each vertex of a mesh, from its own side of a wall."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.mesh import FloatArray, Mesh, vertex_normals

NEIGHBOURS = 25  # about each vertex, itself among them
BAND = 100_000  # vertices looked at at a time
ONE_SIDE = 0.0  # cosine: neighbours that face away are of a wall's other side

Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


class Patches:
    """The nearest about each vertex, among those that are known."""

    def __init__(self, mesh: Mesh, known: Flags) -> None:
        self._held = np.flatnonzero(known)
        self._places = mesh.vertices
        self._tree = cKDTree(mesh.vertices[self._held])
        self._count = min(NEIGHBOURS, len(self._held))
        if mesh.normals is not None:
            self._normals = mesh.normals
        else:
            self._normals = vertex_normals(mesh.vertices, mesh.triangles)

    def about(self, wanted: Indices) -> Iterator[tuple[Indices, Indices, Flags]]:
        """Give the wanted in bands, (k,), those next to each, nearest and so itself
        first, (k, count), and which of these are on its side."""
        for at in range(0, len(wanted), BAND):
            band = wanted[at : at + BAND]
            near = self._tree.query(self._places[band], k=self._count, workers=-1)[1]
            near = self._held[near.reshape(len(band), -1)]
            mine, theirs = self._normals[band], self._normals[near]
            same = np.einsum("nd,nkd->nk", mine, theirs) > ONE_SIDE
            same[:, 0] = True
            yield band, near, same

    def percentiles(
        self, values: FloatArray, wanted: Indices, share: float
    ) -> FloatArray:
        """Give that percentile of the values about each of the wanted, (n,)."""
        rows = [
            np.nanpercentile(_seen(values, near, same), share, axis=1)
            for _band, near, same in self.about(wanted)
        ]
        return np.concatenate([*rows, np.zeros(0)])

    def medians(
        self, values: FloatArray, wanted: Indices, counts: Indices | None = None
    ) -> FloatArray:
        """Give the median of the values about each of the wanted, (n,).

        counts : (n,) of how many of the nearest; else of all
        """
        found, at = np.zeros(len(wanted)), 0
        for band, near, same in self.about(wanted):
            seen, part = _seen(values, near, same), slice(at, at + len(band))
            wished = np.full(len(band), self._count) if counts is None else counts[part]
            for count in np.unique(wished):
                own = wished == count
                found[part][own] = np.nanmedian(seen[own, :count], axis=1)
            at += len(band)
        return found

    def with_rim(self, wanted: Indices) -> Indices:
        """Name the wanted and all that lie about them."""
        near = [np.unique(near[same]) for _band, near, same in self.about(wanted)]
        return np.unique(np.concatenate([wanted, *near]))


def _seen(values: FloatArray, near: Indices, same: Flags) -> FloatArray:
    return np.where(same, values[near], np.nan)
