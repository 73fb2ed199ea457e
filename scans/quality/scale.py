"""Whether a model has the size that the register says, and which unit would explain it.

Source: docs/reference/quality.md, "Registry-scale check".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from scans.errors import BadParameter
from scans.geometry.scan import METRES

CM = 0.01
REGISTERED = "registered-cm"
NOT_A_NUMBER = "it is not a number of that kind"
SIDES = 3
MOST_CM = 1e7  # a hundred kilometres: no relic; infinity and nan fall out as well
AGREES = 0.05  # share: hand measures and a scan of the same thing differ by no more
ROUNDED_CM = 0.1  # registers give centimetres to one decimal
SAME_UNIT = 5.0  # partial scans of one object differ in extent by less than this
UNIT_STEPS = {
    10.0: "cm/mm",
    25.4: "in/mm",
    39.37: "m/in",
    100.0: "m/cm",
    1000.0: "m/mm",
}


@dataclass(frozen=True)
class Match:
    """The register against the model: the unit that fits, and what it multiplies by.

    factor : what the model's lengths must be multiplied by, 1 where the unit was right
    """

    unit: str
    factor: float


def parse_lengths(text: str) -> tuple[float, ...]:
    """Read up to three lengths, such as "12.3,4.5,30"; none from "".

    Raises BadParameter.
    """
    try:
        lengths = tuple(float(word) for word in text.split(",") if word.strip())
    except ValueError:
        raise BadParameter(REGISTERED, text, NOT_A_NUMBER) from None
    if len(lengths) > SIDES or not all(0 < length < MOST_CM for length in lengths):
        raise BadParameter(REGISTERED, text, NOT_A_NUMBER)
    return lengths


def match_register(
    sides_m: Sequence[float], registered_cm: Sequence[float], *, taken: str
) -> Match | None:
    """Find the unit in which the model's sides are those of the register.

    sides_m : three, metres, as they came out with `taken` for the unit
    registered_cm : one to three, in any order

    The unit that was taken is tried first. None when no unit fits.
    """
    for unit in sorted(METRES, key=lambda name: name != taken):
        factor = METRES[unit] / METRES[taken]
        if _agree([side * factor / CM for side in sides_m], registered_cm):
            return Match(unit, factor)
    return None


def find_factor(
    sides_m: Sequence[float], registered_cm: Sequence[float]
) -> float | None:
    """Find what lengths must be multiplied by to be those of the register.

    1 where they agree, else a ratio of two units, the nearest to 1 that fits, or None.
    """
    ratios = {one / other for one in METRES.values() for other in METRES.values()}
    for ratio in sorted(ratios, key=lambda ratio: abs(np.log(ratio))):
        if _agree([side * ratio / CM for side in sides_m], registered_cm):
            return float(f"{ratio:.4g}")
    return None


def odd_units(extents: Sequence[float]) -> dict[int, float]:
    """Find scans that are larger or smaller than the rest by a ratio of units.

    extents : diagonal of each scan, all as if in one unit

    Gives, by number, the nearest ratio: above 1 where the scan is too large.
    """
    logs = np.log(np.maximum(np.asarray(extents, dtype=np.float64), 1e-300))
    away = logs - np.median(logs)
    odd = np.flatnonzero(np.abs(away) > np.log(SAME_UNIT))
    return {int(index): _step(float(away[index])) for index in odd}


def _step(away: float) -> float:
    nearest = min(UNIT_STEPS, key=lambda step: abs(np.log(step) - abs(away)))
    return nearest if away > 0 else 1 / nearest


def _agree(sides_cm: Sequence[float], registered_cm: Sequence[float]) -> bool:
    """Tell whether each registered length is that of another side of the box."""
    return any(
        all(
            _close(side, said) for side, said in zip(chosen, registered_cm, strict=True)
        )
        for chosen in permutations(sides_cm, len(registered_cm))
    )


def _close(side_cm: float, said_cm: float) -> bool:
    return abs(side_cm - said_cm) <= AGREES * said_cm + ROUNDED_CM / 2
