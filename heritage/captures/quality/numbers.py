"""Write figures of a quality sheet for people: four digits that count, with a unit."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

DIGITS = 4  # what the figures can vouch for
NOTHING = "—"
# Where a thousand of the small unit says less than one of the large.
LARGER = {"mm²": (10_000.0, 100.0, "cm²"), "mm³": (100_000.0, 1000.0, "cm³")}
MEBIBYTE = 1024.0**2


def find_figure(figures: Mapping[str, Any], place: str) -> Any:
    """Give the figure at a place like `points.spacing_mm.mean`; None if there is none."""
    found: Any = figures
    for name in place.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def write_figure(value: Any, unit: str = "") -> str:
    """Write a number, a yes or no, or several numbers; a dash for what is not known."""
    if value is None or value == []:
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return f"{' × '.join(write_number(one) for one in value)} {unit}".strip()
    if unit == "%":
        return f"{write_number(100 * value)} %"
    if unit in LARGER and abs(value) >= LARGER[unit][0]:
        _from, divisor, unit = LARGER[unit]
        value = value / divisor
    return f"{write_number(value)} {unit}".strip()


def write_number(value: Any) -> str:
    """Write a whole number with its thousands apart, another with four digits."""
    if not isinstance(value, int | float):
        return NOTHING if value is None else str(value)
    if isinstance(value, int) or not math.isfinite(value):
        return f"{value:,}"
    size = math.floor(math.log10(abs(value))) if value else 0
    decimals = min(max(DIGITS - 1 - size, 0), 6)
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_mebibytes(value: Any) -> str:
    return f"{write_number(round(value / MEBIBYTE))} MiB" if value else NOTHING


def write_time(moment: datetime | None) -> str:
    if moment is None:
        return NOTHING
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
