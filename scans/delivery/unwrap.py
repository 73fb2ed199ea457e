"""A surface with places on a map: cut into charts, laid flat, put into one square."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scans.delivery.charts import find_charts, split_chart
from scans.delivery.flatten import Flat, flatten
from scans.delivery.packing import Placed, pack_charts
from scans.delivery.simplify import Surface
from scans.delivery.texels import show_texels

LOOKED_AT_PX = 1024  # side of the map on which charts are checked for folds
FOLDED = 0.003  # share of a chart's texels that may show two places at once
FEWEST = 8  # texels: fewer are borders that a ray meets twice
MARGIN = 0.98  # of such a square, so that neighbours do not touch
CUTS = 6  # rounds of halving what does not lie flat; a half of a half is nearly flat

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


def unwrap(surface: Surface) -> tuple[Surface, Indices]:
    """Give a surface `uvs`; its vertices are doubled along the borders of charts.

    Also gives the vertex, (n,), that each was before.
    """
    positions = surface.positions.astype(np.float64)
    triangles = surface.triangles.astype(np.int64)
    labels = find_charts(positions, triangles)
    flat = flatten(positions, triangles, labels)
    cut = _cut_up(positions, triangles, labels, flat)
    if cut.max() > labels.max():
        flat = flatten(positions, triangles, cut)
    return _placed_on_map(surface, flat, pack_charts(flat)), flat.vertex


def _cut_up(
    positions: Floats, triangles: Indices, labels: Indices, flat: Flat
) -> Indices:
    """Halve the charts that lie over themselves, until none does."""
    asked = np.arange(len(triangles))
    for _ in range(CUTS):
        folded = _folded(flat, labels[asked])
        if not len(folded):
            break
        labels, before = labels.copy(), int(labels.max())
        for chart in folded:
            members = np.flatnonzero(labels == chart)
            for piece in split_chart(positions, triangles, members):
                labels[piece] = labels.max() + 1
        asked = np.flatnonzero(labels > before)
        flat = flatten(positions, triangles[asked], labels[asked])
    return np.asarray(np.unique(labels, return_inverse=True)[1].ravel())


def _folded(flat: Flat, labels: Indices) -> Indices:
    """Find the charts that lie over themselves; each is looked at in a square of its own."""
    charts, chart = np.unique(flat.chart, return_inverse=True)
    side = int(np.ceil(np.sqrt(len(charts))))
    low = np.full((len(charts), 2), np.inf)
    high = -low
    np.minimum.at(low, chart, flat.uvs)
    np.maximum.at(high, chart, flat.uvs)
    extent = np.maximum((high - low).max(axis=1), 1e-30)[:, None]
    corner = np.stack(np.divmod(np.arange(len(charts)), side), axis=1)
    uvs = ((flat.uvs - low[chart]) / extent[chart] * MARGIN + corner[chart]) / side
    shown = show_texels(uvs.astype(np.float32), flat.triangles, LOOKED_AT_PX)
    of_texel = np.searchsorted(charts, labels[shown.triangles])
    texels = np.bincount(of_texel, minlength=len(charts))
    twice = np.bincount(of_texel[shown.layers > 1], minlength=len(charts))
    return charts[(twice > FOLDED * texels) & (twice >= FEWEST)]


def _placed_on_map(surface: Surface, flat: Flat, placed: Placed) -> Surface:
    uvs = placed.uvs * [1, -1] + [0, 1]
    return replace(
        surface,
        positions=surface.positions[flat.vertex],
        normals=surface.normals[flat.vertex],
        colours=None if surface.colours is None else surface.colours[flat.vertex],
        triangles=flat.triangles.astype(np.uint32),
        uvs=uvs.astype(np.float32),
    )
