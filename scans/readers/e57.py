"""E57 through pye57: always metres, each station in its own frame with its pose."""

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pye57
from numpy.typing import NDArray
from pye57 import libe57

from scans.errors import EmptyScan, ScanFileError, TruncatedScan, UnreadableScan
from scans.geometry.rigid import from_quaternion
from scans.geometry.scan import Scan
from scans.readers import columns
from scans.readers.foreign import refusing
from scans.readers.poses import placed, viewpoint_at_origin

MAGIC = b"ASTM-E57"
STRUCTURE = "its structure is damaged"
STATION = "one of its stations is damaged"
HEADER_BYTES = 48
LENGTH = slice(16, 24)  # of the header: how many bytes the whole file has
CARTESIAN = ("cartesianX", "cartesianY", "cartesianZ")
SPHERICAL = ("sphericalRange", "sphericalAzimuth", "sphericalElevation")
COLOURS = ("colorRed", "colorGreen", "colorBlue")
# Of the extension for normals; its prefix is each writer's own choice.
NORMALS = ("normalX", "normalY", "normalZ")
INVALID = ("cartesianInvalidState", "sphericalInvalidState")
DEPTHS = (1.0, 255.0, 1023.0, 4095.0, 65_535.0)  # of colours, as cameras have them
NAMES_TOLD = 20  # pictures named in a finding
Fields = dict[str, NDArray[Any]]


def count_e57(path: Path) -> int:
    """Number of points of all stations whose claims the file's size can bear."""
    with refusing(path, STRUCTURE, libe57.E57Exception), _opened(path) as file:
        claims = [_claimed(header) for header in _headers(file)]
    fair = [claim for claim in claims if _can_hold(path, claim)]
    if claims and not fair:
        raise TruncatedScan(path, f"its header claims {max(claims)} points")
    return sum(fair)


def posed_e57(path: Path) -> int:
    """How many of its stations state how they lie to other scans.

    Several in one file do without a pose: they are in its frame then (ASTM E2807).
    """
    with refusing(path, STRUCTURE, libe57.E57Exception), _opened(path) as file:
        held = [header for header in _headers(file) if _claimed(header) > 0]
        return len(held) if len(held) > 1 else sum(h.has_pose() for h in held)


def read_e57(path: Path) -> tuple[Scan | ScanFileError, ...]:
    """Read every station, empty ones too; pictures inside are named.

    Of several stations, one that cannot be read gives the reason instead.

    Raises EmptyScan, TruncatedScan, UnreadableScan.
    """
    count_e57(path)
    with refusing(path, STATION, libe57.E57Exception), _opened(path) as file:
        headers = list(_headers(file))
        found = [_station_or_reason(path, file, header) for header in headers]
        stated = [header.has_pose() for header in headers]
        pictures = _pictures(file)
    held = {
        number: scan
        for number, scan in enumerate(found)
        if isinstance(scan, Scan) and len(scan.points)
    }
    if not held:
        _refuse(path, found, pictures)
    if pictures:
        found[min(held)] = _with_pictures(held[min(held)], pictures)
    if len(held) > 1:
        # A station without a pose is in the common frame already (ASTM E2807); one
        # whose pose cannot be true lies nobody knows where.
        found = [
            scan
            if is_stated or isinstance(scan, ScanFileError)
            else replace(scan, pose=np.eye(4))
            for scan, is_stated in zip(found, stated, strict=True)
        ]
    return tuple(found)


def _refuse(
    path: Path, found: list[Scan | ScanFileError], pictures: list[str]
) -> NoReturn:
    """Say why no station of a file is of use."""
    for reason in found:
        if isinstance(reason, ScanFileError):
            raise reason
    if pictures:
        raise UnreadableScan(path, f"it holds {len(pictures)} pictures and no points")
    raise EmptyScan(path)


def _opened(path: Path) -> Any:
    with path.open("rb") as start:
        header = start.read(HEADER_BYTES)
    if not header.startswith(MAGIC):
        raise UnreadableScan(path, "it does not begin like an E57 file")
    told, held = int.from_bytes(header[LENGTH], "little"), path.stat().st_size
    if held < told:
        raise TruncatedScan(path, f"{held} of {told} bytes are there")
    with refusing(path, STRUCTURE, libe57.E57Exception):
        return pye57.E57(str(path))


def _headers(file: Any) -> Iterator[Any]:
    if file.root.isDefined("data3D"):
        for index in range(file.scan_count):
            yield file.get_header(index)


def _claimed(header: Any) -> int:
    """How many points a station claims; -1 where its header does not tell."""
    try:
        return int(header.point_count)
    except libe57.E57Exception:
        return -1


def _can_hold(path: Path, claim: int) -> bool:
    # The smallest record we can make points of takes a bit.
    return 0 <= claim <= 8 * path.stat().st_size


def _station_or_reason(path: Path, file: Any, header: Any) -> Scan | ScanFileError:
    claim = _claimed(header)
    if claim >= 0 and not _can_hold(path, claim):
        return TruncatedScan(path, f"its header claims {claim} points")
    try:
        with refusing(path, STATION, libe57.E57Exception):
            return _station(path, file, header)
    except ScanFileError as error:
        return error


