"""Units that files state, in the words of many programs."""

import re

UNITS = {
    "m": ("m", "metre", "metres", "meter", "meters", "米"),
    "cm": ("cm", "centimetre", "centimetres", "centimeter", "centimeters", "厘米"),
    "mm": ("mm", "millimetre", "millimetres", "millimeter", "millimeters", "毫米"),
    "in": ("in", "inch", "inches"),
}
BY_WORD = {word: unit for unit, words in UNITS.items() for word in words}
STATED = re.compile(
    r"(?:\bunits?(?:\s+of\s+\w+)?|单位)\s*(?:is|are|为|是)?\s*[:=：]?"
    r"\s*[\"'(\[（]?([^\W\d]+)",
    re.IGNORECASE,
)


def unit_of(word: str) -> str:
    """The unit a word means: m, cm, mm, in, or ""."""
    return BY_WORD.get(word.strip().lower(), "")


def unit_in_text(lines: tuple[str, ...]) -> str:
    """The unit that comments state, as `unit mm`, `Units: meters` or `unit=cm`."""
    found = {unit_of(m[1]) for line in lines if (m := STATED.search(line))} - {""}
    return found.pop() if len(found) == 1 else ""
