"""The points by which viewers colour a model: where they are, and what they say."""

import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from scans.imaging.heat_points import MAGIC, NO_VALUE, write_heat_points
from scans.imaging.heatmap import Heat
from tests.scans.delivery.solids import sphere


def read(path: Path) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Give the limit, the places in metres and the values in mm, as a viewer does."""
    data = path.read_bytes()
    assert data[:8] == MAGIC
    count, limit, *low, step = struct.unpack_from("<If3ff", data, 8)
    places = np.frombuffer(data, "<u2", 3 * count, 32).reshape(-1, 3)
    told = np.frombuffer(data, "<i2", count, 32 + 6 * count)
    values = np.where(told == NO_VALUE, np.nan, told / 32_767 * limit)
    assert len(data) == 32 + 8 * count
    return limit, low + places * np.float64(step), values


def test_values_stand_where_they_were_measured(tmp_path: Path) -> None:
    ball = sphere(0.1, rings=30, segments=60)
    values = ball.vertices[:, 2] / 0.1 * 0.4
    values[ball.vertices[:, 0] > 0.05] = np.nan
    heat = Heat(ball, np.eye(4), values, 0.25)
    write_heat_points(heat, tmp_path / "p.bin")
    limit, places, told = read(tmp_path / "p.bin")
    assert limit == 0.25
    size = float(np.ptp(ball.vertices, axis=0).max())
    far = np.linalg.norm(ball.vertices[:, None] - places[None], axis=2)
    nearest = far.argmin(axis=0)
    assert far.min(axis=0).max() < size * 2e-5
    expected = np.clip(values[nearest], -0.25, 0.25)
    assert np.array_equal(np.isnan(told), np.isnan(expected))
    assert told == pytest.approx(expected, abs=1e-4, nan_ok=True)


def test_thinned_points_lie_as_close_everywhere(tmp_path: Path) -> None:
    ball = sphere(0.1, rings=30, segments=60)
    heat = Heat(ball, np.eye(4), np.zeros(len(ball.vertices)), 1.0)
    write_heat_points(heat, tmp_path / "p.bin", most=200)
    first = (tmp_path / "p.bin").read_bytes()
    _limit, places, _values = read(tmp_path / "p.bin")
    assert 120 < len(places) <= 200
    # No part of the surface is left without: three mean distances to the next at most.
    radius = float(
        np.linalg.norm(ball.vertices - ball.vertices.mean(axis=0), axis=1).mean()
    )
    mean = np.sqrt(4 * np.pi * radius**2 / 200)
    far = np.linalg.norm(ball.vertices[:, None] - places[None], axis=2).min(axis=1)
    assert far.max() < 3 * mean
    write_heat_points(heat, tmp_path / "p.bin", most=200)
    assert (tmp_path / "p.bin").read_bytes() == first
