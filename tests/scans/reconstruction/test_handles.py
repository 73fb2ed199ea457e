"""A jug that is round but for its handle is placed by the handle, on its stand too."""

import pytest

from tests.benchmarks.bench_register import RELIC_DEGREES, RELIC_MM, relic


@pytest.mark.thorough
@pytest.mark.slow
@pytest.mark.parametrize("fixture", ["", "stand"])
def test_a_handled_jug_is_placed(fixture: str) -> None:
    row = relic("handled-jug", 1, coloured=False, fixture=fixture)
    assert row["placed"] == row["scans"]
    assert row["undetermined"] == 0
    assert row["worst_degrees"] <= RELIC_DEGREES
    assert row["worst_mm"] <= RELIC_MM


@pytest.mark.thorough
@pytest.mark.slow
def test_a_plain_dish_is_not() -> None:
    row = relic("plain-dish", 1, coloured=False)
    assert row["undetermined"] == row["placed"]
