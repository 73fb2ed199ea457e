"""Thin clouds of all scans of a set, small enough to be looked at together.

Each scan becomes `<number>.bin`: float32 x, y, z of each point, metres in its own frame,
then a byte each of red, green and blue, then a byte of how light it lies before its
scanner; and `<number>.png`, a small picture. `clouds.npz` keeps points and normals for the
snap.
"""

from collections.abc import Callable
from dataclasses import dataclass
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
LEAST_POINTS = 1_000  # of one scan: fewer show nothing
READING = 0.4  # of the time
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
    told: list[dict[str, Any]] = []
    held: dict[str, NDArray[Any]] = {}
    clouds = _read(source, out, unit, lambda share: progress(READING * share))
    most = max(LEAST_POINTS, MOST_IN_ALL // max(len(clouds), 1))
    for number, whole in enumerate(clouds):
        cloud = whole.thinned(most)
        normals = normals_of(cloud.points)
        light = _light(normals)
        _write(out / f"{number}.bin", cloud, light)
        _picture(cloud, light).save(out / f"{number}.png")
        held |= {f"p{number}": cloud.points, f"n{number}": normals}
        told.append({"name": cloud.name, "number": number, "points": len(cloud.points)})
        progress(READING + (1 - READING) * (number + 1) / len(clouds))
    np.savez(out / "clouds.npz", allow_pickle=False, **held)
    index = {"scans": told}
    write_json(out / INDEX, index)
    return index


@dataclass(frozen=True)
class Cloud:
    """Some of a scan's points, (n, 3) metres in its own frame, and their colours."""

    name: str
    points: FloatArray
    colours: NDArray[np.uint8] | None

    def thinned(self, most: int) -> "Cloud":
        """Keep so many of its points, drawn at random."""
        if len(self.points) <= most:
            return self
        random = np.random.default_rng(SEED)
        chosen = np.sort(random.choice(len(self.points), most, replace=False))
        colours = None if self.colours is None else self.colours[chosen]
        return Cloud(self.name, self.points[chosen], colours)


def _read(
    source: Path, out: Path, unit: str, progress: Callable[[float], None]
) -> list[Cloud]:
    """Read one file after the other: of many scans, no more than a part is ever held."""
    inputs = find_inputs(source, workspace=out / "unpacked")
    clouds: list[Cloud] = []
    for number, one in enumerate(inputs):
        clouds += [_cloud(one.named(s), unit) for s in read_scan(one.path)]
        progress((number + 1) / len(inputs))
    return clouds


def _cloud(scan: Scan, unit: str) -> Cloud:
    points = scan.points * METRES.get(scan.unit or unit or "m", 1.0)
    return Cloud(scan.name, points, scan.colours).thinned(MOST_POINTS)


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


def _light(normals: FloatArray) -> FloatArray:
    """How light points lie before their scanner, which looks down -Z, (n,), 0 to 1."""
    return np.asarray(DARKEST + (1 - DARKEST) * np.abs(normals[:, 2]))


def _paint(cloud: Cloud) -> NDArray[np.uint8]:
    if cloud.colours is None:
        return np.full((len(cloud.points), 3), PLAIN, np.uint8)
    return cloud.colours[:, :3]


def _write(path: Path, cloud: Cloud, light: FloatArray) -> None:
    places = np.ascontiguousarray(cloud.points, "<f4")
    paint = np.ascontiguousarray(_paint(cloud), "u1")
    shades = np.rint(255 * light).astype("u1")
    path.write_bytes(places.tobytes() + paint.tobytes() + shades.tobytes())


def _picture(cloud: Cloud, light: FloatArray) -> Image.Image:
    """Look at a scan from where it was taken: nearer points hide farther ones."""
    points = cloud.points
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (PICTURE_PX - 8) / max(float((high - low)[:2].max()), 1e-12)
    middle = (low + high) / 2
    across = ((points[:, 0] - middle[0]) * scale + PICTURE_PX / 2).astype(int)
    down = (PICTURE_PX / 2 - (points[:, 1] - middle[1]) * scale).astype(int)
    order = np.argsort(points[:, 2], kind="stable")
    paint = (_paint(cloud) * light[:, None])[order].astype(np.uint8)
    sheet = np.full((PICTURE_PX, PICTURE_PX, 3), BACKGROUND, np.uint8)
    for right, below in ((0, 0), (1, 0), (0, 1), (1, 1)):
        row = np.clip(down[order] + below, 0, PICTURE_PX - 1)
        column = np.clip(across[order] + right, 0, PICTURE_PX - 1)
        sheet[row, column] = paint
    return Image.fromarray(sheet)
