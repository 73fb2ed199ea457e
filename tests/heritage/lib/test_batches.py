"""Batches that fit a quarter of a second."""

from collections.abc import Sequence

import pytest
from django.db import connection

from heritage.lib.batches import MOST_ROWS, fitting_rows, write_in_batches


def depth() -> int:
    """Tell how many transactions lie within one another."""
    return len(connection.savepoint_ids)


class Disk:
    """A clock that each written row moves on, and a memory of what was written."""

    def __init__(self, row_s: float) -> None:
        self.now, self.row_s = 0.0, row_s
        self.depth = depth()
        self.written: list[int] = []
        self.rests: list[float] = []

    def clock(self) -> float:
        return self.now

    def write(self, rows: Sequence[int]) -> None:
        assert depth() == self.depth + 1
        self.now += self.row_s * len(rows)
        self.written += rows


@pytest.mark.django_db
@pytest.mark.parametrize("row_s", [0.00001, 0.001, 0.02])
def test_no_batch_is_long_and_every_row_is_written_once(row_s: float) -> None:
    disk, rows = Disk(row_s), list(range(3000))

    def make(number: int) -> int:
        assert depth() == disk.depth  # nobody waits for what is being made
        return -number

    took = write_in_batches(
        rows, make, disk.write, clock=disk.clock, rest=disk.rests.append
    )
    assert disk.written == [-number for number in rows]
    assert max(took[1:]) <= 0.25
    is_one_writer = connection.vendor == "sqlite"
    assert len(disk.rests) == (len(took) - 1 if is_one_writer else 0)
    assert len(took) >= len(rows) / MOST_ROWS


@pytest.mark.django_db
def test_nothing_to_write_is_no_batch() -> None:
    disk = Disk(1.0)
    assert write_in_batches([], int, disk.write, clock=disk.clock) == []


@pytest.mark.parametrize(("vendor", "target_s"), [("sqlite", 0.15), ("postgresql", 1)])
def test_a_batch_of_a_load_is_as_long_as_the_database_bears(
    vendor: str, target_s: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "vendor", vendor)
    assert fitting_rows(100, target_s) == 100
    assert fitting_rows(100, target_s / 10) == 200  # one fast batch says little
    assert fitting_rows(100, target_s * 4) == 25
    assert fitting_rows(400, target_s / 10) == MOST_ROWS
