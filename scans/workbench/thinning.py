"""Thin clouds of all scans of a set, small enough to be looked at together.

Each scan becomes `<number>.bin`: float32 x, y, z of each point, metres in its own frame,
then a byte each of red, green and blue; and `<number>.png`, a small picture. `clouds.npz`
keeps points and normals for the snap.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.spatial import cKDTree

from scans.geometry.rigid import FloatArray
from scans.geometry.scan import METRES, Scan
from scans.inputs import find_inputs
from scans.readers import read_scan
from scans.runner import write_json

MOST_POINTS = 40_000  # of one scan
MOST_IN_ALL = 1_200_000  # of all: what a browser still turns
NEAR = 12  # neighbours that a plane is laid through
PICTURE_PX = 160
PLAIN = 150  # grey of a point without colour
BACKGROUND = (239, 236, 229)
DARKEST = 0.45
INDEX = "clouds.json"
SEED = 5


def thin_scans(
    source: Path, out: Path, *, unit: str, progress: Callable[[float], None]
) -> dict[str, Any]:
    """Thin all scans of a folder; give the index that is written beside them.

    unit : of files that do not state theirs

    Raises ScanError.
    """
    out.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(SEED)
    told: list[dict[str, Any]] = []
    held: dict[str, NDArray[Any]] = {}
    inputs = find_inputs(source, workspace=out / "unpacked")
    scans = [one.named(scan) for one in inputs for scan in read_scan(one.path)]
    most = max(1_000, min(MOST_POINTS, MOST_IN_ALL // max(len(scans), 1)))
    for number, scan in enumerate(scans):
        points, colours = _thinned(scan, unit, most, random)
        normals = normals_of(points)
        _write(out / f"{number}.bin", points, colours)
        _picture(points, colours, normals).save(out / f"{number}.png")
        held |= {f"p{number}": points, f"n{number}": normals}
        told.append({"name": scan.name, "number": number, "points": len(points)})
        progress((number + 1) / len(scans))
    np.savez(out / "clouds.npz", allow_pickle=False, **held)
    index = {"scans": told}
    write_json(out / INDEX, index)
    return index


def _thinned(
    scan: Scan, unit: str, most: int, random: np.random.Generator
) -> tuple[FloatArray, NDArray[np.uint8] | None]:
    chosen = np.arange(len(scan.points))
    if len(chosen) > most:
        chosen = np.sort(random.choice(len(chosen), most, replace=False))
    points = scan.points[chosen] * METRES.get(scan.unit or unit or "m", 1.0)
    return points, None if scan.colours is None else scan.colours[chosen]


def normals_of(points: FloatArray) -> FloatArray:
    """Lay a plane through each point's neighbours; unit normals towards the origin.

    A scan's own frame has its scanner at the origin, or all alike: what counts is that
    two scans of one surface agree but for the sign.
    """
    count = min(NEAR, len(points))
    near = cKDTree(points).query(points, k=count)[1].reshape(len(points), -1)
    off = points[near] - points[near].mean(axis=1, keepdims=True)
    normals = np.linalg.eigh(np.einsum("nki,nkj->nij", off, off))[1][:, :, 0]
    away = (normals * points).sum(axis=1) > 0
    return np.asarray(np.where(away[:, None], -normals, normals))


def _write(path: Path, points: FloatArray, colours: NDArray[np.uint8] | None) -> None:
    paint = (
        np.full((len(points), 3), PLAIN, np.uint8)
        if colours is None
        else colours[:, :3]
    )
    places = np.ascontiguousarray(points, "<f4")
    path.write_bytes(places.tobytes() + np.ascontiguousarray(paint, "u1").tobytes())


def _picture(
    points: FloatArray, colours: NDArray[np.uint8] | None, normals: FloatArray
) -> Image.Image:
    """Look at a scan from where it was taken: nearer points hide farther ones."""
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (PICTURE_PX - 8) / max(float((high - low)[:2].max()), 1e-12)
    middle = (low + high) / 2
    across = ((points[:, 0] - middle[0]) * scale + PICTURE_PX / 2).astype(int)
    down = (PICTURE_PX / 2 - (points[:, 1] - middle[1]) * scale).astype(int)
    order = np.argsort(points[:, 2], kind="stable")  # the scanner looks down -Z
    light = DARKEST + (1 - DARKEST) * np.abs(normals[:, 2:])
    paint = np.full((len(points), 3), PLAIN) if colours is None else colours[:, :3]
    sheet = np.full((PICTURE_PX, PICTURE_PX, 3), BACKGROUND, np.uint8)
    for right, below in ((0, 0), (1, 0), (0, 1), (1, 1)):
        row = np.clip(down[order] + below, 0, PICTURE_PX - 1)
        column = np.clip(across[order] + right, 0, PICTURE_PX - 1)
        sheet[row, column] = (paint * light)[order].astype(np.uint8)
    return Image.fromarray(sheet)
