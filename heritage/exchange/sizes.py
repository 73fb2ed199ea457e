"""Read sizes out of a text: 高12.5厘米，口径8; 8 x 18.9 cm; support: 244 x 152 mm."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

UNITS: Final = {
    "厘米": "cm", "公分": "cm", "cm": "cm", "毫米": "mm", "mm": "mm", "公尺": "m", "米": "m",
    "m": "m", "千克": "kg", "公斤": "kg", "kg": "kg", "克": "g", "g": "g", "毫升": "ml",
    "ml": "ml", "升": "l", "l": "l", "英寸": "in", "inches": "in", "in.": "in", "in": "in",
}  # fmt: skip
LABELS: Final = {
    "通长": "length", "长": "length", "length": "length", "l.": "length",
    "通宽": "width", "宽": "width", "width": "width", "w.": "width",
    "通高": "height", "残高": "height", "高": "height", "height": "height", "h.": "height",
    "进深": "depth", "深": "depth", "depth": "depth",
    "厚": "thickness", "thickness": "thickness",
    "口径": "mouth-diameter", "腹径": "belly-diameter",
    "底径": "base-diameter", "足径": "base-diameter",
    "直径": "diameter", "径": "diameter", "diameter": "diameter", "diam.": "diameter",
    "diam": "diameter", "质量": "mass", "重量": "mass", "重": "mass", "weight": "mass",
}  # fmt: skip
_NUMBER: Final = r"\d+(?:,\d{3})*(?:\.\d+)?"
_UNIT: Final = "|".join(re.escape(one) for one in sorted(UNITS, key=len, reverse=True))
_LABEL: Final = "|".join(
    re.escape(one) for one in sorted(LABELS, key=len, reverse=True)
)
_SIZE: Final = re.compile(
    rf"(?P<label>{_LABEL})?\s*[:：]?\s*(?:约|c\.\s*)?(?P<value>{_NUMBER})"
    rf"(?![\d/])\s*(?P<unit>(?:{_UNIT})(?![a-z]))?\s*(?P<times>[x×*✕]?)",
    re.IGNORECASE,
)
# What others repeat in inches says nothing new.
_INCHES: Final = re.compile(
    r"[(（][^()（）]*(?:in\b|inch|英寸)[^()（）]*[)）]", re.IGNORECASE
)
MASSES: Final = frozenset({"kg", "g"})


@dataclass(frozen=True)
class Size:
    """One quantity as a text gives it; what it does not say is empty."""

    kind: str
    value: float
    unit: str
    literal: str


def read_sizes(text: str, *, order: Sequence[str] = ()) -> list[Size]:
    """Read all quantities. `order` names those of `8 x 18.9 cm`, which has no names."""
    folded = unicodedata.normalize("NFKC", _INCHES.sub("", text))
    found: list[Size] = []
    row: list[re.Match[str]] = []
    for match in _SIZE.finditer(folded):
        row.append(match)
        if not match["times"]:
            found += _sizes(row, order)
            row = []
    found += _sizes(row, order)
    return [one for one in found if one.value > 0 and one.unit != "in"]


def _sizes(row: list[re.Match[str]], order: Sequence[str]) -> list[Size]:
    """Read 长10×宽5厘米: a unit at the end holds for all that are joined by a sign."""
    unit = next((UNITS[m["unit"].lower()] for m in reversed(row) if m["unit"]), "")
    sizes = []
    for place, match in enumerate(row):
        own = UNITS[match["unit"].lower()] if match["unit"] else unit
        kind = LABELS.get((match["label"] or "").lower(), "")
        if not kind and own in MASSES:
            kind = "mass"
        if not kind and place < len(order):
            kind = order[place]
        value = float(match["value"].replace(",", ""))
        sizes.append(Size(kind, value, own, match[0].strip(" x×*✕")))
    return sizes
