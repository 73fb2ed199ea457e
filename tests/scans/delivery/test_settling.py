"""Levels settle in the middle of what they stand for."""

from dataclasses import replace

import numpy as np

from scans.delivery.deviation import Reference
from scans.delivery.settling import settle
from scans.delivery.simplify import Surface, simplify, weld
from scans.geometry.mesh import Mesh
from tests.scans.delivery.solids import lumpy, sphere


def rough() -> Surface:
    """A wavy ball with noise on it, as scans have."""
    ball = lumpy(sphere(1.0, rings=120, segments=160), 0.02)
    outward = ball.vertices / np.linalg.norm(ball.vertices, axis=1, keepdims=True)
    noise = np.random.default_rng(4).normal(0, 0.002, len(outward))
    return weld(Mesh(ball.vertices + outward * noise[:, None], ball.triangles))


def test_a_settled_level_lies_closer_and_measures_the_same() -> None:
    master = rough()
    level = simplify(master, 2500, harder=False)
    settled = settle(level, master.positions)
    reference = Reference(master)
    before, after = (
        reference.measure(one.positions.astype(np.float64), one.triangles)
        for one in (level, settled)
    )
    assert after.mean_m < 0.97 * before.mean_m
    assert after.p95_m < before.p95_m
    for edge in (np.min, np.max):
        np.testing.assert_array_equal(
            edge(settled.positions, axis=0), edge(level.positions, axis=0)
        )


def test_a_level_hardly_coarser_than_its_master_stays() -> None:
    master = rough()
    level = simplify(master, 20_000, harder=False)
    assert settle(level, master.positions) is level


def test_a_level_with_maps_stays() -> None:
    master = rough()
    level = simplify(master, 1000, harder=False)
    mapped = replace(level, uvs=np.zeros((len(level.positions), 2), np.float32))
    assert settle(mapped, master.positions) is mapped
