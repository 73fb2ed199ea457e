"""What columns without names hold, told from their values."""

import numpy as np
from numpy.typing import NDArray

ROWS = 20_000  # looked at, evenly
UNIT_ERROR = 0.05  # of a normal's length: few digits are common
Named = dict[str, NDArray[np.generic]]


def name_columns(table: NDArray[np.float64], *, leica: bool = False) -> Named:
    """Name the columns of a table of points; `leica`: as PTS files order them."""
    table = table[:, _leading(table) :]
    found: Named = {name: table[:, k] for k, name in enumerate("xyz")}
    sample = table[:: max(1, len(table) // ROWS)]
    sample = sample[np.isfinite(sample).all(axis=1)]
    if not len(sample):
        return found
    place = 3
    if leica and table.shape[1] in (4, 7):
        found["intensity"], place = table[:, 3], 4
    while place < table.shape[1]:
        three = sample[:, place : place + 3]
        names = _kind_of(three, are_last=place + 3 == table.shape[1])
        if not names or names[0] in found:
            if "intensity" not in found and _varies(sample[:, place]):
                found["intensity"] = table[:, place]
            place += 1
            continue
        found |= {name: table[:, place + k] for k, name in enumerate(names)}
        place += 3
    return found


def _leading(table: NDArray[np.float64]) -> int:
    """How many columns before x are numbers of rows, columns or points."""
    if table.shape[1] < 4 or len(table) < 3:
        return 0
    if (np.diff(table[:, 0]) == 1).all() and table[0, 0] in (0, 1):
        return 1
    if table.shape[1] < 5:
        return 0
    whole = _whole(table[:, 0]) and _whole(table[:, 1])
    return 2 if whole and _runs(table[:, 0], table[:, 1]) else 0


def _runs(first: NDArray[np.float64], second: NDArray[np.float64]) -> bool:
    """Whether two columns count through a grid: one by one, in one order or other."""
    for slow, fast in ((first, second), (second, first)):
        steps = np.diff(slow)
        within = np.diff(fast)[steps == 0]
        if (steps >= 0).all() and (within >= 1).all() and slow[0] >= 0 and len(within):
            return bool(fast.min() >= 0 and steps.max() <= len(slow))
    return False


def _kind_of(
    three: NDArray[np.float64], *, are_last: bool
) -> tuple[str, str, str] | None:
    if three.shape[1] < 3:
        return None
    lengths = np.linalg.norm(three, axis=1)
    if np.abs(lengths - 1).max() < UNIT_ERROR:
        return "nx", "ny", "nz"
    if _whole(three) and three.min() >= 0 and 1 < three.max() <= 65_535:
        return "red", "green", "blue"
    if are_last and three.min() >= 0 and 0 < three.max() <= 1 and _varies(three):
        return "red", "green", "blue"  # shares of one
    return None


def _whole(values: NDArray[np.float64]) -> bool:
    return bool(np.isfinite(values).all() and (values == np.rint(values)).all())


def _varies(values: NDArray[np.float64]) -> bool:
    return bool(values.min() < values.max())
