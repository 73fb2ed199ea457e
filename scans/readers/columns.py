"""Columns of numbers with names: which of them are places, normals, colours, light.

Formats name the same things differently; here one table of names serves them all.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.errors import UnreadableScan
from scans.geometry.scan import Scan
from scans.readers.units import unit_of

Columns = Mapping[str, NDArray[np.generic]]
Triple = tuple[str, ...]

PLACES: tuple[Triple, ...] = (("x", "y", "z"), ("points0", "points1", "points2"))
NORMALS: tuple[Triple, ...] = (
    ("nx", "ny", "nz"),
    tuple(f"normal{axis}" for axis in "xyz"),
    ("normals0", "normals1", "normals2"),
)
COLOURS: tuple[Triple, ...] = (
    ("red", "green", "blue"),
    ("r", "g", "b"),
    ("diffusered", "diffusegreen", "diffuseblue"),
    ("colorred", "colorgreen", "colorblue"),
    ("rf", "gf", "bf"),
)
LIGHT = (
    "intensity",
    "scalarintensity",
    "i",
    "reflectance",
    "scalarreflectance",
    "reflectivity",
    "amplitude",
)
DIRECTED = 0.99  # share of points that must have a direction for a file to have normals
UNIT_IN_NAME = re.compile(
    r"^\W*[xyz]\w*?\s*[\[(（_]\s*(m|cm|mm|in|ft|毫米|厘米|米)\s*[\])）]?$",
    re.IGNORECASE,
)
PLACE_AND_UNIT = re.compile(r"^([xyz])_(?:m|cm|mm|in|ft)$")
# Headings of Chinese programs, the longer words first.
CHINESE = (
    ("法向量", "n"), ("法向", "n"), ("法线", "n"),
    ("红", "red"), ("绿", "green"), ("蓝", "blue"),
    ("反射强度", "intensity"), ("强度", "intensity"), ("反射率", "reflectance"),
)  # fmt: skip


def plain(name: str) -> str:
    """Fold a column's name: `Normal_X`, `"Points:0"` and `x [mm]` lose what is odd."""
    bare = re.sub(r"[\[(（].*?[\])）]", "", name.lower())
    if not bare.isascii():
        for word, meant in CHINESE:
            bare = bare.replace(word, meant)
    bare = PLACE_AND_UNIT.sub(r"\1", bare)
    return re.sub(r"[^a-z0-9]", "", bare)


def unit_in_names(names: list[str]) -> str:
    """The unit that headings such as `X [mm]` state, or ""."""
    words = {m[1].lower() for n in names if (m := UNIT_IN_NAME.match(n.strip(' "')))}
    found = {unit_of(word) or word for word in words}
    return found.pop() if len(found) == 1 else ""


def scan_of(path: Path, form: str, named: Columns) -> Scan:
    """Make a scan of columns by their names; raises UnreadableScan without places."""
    points = places(named)
    if points is None:
        raise UnreadableScan(path, "its header names no x, y and z")
    return Scan(
        name=path.name,
        format=form,
        points=points,
        normals=normals(named),
        colours=colours(named),
        intensities=light(named),
    )


def places(columns: Columns) -> NDArray[np.float64] | None:
    """(n, 3) places, or None if no three columns are named so."""
    return _stack(columns, PLACES)


def normals(columns: Columns) -> NDArray[np.float64] | None:
    """(n, 3) unit normals, or None."""
    found = _stack(columns, NORMALS)
    return None if found is None else unit_vectors(found)


def unit_vectors(vectors: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Scale to length one; None where more than a few are no directions."""
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.linalg.norm(vectors, axis=1)
    fair = np.isfinite(lengths) & (lengths > 0)
    if not len(fair) or fair.mean() < DIRECTED:
        return None
    # A few cells without a direction are common; zero says so without lying.
    found = np.zeros_like(vectors)
    found[fair] = vectors[fair] / lengths[fair, None]
    return found


def colours(columns: Columns) -> NDArray[np.uint8] | None:
    """(n, 3) colours as bytes, from bytes, 16 bits, floats to 1 or to 255."""
    for names in COLOURS:
        if all(name in columns for name in names):
            return as_bytes(np.stack([columns[name] for name in names], axis=1))
    return None


def as_bytes(levels: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Scale colours to bytes by their type, and where that leaves it open, by value."""
    if levels.dtype == np.uint8:
        return np.ascontiguousarray(levels, dtype=np.uint8)
    table = np.nan_to_num(levels.astype(np.float64), posinf=0.0, neginf=0.0)
    most = float(table.max(initial=0.0))
    fraction = levels.dtype.kind == "f" and most <= 1.0
    # Bytes kept in 16 bits are common; real 16 bits reach beyond them.
    scale = 255.0 if fraction else 255.0 / 65_535.0 if most > 255.0 else 1.0
    scaled: NDArray[np.float64] = np.rint(table * scale).clip(0, 255)
    return scaled.astype(np.uint8)


def light(columns: Columns) -> NDArray[np.float32] | None:
    """(n,) intensities as the scanner gives them, or None."""
    for name in LIGHT:
        if name in columns:
            return as_light(columns[name])
    return None


def as_light(values: NDArray[np.generic]) -> NDArray[np.float32]:
    """Intensities as float32; what that cannot hold becomes infinite, not an error."""
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _stack(columns: Columns, choices: tuple[Triple, ...]) -> NDArray[np.float64] | None:
    for names in choices:
        if all(name in columns for name in names):
            held = [columns[name].astype(np.float64) for name in names]
            return np.stack(held, axis=1)
    return None
