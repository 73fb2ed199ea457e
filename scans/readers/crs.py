"""The unit of length that a coordinate reference system states, as LAS files keep it."""

import re
from dataclasses import dataclass

FOOT, SURVEY_FOOT = 0.3048, 1200 / 3937
# Keys and codes of GeoTIFF 1.1.
MODEL, PROJECTED, LINEAR = 1024, 3072, 3076
GEOGRAPHIC_MODEL = 2
LINEAR_UNITS = {9001: 1.0, 9002: FOOT, 9003: SURVEY_FOOT}
# EPSG: UTM zones on WGS 84, ETRS89 and NAD83 are in metres; of others only a list knows.
METRIC = ((32601, 32660), (32701, 32760), (25828, 25838), (26901, 26923))
PROJECTED_WKT = re.compile(r"PROJ(?:CS|CRS|ECTEDCRS)\s*\[|CARTESIAN", re.IGNORECASE)
GEOGRAPHIC_WKT = re.compile(r"GEOG(?:CS|CRS)|GEODCRS|GEODETICCRS", re.IGNORECASE)
UNIT = re.compile(r'(?:LENGTH)?UNIT\s*\[\s*"([^"]*)"\s*,\s*([\d.eE+-]+)', re.IGNORECASE)
NESTED = re.compile(
    r"(?:ELLIPSOID|SPHEROID|PRIMEM|GEOGCS|BASEGEOGCRS|BASEGEODCRS)\s*\["
)
VERTICAL = re.compile(r"(?:VERT_CS|VERTCRS|VERTICALCRS)\s*\[", re.IGNORECASE)


@dataclass(frozen=True)
class Stated:
    """What a system says: metres of one unit (0 if it does not), and degrees or not."""

    metres: float = 0.0
    degrees: bool = False


SILENT = Stated()


def from_wkt(text: str) -> Stated:
    """Read a well-known text, of either version."""
    flat = VERTICAL.split(text.upper(), maxsplit=1)[0]
    if not PROJECTED_WKT.search(flat):
        return Stated(degrees=bool(GEOGRAPHIC_WKT.search(flat)))
    found = [float(m[2]) for m in UNIT.finditer(_without_nested(flat)) if _is_length(m)]
    return Stated(metres=found[-1]) if found else SILENT


def from_geokeys(keys: dict[int, int]) -> Stated:
    """Read GeoTIFF keys: id to value."""
    if keys.get(MODEL) == GEOGRAPHIC_MODEL:
        return Stated(degrees=True)
    if keys.get(LINEAR) in LINEAR_UNITS:
        return Stated(metres=LINEAR_UNITS[keys[LINEAR]])
    code = keys.get(PROJECTED, 0)
    metric = any(low <= code <= high for low, high in METRIC)
    return Stated(metres=1.0) if metric else SILENT


def _is_length(match: re.Match[str]) -> bool:
    name = match[1].upper()
    known = any(word in name for word in ("METRE", "METER", "FOOT", "FEET", "FT"))
    return (known or name == "M") and float(match[2]) > 0


def _without_nested(text: str) -> str:
    """Cut out what states units of its own: an ellipsoid's axis, a base's angles."""
    while match := NESTED.search(text):
        depth, end = 1, match.end()
        while end < len(text) and depth:
            depth += {"[": 1, "]": -1}.get(text[end], 0)
            end += 1
        text = text[: match.start()] + text[end:]
    return text
