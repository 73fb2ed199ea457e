"""What EXT_meshopt_compression has besides vertices and triangles: sequences and filters.

Filters follow the extension's text ("Appendix B: filters"), not the library's functions:
these work in place on memory whose size they are told, and are not in every build.
"""

import ctypes

import numpy as np
from meshoptimizer._loader import lib
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

_sequence = lib.meshopt_decodeIndexSequence
_sequence.argtypes = [
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t,
]  # fmt: skip
_sequence.restype = ctypes.c_int


def decode_sequence(coded: bytes, *, count: int) -> NDArray[np.uint32]:
    """Decode an INDICES stream; ValueError if broken."""
    plain = np.zeros(count, np.uint32)
    fault = _sequence(plain.ctypes.data, count, 4, coded, len(coded))
    if fault:
        raise ValueError(f"index stream broken ({fault})")
    return plain


def apply_filter(table: Bytes, name: str) -> Bytes:
    """Undo a filter on decoded rows, (n, stride) bytes; ValueError for an unknown one."""
    stride = table.shape[1]
    if name == "NONE":
        return table
    if name == "OCTAHEDRAL" and stride in (4, 8):
        rows = _signed(table, stride // 4)
        top = 127.0 if stride == 4 else 32_767.0
        return _rounded(_octahedral(rows, top), stride // 4)
    if name == "QUATERNION" and stride == 8:
        return _rounded(_quaternion(_signed(table, 2)), 2)
    if name == "EXPONENTIAL" and stride % 4 == 0:
        return _exponential(table)
    raise ValueError(f"filter {name} with a stride of {stride}")


def _signed(table: Bytes, width: int) -> NDArray[np.float64]:
    return table.view(np.int8 if width == 1 else "<i2").astype(np.float64)


def _rounded(values: NDArray[np.float64], width: int) -> Bytes:
    whole = np.where(values < 0, np.ceil(values - 0.5), np.floor(values + 0.5))
    plain = np.ascontiguousarray(whole.astype(np.int8 if width == 1 else "<i2"))
    return plain.view(np.uint8)


def _octahedral(rows: NDArray[np.float64], top: float) -> NDArray[np.float64]:
    """x, y on the octahedron and its scale into a unit vector; the fourth is kept."""
    one = np.maximum(rows[:, 2], 1.0)
    x, y = rows[:, 0] / one, rows[:, 1] / one
    z = 1.0 - np.abs(x) - np.abs(y)
    fold = np.maximum(-z, 0.0)
    x, y = x - np.copysign(fold, x), y - np.copysign(fold, y)
    length = np.sqrt(x * x + y * y + z * z)
    unit = np.stack([x, y, z], axis=1) / np.maximum(length, 1e-12)[:, None] * top
    return np.column_stack([unit, rows[:, 3]])


def _quaternion(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Three smaller parts, and in the fourth a scale and which part is the largest."""
    fourth = rows[:, 3].astype(np.int64)
    one = (fourth | 3).astype(np.float64)
    parts = rows[:, :3] / (one * np.sqrt(2))[:, None]
    largest = np.sqrt(np.maximum(0.0, 1.0 - (parts**2).sum(axis=1)))
    result = np.zeros((len(rows), 4))
    index = np.arange(len(rows))
    for offset in range(3):
        result[index, (fourth + 1 + offset) % 4] = parts[:, offset]
    result[index, fourth % 4] = largest
    return result * 32_767.0


def _exponential(table: Bytes) -> Bytes:
    """A signed exponent in the top byte, a signed mantissa in the other three."""
    words = np.ascontiguousarray(table).view("<i4")
    exponent = words >> 24
    mantissa = (words << 8) >> 8
    plain = np.ldexp(mantissa.astype(np.float64), exponent).astype("<f4")
    return np.ascontiguousarray(plain).view(np.uint8)
