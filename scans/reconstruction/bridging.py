"""A group of placed scans taken as one, so that it can be matched like a single scan."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from scans.geometry.rigid import carry, turn
from scans.reconstruction.features import all_coloured, featured
from scans.reconstruction.matching import Prepared
from scans.reconstruction.views import View, drawn, thin_indices

FloatArray = NDArray[np.float64]

CELL = 0.25  # voxels: finer tells nothing more of how groups lie


def gathered(
    prepared: list[Prepared],
    members: list[int],
    poses: list[FloatArray],
    voxel: float,
) -> Prepared:
    """Take scans for one, in their group's frame; it was seen from no one place."""
    parts = [(prepared[k].view, poses[k]) for k in members]
    view = union_view(parts, voxel)
    coloured = all_coloured([entry.view for entry in prepared])
    return Prepared(view, featured(view, voxel, coloured=coloured), None)


def union_view(parts: list[tuple[View, FloatArray]], voxel: float) -> View:
    """Put scans into one view, in the frame that their poses lead to."""
    points = np.vstack([carry(view.points, pose) for view, pose in parts])
    keep = thin_indices(points, CELL * voxel)
    normals = np.vstack([turn(view.normals, pose) for view, pose in parts])[keep]
    at_edge = np.concatenate([view.at_edge for view, _ in parts])[keep]
    colours = [view.colours for view, _ in parts if view.colours is not None]
    points = points[keep]
    return View(
        name="+".join(view.name for view, _ in parts),
        points=points,
        normals=normals,
        colours=np.vstack(colours)[keep] if len(colours) == len(parts) else None,
        at_edge=at_edge,
        coarse=thin_indices(points, voxel),
        sample=drawn(at_edge),
        sight=None,
        tree=cKDTree(points, balanced_tree=False, compact_nodes=False),
    )
