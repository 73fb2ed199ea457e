"""Read cells that say how large or heavy something is; a missing unit is a doubt."""

import re
from typing import Any, Final

from heritage.catalogue.profile import KILOGRAMS, mass_range_of

from .mapping import Column
from .reading import LONGEST_LITERAL, Reading
from .sizes import UNITS, Size, read_sizes
from .staging import Staged

NUMBER: Final = re.compile(r"\s*约?\s*(-?[\d,]+(?:\.\d+)?)\s*([^\d\s].*)?")


def read_size_text(column: Column, text: str, row: Staged, said: Reading) -> None:
    """Keep the text; what it says becomes dimensions, or a proposal of them."""
    said.add("size_text", text[:LONGEST_LITERAL])
    found = read_sizes(text, order=column.order)
    usable = [one for one in found if one.kind]
    sure = [_dimension(one, one.unit) for one in usable if one.unit]
    if column.trust:
        said.add("dimensions", once(sure))
    missing = [one for one in usable if not one.unit]
    likely = next((one.unit for one in usable if one.unit), column.unit or "cm")
    doubted = once(sure + [_dimension(one, likely) for one in missing])
    if missing:
        code = "unit-missing"
    elif sure and not column.trust:
        code = "size-in-text"
    elif found and not usable:
        code, doubted = "size-unnamed", _unnamed(found, column.unit)
    elif not found:
        code, doubted = "size-unreadable", []
    else:
        return
    said.doubt(
        code, "size_text", text, proposal={"dimensions": doubted} if doubted else {}
    )


def _unnamed(found: list[Size], unit: str) -> list[dict[str, Any]]:
    """Propose height and width, as museums write two numbers without names."""
    kinds = ("height", "width", "depth")
    pairs = zip(kinds, found[:3], strict=False)
    return [
        _dimension(one, one.unit or unit or "cm") | {"kind": kind}
        for kind, one in pairs
    ]


def _dimension(size: Size, unit: str) -> dict[str, Any]:
    return {
        "kind": size.kind,
        "value": size.value,
        "unit": unit,
        "origin": "card",
        "literal": size.literal[:200],
    }


def once(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep the first of each kind: a relic has one height from its card."""
    return list({row["kind"]: row for row in reversed(rows)}.values())[::-1]


def read_dimension(column: Column, text: str, row: Staged, said: Reading) -> None:
    kind = column.field.vocabulary
    match = NUMBER.fullmatch(text)
    value = float(match[1].replace(",", "")) if match else 0.0
    if match is None or value <= 0:
        said.doubt("number", column.to, text)
        return
    told = (match[2] or row.cells.get(column.unit_from, "")).strip().lower()
    unit = UNITS.get(told) or ("" if told else column.unit)
    size = {"kind": kind, "value": value, "unit": unit, "origin": "card", "literal": ""}
    if unit and unit != "in":
        said.add("dimensions", [size])
        return
    likely = _mass_unit(value, said) if kind == "mass" else "cm"
    literal = {"literal": text[:200], "unit": likely}
    proposal = {"dimensions": [size | literal]} if likely else {}
    said.doubt("unit-missing", column.to, text, proposal=proposal)


def _mass_unit(value: float, said: Reading) -> str:
    """Propose the unit by which a mass lies in the range that the row names."""
    named = said.values.get("mass_range")
    fitting = (u for u, kg in KILOGRAMS.items() if mass_range_of(value * kg) == named)
    return next(fitting, "")
