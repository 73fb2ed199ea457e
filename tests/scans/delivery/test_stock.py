"""Coarse levels of a large master come from a stock, and lie hardly farther off for it."""

import numpy as np
import pytest

from scans.delivery import bake
from scans.delivery.bake import Master
from scans.delivery.deviation import Reference
from scans.delivery.simplify import simplify, weld
from tests.scans.delivery.solids import lumpy, sphere


@pytest.fixture
def master(monkeypatch: pytest.MonkeyPatch) -> Master:
    monkeypatch.setattr(bake, "STOCK_TRIANGLES", 8_000)
    return Master(weld(lumpy(sphere(0.2, rings=120, segments=100), 0.01)))


def test_only_coarse_levels_of_large_masters_come_from_it(master: Master) -> None:
    stock = master.source(3_000)
    assert 7_000 < len(stock.triangles) <= 8_000
    assert master.source(1_000) is stock
    # One almost as fine, and one of all triangles, come from the master itself.
    for triangles in (4_000, 0):
        assert master.source(triangles) is master.surface
    small = Master(weld(sphere(0.2, rings=60, segments=80)))
    assert small.source(3_000) is small.surface


def test_a_level_from_it_lies_hardly_farther_off(master: Master) -> None:
    reference = Reference(master.surface)
    direct, stocked = (
        simplify(source, 1_500, harder=False)
        for source in (master.surface, master.source(1_500))
    )
    assert len(stocked.triangles) <= 1_500
    mean_direct, mean_stocked = (
        reference.measure(level.positions.astype(np.float64), level.triangles).mean_m
        for level in (direct, stocked)
    )
    assert mean_stocked < 1.1 * mean_direct
