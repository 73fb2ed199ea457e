"""Which vertices hang together through triangles."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


def piece_of(triangles: NDArray[np.int32], vertices: int) -> NDArray[np.int32]:
    """Number of the piece that each vertex belongs to, (vertices,)."""
    a, b, c = triangles.T
    rows, columns = np.concatenate([a, b]), np.concatenate([b, c])
    links = np.ones(len(rows), dtype=np.int8)
    graph = coo_matrix((links, (rows, columns)), (vertices, vertices))
    return np.asarray(connected_components(graph, directed=False)[1])
