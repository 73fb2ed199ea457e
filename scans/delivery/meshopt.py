"""The calls we make into the meshoptimizer library, with their C signatures.

The package's own Python wrappers leave some functions without signatures (sizes would be
passed as 32-bit integers, and the error bound not at all), so we state those we use.
Source: meshoptimizer.h, version 0.23 of the library.
"""

import ctypes
from typing import Any

import numpy as np
from meshoptimizer._loader import lib
from numpy.typing import NDArray

Indices = NDArray[np.uint32]
Floats = NDArray[np.float32]

PRUNE = 1 << 3  # meshopt_SimplifyPrune: small loose parts may go altogether

_SIZE, _FLOAT, _POINTER = ctypes.c_size_t, ctypes.c_float, ctypes.c_void_p


def _declare(name: str, *arguments: Any, result: Any = None) -> Any:
    function = getattr(lib, name)
    function.argtypes, function.restype = list(arguments), result
    return function


_simplify = _declare(
    "meshopt_simplifyWithAttributes",
    *(_POINTER, _POINTER, _SIZE, _POINTER, _SIZE, _SIZE),
    *(_POINTER, _SIZE, _POINTER, _SIZE, _POINTER),
    *(_SIZE, _FLOAT, ctypes.c_uint, _POINTER),
    result=_SIZE,
)
_remap = _declare(
    "meshopt_generateVertexRemap",
    *(_POINTER, _POINTER, _SIZE, _POINTER, _SIZE, _SIZE),
    result=_SIZE,
)
_strip = _declare("meshopt_optimizeVertexCacheStrip", _POINTER, _POINTER, _SIZE, _SIZE)
_fetch = _declare(
    "meshopt_optimizeVertexFetchRemap",
    *(_POINTER, _POINTER, _SIZE, _SIZE),
    result=_SIZE,
)
_decode_vertices = _declare(
    "meshopt_decodeVertexBuffer",
    *(_POINTER, _SIZE, _SIZE, _POINTER, _SIZE),
    result=ctypes.c_int,
)
_decode_triangles = _declare(
    "meshopt_decodeIndexBuffer",
    *(_POINTER, _SIZE, _SIZE, _POINTER, _SIZE),
    result=ctypes.c_int,
)

_decode_octahedra = _declare("meshopt_decodeFilterOct", _POINTER, _SIZE, _SIZE)


def simplify(
    indices: Indices,
    positions: Floats,
    *,
    attributes: Floats,
    weights: Floats,
    locked: NDArray[np.uint8],
    target: int,
    flags: int = 0,
) -> Indices:
    """Collapse edges until at most about `target` indices are left.

    positions : (n, 3); attributes : (n, k); weights : (k,), against the extent as one;
    locked : (n,), 1 where a vertex must stay
    """
    left = np.zeros_like(indices)
    count = _simplify(
        left.ctypes.data,
        indices.ctypes.data,
        indices.size,
        positions.ctypes.data,
        len(positions),
        positions.strides[0],
        attributes.ctypes.data,
        attributes.strides[0],
        weights.ctypes.data,
        weights.size,
        locked.ctypes.data,
        target,
        float(np.finfo(np.float32).max),  # the budget decides, not the error
        flags,
        None,
    )
    return left[:count]


def weld_table(positions: Floats, indices: Indices) -> tuple[Indices, int]:
    """Give each vertex the number of its place; equal coordinates share one."""
    table = np.zeros(len(positions), np.uint32)
    count = _remap(
        table.ctypes.data,
        indices.ctypes.data,
        indices.size,
        positions.ctypes.data,
        len(positions),
        positions.strides[0],
    )
    return table, int(count)


def order_triangles(indices: Indices, vertex_count: int) -> Indices:
    """Order triangles as strips would: kind to the GPU's cache and to the encoder."""
    ordered = np.zeros_like(indices)
    _strip(ordered.ctypes.data, indices.ctypes.data, indices.size, vertex_count)
    return ordered


def fetch_table(indices: Indices, vertex_count: int) -> tuple[Indices, int]:
    """Number vertices by first use; an unused one gets the largest uint32."""
    table = np.zeros(vertex_count, np.uint32)
    count = _fetch(table.ctypes.data, indices.ctypes.data, indices.size, vertex_count)
    return table, int(count)


def decode_vertices(coded: bytes, *, count: int, stride: int) -> NDArray[np.uint8]:
    """Decode an ATTRIBUTES stream to (count, stride) bytes; ValueError if broken."""
    plain = np.zeros((count, stride), np.uint8)
    fault = _decode_vertices(plain.ctypes.data, count, stride, coded, len(coded))
    if fault:
        raise ValueError(f"vertex stream broken ({fault})")
    return plain


def decode_triangles(coded: bytes, *, count: int, stride: int) -> Indices:
    """Decode a TRIANGLES stream to `count` indices; ValueError if broken."""
    plain = np.zeros(count, np.uint16 if stride == 2 else np.uint32)
    fault = _decode_triangles(plain.ctypes.data, count, stride, coded, len(coded))
    if fault:
        raise ValueError(f"triangle stream broken ({fault})")
    return plain.astype(np.uint32)


def decode_octahedra(plain: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Turn octahedral normals, (count, 4 or 8) bytes, into three components each."""
    unfolded = plain.copy()
    _decode_octahedra(unfolded.ctypes.data, len(plain), plain.shape[1])
    return unfolded
