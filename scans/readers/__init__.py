"""Read scans: one function for every format, with refusals that say what to do."""

from scans.readers.reading import (
    DEFAULT_LIMITS,
    FORMATS,
    ReadLimits,
    expected_points,
    is_scan_file,
    posed_stations,
    read_scan,
    read_unpacked,
    scans_below,
)

__all__ = [
    "DEFAULT_LIMITS",
    "FORMATS",
    "ReadLimits",
    "expected_points",
    "is_scan_file",
    "posed_stations",
    "read_scan",
    "read_unpacked",
    "scans_below",
]