def _station(path: Path, file: Any, header: Any) -> Scan:
    fields = _valid(_fields(path, file, header))
    points, spherical = _places(path, fields)
    named = {columns.plain(_bare(name)): column for name, column in fields.items()}
    # Rows and columns are a scanner's own grid: it stood at the origin.
    from_scanner = spherical or header.has_pose() or "rowIndex" in header.point_fields
    scan = Scan(
        name=path.name,
        format="E57",
        points=points,
        normals=columns.normals(named),
        colours=_colours(fields, header),
        intensities=columns.light(named),
        viewpoint=viewpoint_at_origin(points) if from_scanner else None,
        unit="m",
    )
    return placed(scan, _pose(header)) if header.has_pose() else scan


def _fields(path: Path, file: Any, header: Any) -> Fields:
    """Read what we know of the station's fields, all of them at once."""
    _check_scales(path, header)
    wanted = {*CARTESIAN, *SPHERICAL, *COLOURS, *NORMALS, *INVALID, "intensity"}
    names = [name for name in header.point_fields if _bare(name) in wanted]
    count = int(header.point_count)
    found: Fields = {}
    buffers = libe57.VectorSourceDestBuffer()
    for name in names:
        found[name] = np.zeros(count, dtype=np.float64)
        buffers.append(
            libe57.SourceDestBuffer(
                file.image_file,
                name,
                found[name],
                count,
                doConversion=True,
                doScaling=True,
            )
        )
    read = int(header.points.reader(buffers).read()) if count and names else count
    if read < count:
        raise TruncatedScan(path, f"{read} of {count} points are there")
    return found


def _check_scales(path: Path, header: Any) -> None:
    """Refuse coordinates that are stored as whole numbers of nothing."""
    prototype = libe57.StructureNode(header.points.prototype())
    for name in (*CARTESIAN, *SPHERICAL):
        node = prototype[name] if prototype.isDefined(name) else None
        if isinstance(node, libe57.ScaledIntegerNode):
            scale = float(node.scale())
            if not math.isfinite(scale) or scale == 0.0:
                raise UnreadableScan(path, "its header is damaged")


def _bare(name: str) -> str:
    """A field's name without the prefix of its extension."""
    return name.rpartition(":")[2]


def _places(path: Path, fields: Fields) -> tuple[NDArray[np.float64], bool]:
    """Places, and whether they were kept as angles and distances."""
    if all(name in fields for name in CARTESIAN):
        return np.stack([fields[name] for name in CARTESIAN], axis=1), False
    if not all(name in fields for name in SPHERICAL):
        raise UnreadableScan(path, "its header names no x, y and z")
    distance, azimuth, elevation = (fields[name] for name in SPHERICAL)
    level = distance * np.cos(elevation)
    axes = (level * np.cos(azimuth), level * np.sin(azimuth))
    return np.stack([*axes, distance * np.sin(elevation)], axis=1), True


def _valid(fields: Fields) -> Fields:
    """Leave out what is no place: state 1 is a direction only, 2 nothing."""
    states = [column for name, column in fields.items() if name in INVALID]
    if not states:
        return fields
    return {name: column[states[0] == 0] for name, column in fields.items()}


def _colours(fields: Fields, header: Any) -> NDArray[np.uint8] | None:
    if not all(name in fields for name in COLOURS):
        return None
    table = np.stack([fields[name] for name in COLOURS], axis=1)
    most = max(_most(header, name) for name in COLOURS)
    if not most:
        return columns.as_bytes(table)
    # Some limits are those of the type, others those of the values.
    whole = next((full for full in DEPTHS if most <= full), most)
    scaled: NDArray[np.float64] = np.rint(table * (255.0 / whole)).clip(0, 255)
    return scaled.astype(np.uint8)


def _most(header: Any, name: str) -> float:
    """The largest value a colour may have, as the file says; 0 if it does not."""
    limits = f"{name}Maximum"
    if header.node.isDefined("colorLimits") and header["colorLimits"].isDefined(limits):
        return _finite(header["colorLimits"][limits].value())
    prototype = libe57.StructureNode(header.points.prototype())
    node = prototype[name]
    return _finite(node.maximum()) if isinstance(node, libe57.IntegerNode) else 0.0


def _finite(value: float) -> float:
    return float(value) if math.isfinite(value) and value > 0 else 0.0


def _pose(header: Any) -> NDArray[np.float64]:
    """The station's motion; NaN where what the file states is none."""
    try:
        pose = header["pose"]
        turned = np.array(_parts(pose, "rotation", "wxyz", (1.0, 0.0, 0.0, 0.0)))
        shift = np.array(_parts(pose, "translation", "xyz", (0.0, 0.0, 0.0)))
    except (libe57.E57Exception, TypeError, AttributeError):  # not made of numbers
        return np.full((4, 4), np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        return from_quaternion(turned, shift)


def _parts(
    pose: Any, part: str, names: str, default: tuple[float, ...]
) -> tuple[float, ...]:
    if not pose.isDefined(part):
        return default
    return tuple(float(pose[part][name].value()) for name in names)


def _pictures(file: Any) -> list[str]:
    if not file.root.isDefined("images2D"):
        return []
    pictures = file.root["images2D"]
    return [_name(pictures[index], index) for index in range(len(pictures))]


def _name(picture: Any, index: int) -> str:
    if picture.isDefined("name"):
        return str(picture["name"].value())
    return f"#{index + 1}"


def _with_pictures(scan: Scan, names: list[str]) -> Scan:
    told = ", ".join(names[:NAMES_TOLD])
    return scan.with_finding(
        "embedded-pictures",
        f"{scan.name} holds {len(names)} pictures: {told}. They stay in the file.",
        file=scan.name,
        count=len(names),
        names=told,
    )
