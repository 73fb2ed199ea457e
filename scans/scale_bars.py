"""Scale bars: certified lengths that scans show, and what they make of the scale."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ScaleBar:
    """A bar in one scan, from end to end, (3,) each, and its certified length, metres."""

    scan: str
    start: FloatArray
    end: FloatArray
    length_m: float

    def seen_m(self) -> float:
        """How long the scan shows it."""
        return float(np.linalg.norm(self.end - self.start))


@dataclass(frozen=True)
class Scaling:
    """What bars tell.

    factor : what lengths must be multiplied by, the best for all bars together
    is_applied : whether they were; the errors are those that remain then
    rmse_m, max_m : certified against scanned; None where one bar was used up for the factor
    """

    bars: int
    factor: float
    is_applied: bool
    rmse_m: float | None
    max_m: float | None


def weigh_bars(bars: Sequence[ScaleBar], *, apply: bool) -> Scaling | None:
    """Find the scale by least squares; None without bars.

    apply : the files state no unit, so that the bars decide
    """
    if not bars:
        return None
    seen = np.array([bar.seen_m() for bar in bars])
    certified = np.array([bar.length_m for bar in bars])
    factor = float(seen @ certified / (seen @ seen))
    errors = np.abs((factor if apply else 1.0) * seen - certified)
    if apply and len(bars) == 1:
        return Scaling(1, factor, apply, None, None)
    rmse, worst = float(np.sqrt((errors**2).mean())), float(errors.max())
    return Scaling(len(bars), factor, apply, rmse, worst)
