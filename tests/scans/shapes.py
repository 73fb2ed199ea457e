"""Small scans built in memory: a lumpy body that looks like nothing but itself."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scans.geometry.cloud_file import write_cloud
from scans.geometry.rigid import carry, from_parts, inverse, turning_onto
from scans.geometry.rigid import nearest_rotation as straightened

FloatArray = NDArray[np.float64]

BUMPS = 30
RADIUS = 0.1


def body(directions: FloatArray, seed: int) -> FloatArray:
    """Points of a lumpy ball in these directions from its middle, (n, 3) metres."""
    random = np.random.default_rng(seed)
    radius = np.full(len(directions), RADIUS)
    for _ in range(BUMPS):
        centre = straightened(random.normal(size=(3, 3)))[0]
        width, height = random.uniform(0.08, 0.25), random.uniform(0.006, 0.03)
        away = 1 - directions @ centre
        radius = radius + height * np.exp(-away / width**2)
    return np.asarray(directions * radius[:, None])


def sphere(count: int) -> FloatArray:
    """Directions spread evenly over a sphere (Fibonacci), (n, 3)."""
    index = np.arange(count) + 0.5
    z = 1 - 2 * index / count
    around = np.pi * (1 + 5**0.5) * index
    flat = np.sqrt(1 - z**2)
    return np.stack([flat * np.cos(around), flat * np.sin(around), z], axis=1)


def any_motion(random: np.random.Generator) -> FloatArray:
    """A rigid motion drawn at random; shifts of up to some decimetres."""
    turn = straightened(random.normal(size=(3, 3)))
    return from_parts(turn, random.uniform(-0.3, 0.3, 3))


def scans_of(
    seed: int, count: int, *, points: int = 12_000
) -> list[tuple[FloatArray, FloatArray]]:
    """Scans from round about, each in its camera's frame, with its true pose."""
    surface = body(sphere(points), seed)
    made = []
    for k in range(count):
        angle = 2 * np.pi * k / count
        back = np.array([np.sin(angle), 0.35 * (-1) ** k, np.cos(angle)])
        back /= np.linalg.norm(back)
        frame = turning_onto(np.array([0.0, 0.0, 1.0]), back)
        pose = from_parts(frame[:3, :3], back * 0.6)
        facing = surface @ back > 0.02
        made.append((carry(surface[facing], inverse(pose)), pose))
    return made


def write_scans(folder: Path, seed: int, count: int, *, points: int = 12_000) -> None:
    """Write scans as PLY files `scan-0.ply` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (cloud, _) in enumerate(scans_of(seed, count, points=points)):
        write_cloud(folder / f"scan-{number}.ply", cloud, None)
