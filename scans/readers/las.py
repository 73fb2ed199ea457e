"""LAS, LAZ and COPC through laspy; plain LAS by ourselves where laspy gives up."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import laspy
import lazrs
import numpy as np
from numpy.typing import NDArray

from scans.errors import EmptyScan, TruncatedScan
from scans.geometry.scan import Scan
from scans.readers import columns
from scans.readers.crs import SILENT, Stated, from_geokeys, from_wkt
from scans.readers.foreign import refusing

CHUNK = 1_000_000  # points at a time: a header's claim allocates no more than that
# No LAZ we know of packs a point into less than a fiftieth of a byte.
POINTS_A_BYTE = 50
RECORD_COUNT = slice(100, 104)  # LAS 1.4, public header block
RECORD_BYTES = 54  # the header of a variable length record
# Layers of a packed point by its format, without extra bytes: nine of the point itself,
# then colour, near infrared and wave packet (LASzip's layered chunks, LAS 1.4).
LAYERS = {6: 9, 7: 10, 8: 11, 9: 10, 10: 12}
COLOURS = ("red", "green", "blue")
DAMAGED = "its header is damaged"
UNDECODED = "its points cannot be decoded"
Parts = dict[str, NDArray[Any]]


def count_las(path: Path) -> int:
    """Number of points the header claims, checked against the size."""
    with refusing(path, DAMAGED, laspy.LaspyException, panics=True):
        _check_records(path)
        with laspy.open(path, read_evlrs=False) as file:
            header = file.header
        _check_scales(header)
        if header.are_points_compressed:
            _check_chunks(path, int(header.offset_to_point_data))
            _check_layers(path, header)
        claimed = int(header.point_count)
        size = path.stat().st_size - int(header.offset_to_point_data)
        room = (
            size * POINTS_A_BYTE
            if header.are_points_compressed
            else size // header.point_format.size
        )
    if claimed > max(room, 0):
        raise TruncatedScan(path, f"its header claims {claimed} points")
    return claimed


def _check_records(path: Path) -> None:
    """Hold the number of records before the points against the size: laspy reads them all.

    Raises LaspyException.
    """
    with path.open("rb") as file:
        head = file.read(RECORD_COUNT.stop)
    claimed = int.from_bytes(head[RECORD_COUNT], "little")
    if claimed * RECORD_BYTES > path.stat().st_size:
        raise laspy.LaspyException(f"its header claims {claimed} records")


def _check_chunks(path: Path, start: int) -> None:
    """Hold the number of chunks against the size: lazrs makes room for all it claims,
    and what it cannot have ends the process.

    Raises LaspyException.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(start)
        table = int.from_bytes(file.read(8), "little", signed=True)
        if table == -1:  # written while it was not known: then it stands at the end
            file.seek(-8, os.SEEK_END)
            table = int.from_bytes(file.read(8), "little", signed=True)
        if not start < table <= size - 8:
            return
        file.seek(table + 4)
        chunks = int.from_bytes(file.read(4), "little")
    if chunks > size:
        raise laspy.LaspyException(f"its table claims {chunks} chunks")


def _check_layers(path: Path, header: Any) -> None:
    """Hold the sizes of layers against that of their chunk: lazrs makes room for all.

    Raises LaspyException.
    """
    layout = header.point_format
    if layout.id not in LAYERS:
        return
    layers = LAYERS[layout.id] + layout.num_extra_bytes
    (packing,) = header.vlrs.get("LasZipVlr")
    with path.open("rb") as file:
        file.seek(header.offset_to_point_data)
        table = lazrs.read_chunk_table(file, lazrs.LazVlr(packing.record_data))
        start = header.offset_to_point_data + 8
        for _, length in table:
            # After the first point, which is not packed, and the number of points.
            file.seek(start + layout.size + 4)
            sizes = np.frombuffer(file.read(4 * layers), "<u4")
            if sizes.sum(dtype=np.uint64) > length:
                raise laspy.LaspyException(f"a chunk of {length} bytes claims more")
            start += length


def _check_scales(header: Any) -> None:
    """Refuse steps between coordinates that are none; raises LaspyException."""
    steps = np.asarray(header.scales, dtype=np.float64)
    if not (
        np.isfinite(steps).all() and steps.all() and np.isfinite(header.offsets).all()
    ):
        raise laspy.LaspyException("its steps between coordinates are none")


def read_las(path: Path) -> Scan:
    """Read all points; 16-bit colours become bytes, feet become metres.

    Raises EmptyScan, TruncatedScan, UnreadableScan.
    """
    claimed = count_las(path)
    if claimed == 0:
        raise EmptyScan(path)
    with refusing(path, UNDECODED, laspy.LaspyException, panics=True):
        parts, stated = _read(path)
    if len(parts["points"]) < claimed:
        there = len(parts["points"])
        raise TruncatedScan(path, f"{there} of {claimed} points are there")
    return scan_of(path, parts, stated)


def scan_of(path: Path, parts: Parts, stated: Stated) -> Scan:
    """A scan in the unit its system states; feet, which we do not keep, as metres."""
    points = parts["points"]
    light = columns.as_light(parts["intensity"])
    scan = Scan(
        name=path.name,
        format=path.suffix.lstrip(".").upper(),
        points=points,
        colours=_colours(parts.get("colours")),
        intensities=light if light.any() else None,
        unit="m" if stated.metres else "",
    )
    if stated.degrees:
        return scan.with_finding(
            "geographic-coordinates",
            f"{path.name} gives degrees of longitude and latitude, not lengths.",
            file=path.name,
        )
    if stated.metres in (0.0, 1.0):
        return scan
    return replace(scan, points=points * stated.metres).with_finding(
        "unit-converted",
        f"{path.name} is in feet; its lengths were converted to metres.",
        file=path.name,
        metres=stated.metres,
    )


def _read(path: Path) -> tuple[Parts, Stated]:
    found: dict[str, list[NDArray[Any]]] = {}
    with laspy.open(path, read_evlrs=False) as file:
        coloured = set(COLOURS) <= set(file.header.point_format.dimension_names)
        for chunk in file.chunk_iterator(CHUNK):
            found.setdefault("points", []).append(_places(chunk))
            light = np.array(chunk.intensity, dtype=np.uint16)
            found.setdefault("intensity", []).append(light)
            if coloured:
                table = np.stack([np.asarray(chunk[n]) for n in COLOURS], axis=1)
                found.setdefault("colours", []).append(table)
        stated = _stated(file.header)
    return {name: np.concatenate(parts) for name, parts in found.items()}, stated


def _places(chunk: Any) -> NDArray[np.float64]:
    axes = [np.asarray(axis, dtype=np.float64) for axis in (chunk.x, chunk.y, chunk.z)]
    return np.stack(axes, axis=1)


def _colours(table: NDArray[np.uint16] | None) -> NDArray[np.uint8] | None:
    return columns.as_bytes(table) if table is not None and table.any() else None


def _stated(header: Any) -> Stated:
    """What its coordinate system says; a text goes before keys."""
    found = [from_wkt(str(v.string)) for v in header.vlrs if hasattr(v, "string")]
    keys = {
        int(key.id): int(key.value_offset)
        for vlr in header.vlrs
        if hasattr(vlr, "geo_keys")
        for key in vlr.geo_keys
    }
    found.append(from_geokeys(keys))
    return next((stated for stated in found if stated != SILENT), SILENT)
