"""Colours of 16 bits and places as angles: written by the formats' own libraries."""

from pathlib import Path

import laspy
import numpy as np
import pye57
import pytest
from pye57 import libe57

from scans.readers import read_scan

POINTS = np.random.default_rng(0).random((40, 3)) - [0.5, 0.5, 0.5] + [0, 0, 0.2]
COLOURS = np.random.default_rng(1).integers(0, 256, (40, 3))
NAMES = ("colorRed", "colorGreen", "colorBlue")


def write_station(
    path: Path, columns: dict[str, np.ndarray], most: int, limits: int = 0
) -> None:
    """Write an E57 with one station; colours whole numbers up to `most`.

    limits : what the station says that colours reach, 0 to say nothing
    """
    with pye57.E57(str(path), mode="w") as file:
        image = file.image_file
        prototype = libe57.StructureNode(image)
        for name in columns:
            whole = libe57.IntegerNode(image, 0, 0, most)
            node = whole if name in NAMES else libe57.FloatNode(image)
            prototype.set(name, node)
        station = libe57.StructureNode(image)
        station.set("guid", libe57.StringNode(image, "{1}"))
        if limits:
            told = libe57.StructureNode(image)
            for name in NAMES:
                told.set(f"{name}Maximum", libe57.IntegerNode(image, limits))
            station.set("colorLimits", told)
        codecs = libe57.VectorNode(image, True)
        points = libe57.CompressedVectorNode(image, prototype, codecs)
        station.set("points", points)
        file.data3d.append(station)
        buffers = libe57.VectorSourceDestBuffer()
        held = {n: column.astype(np.float64) for n, column in columns.items()}
        for name, column in held.items():
            buffers.append(
                libe57.SourceDestBuffer(image, name, column, len(column), True, True)
            )
        points.writer(buffers).write(len(POINTS))


def spherical(points: np.ndarray) -> dict[str, np.ndarray]:
    distance = np.linalg.norm(points, axis=1)
    return {
        "sphericalRange": distance,
        "sphericalAzimuth": np.arctan2(points[:, 1], points[:, 0]),
        "sphericalElevation": np.arcsin(points[:, 2] / distance),
    }


def coloured(full: int) -> dict[str, np.ndarray]:
    levels = np.rint(COLOURS * (full / 255.0)).astype(np.int64)
    return dict(zip(NAMES, levels.T, strict=True))


def test_e57_of_angles_gives_places_seen_from_the_scanner(tmp_path: Path) -> None:
    path = tmp_path / "a.e57"
    write_station(path, spherical(POINTS), most=255)
    (scan,) = read_scan(path)
    np.testing.assert_allclose(scan.points, POINTS, atol=1e-9)
    assert scan.viewpoint is not None
    np.testing.assert_array_equal(scan.viewpoint, np.zeros(3))


@pytest.mark.parametrize(
    ("full", "most", "limits"),
    [(255, 255, 0), (65_535, 65_535, 0), (1023, 65_535, 1023), (255, 65_535, 255)],
)
def test_e57_colours_become_bytes_by_what_the_file_says(
    tmp_path: Path, full: int, most: int, limits: int
) -> None:
    path = tmp_path / "a.e57"
    write_station(path, spherical(POINTS) | coloured(full), most, limits)
    (scan,) = read_scan(path)
    assert scan.colours is not None
    np.testing.assert_allclose(scan.colours.astype(int), COLOURS, atol=0)


@pytest.mark.parametrize("full", [255, 65_535])
@pytest.mark.parametrize("suffix", [".las", ".laz"])
def test_las_colours_of_16_bits_become_bytes(
    tmp_path: Path, full: int, suffix: str
) -> None:
    """Many programs write bytes into the 16 bits; they stay what they are."""
    path = tmp_path / f"a{suffix}"
    las = laspy.create(point_format=7, file_version="1.4")
    las.change_scaling(scales=[1e-6, 1e-6, 1e-6])
    las.xyz = POINTS
    for name, column in zip(("red", "green", "blue"), COLOURS.T, strict=True):
        setattr(las, name, np.rint(column * (full / 255.0)).astype(np.uint16))
    las.write(path)
    (scan,) = read_scan(path)
    assert scan.colours is not None
    np.testing.assert_array_equal(scan.colours, COLOURS)
