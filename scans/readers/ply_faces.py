"""Faces of a PLY file: polygons and triangle strips as triangles."""

import numpy as np
from numpy.typing import NDArray

from scans.readers.ply_body import Column, Lists

INDICES = ("vertex_indices", "vertex_index")


def triangles_of_faces(columns: dict[str, Column]) -> NDArray[np.int64]:
    """(m, 3) triangles of polygons, as fans; what has fewer corners is left out."""
    lists = _indices(columns)
    if lists is None:
        return np.zeros((0, 3), np.int64)
    fans = np.maximum(lists.lengths() - 2, 0)
    first = np.repeat(lists.starts[:-1], fans)
    begun = np.repeat(np.cumsum(fans) - fans, fans)
    step = np.arange(len(first)) - begun
    corners = np.stack([first, first + step + 1, first + step + 2], axis=1)
    found: NDArray[np.int64] = whole(lists.items)[corners]
    return found


def triangles_of_strips(columns: dict[str, Column]) -> NDArray[np.int64]:
    """(m, 3) triangles of strips, each ended by -1 or by its list's end."""
    lists = _indices(columns)
    if lists is None:
        return np.zeros((0, 3), np.int64)
    # One more -1 after each list: a strip never runs on into the next.
    items = np.insert(whole(lists.items), lists.starts[1:], -1)
    strips = np.stack([items[:-2], items[1:-1], items[2:]], axis=1)
    ends = np.flatnonzero(items == -1)
    places = np.arange(len(strips))
    since = places - np.concatenate([[-1], ends])[np.searchsorted(ends, places)] - 1
    strips[since % 2 == 1] = strips[since % 2 == 1][:, [1, 0, 2]]
    kept = (strips >= 0).all(axis=1)
    # Strips turn corners by triangles without area.
    kept &= (strips != np.roll(strips, 1, axis=1)).all(axis=1)
    found: NDArray[np.int64] = strips[kept]
    return found


def whole(values: NDArray[np.generic]) -> NDArray[np.int64]:
    """Indices as whole numbers; ValueError where they are none."""
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise ValueError("an index is no number")
    if values.size and float(np.abs(values.astype(np.float64)).max()) > 2**53:
        raise ValueError("an index is beyond all counting")
    return values.astype(np.int64)


def _indices(columns: dict[str, Column]) -> Lists | None:
    named = [columns[name] for name in INDICES if name in columns]
    lists = named or list(columns.values())
    return next((held for held in lists if isinstance(held, Lists)), None)
