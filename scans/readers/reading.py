"""Choose the reader by file name, or by content; then check what came out of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from scans.errors import (
    EmptyScan,
    OversizedScan,
    ScanFileError,
    TruncatedScan,
    UnknownFormat,
    UnreadableScan,
)
from scans.geometry.scan import Scan
from scans.readers.archive import SUFFIX as ARCHIVE
from scans.readers.archive import unpack
from scans.readers.checks import checked
from scans.readers.late import late
from scans.readers.obj import read_obj
from scans.readers.off import read_off
from scans.readers.pcd import count_pcd, read_pcd
from scans.readers.ply import count_ply, read_ply
from scans.readers.ptx import count_ptx, posed_ptx, read_ptx
from scans.readers.sniff import holds_rows, rows_of_points, suffix_by_content
from scans.readers.stl import read_stl
from scans.readers.text import read_text

Found = Scan | tuple[Scan | ScanFileError, ...]  # what of several cannot be read
Reader = Callable[[Path], Found]
Counter = Callable[[Path], int]

read_las, count_las = late("las", "read_las"), late("las", "count_las")
read_gltf = late("gltf", "read_gltf")

BYTES_A_POINT = 30  # text and mesh files: a fair guess for planning, nothing more


@dataclass(frozen=True)
class ReadLimits:
    """What one file may claim before it is parsed."""

    points: int = 60_000_000
    file_bytes: int = 8_000_000_000


DEFAULT_LIMITS = ReadLimits()

READERS: dict[str, Reader] = {
    ".ply": read_ply,
    ".pcd": read_pcd,
    ".xyz": read_text,
    ".xyzn": read_text,
    ".xyzi": read_text,
    ".xyzrgb": read_text,
    ".txt": read_text,
    ".csv": read_text,
    ".asc": read_text,
    ".pts": read_text,
    ".ptx": read_ptx,
    ".e57": late("e57", "read_e57"),
    ".las": read_las,
    ".laz": read_las,
    ".obj": read_obj,
    ".stl": read_stl,
    ".glb": read_gltf,
    ".gltf": read_gltf,
    ".off": read_off,
}
COUNTERS: dict[str, Counter] = {
    ".ply": count_ply,
    ".pcd": count_pcd,
    ".ptx": count_ptx,
    ".e57": late("e57", "count_e57"),
    ".las": count_las,
    ".laz": count_las,
}
POSED: dict[str, Counter] = {
    ".e57": late("e57", "posed_e57"),
    ".ptx": posed_ptx,
}


# Where the first reader refuses, another library (named for the finding) may not.
FALLBACKS: dict[str, tuple[str, Reader]] = {
    ".ply": ("trimesh", late("shapes", "read_with_trimesh")),
    ".las": ("numpy", late("las_plain", "read_las_plainly")),
}
FORMATS = tuple(sorted([*READERS, ARCHIVE]))
# Notes and tables lie beside scans; taken for a cloud only when asked for by name.
AMBIGUOUS = {".txt", ".csv"}
LEAST_ROWS = 20  # of a table that nobody named; matrices of cameras and poses have four
DEEPEST = 8  # folders below the one that was given


def is_scan_file(path: Path) -> bool:
    """Tell by its name whether a file in a folder is meant as a scan."""
    suffix = path.suffix.lower()
    meant = suffix in FORMATS and suffix not in AMBIGUOUS
    # What desktops write of their own begins with a point: `._scan.ply` on a memory stick.
    return meant and not path.name.startswith(".") and path.is_file()


def read_scan(path: Path, limits: ReadLimits = DEFAULT_LIMITS) -> tuple[Scan, ...]:
    """Read one file into scans, in the file's own unit: one, or one for each station.

    An archive gives those of all its files, named for both.

    Raises a ScanFileError that names the file, the reason and the cure.
    """
    _check_bytes(path, limits)
    if path.suffix.lower() == ARCHIVE:
        return _in_archive(path, limits)
    found = _read(path, limits)
    stations = (found,) if isinstance(found, Scan) else found
    return _named(path, _checked(path, stations))


def scans_below(folder: Path) -> list[Path]:
    """List the scans of the shallowest level that holds some, in order of their names.

    What lies deeper beside scans is something else: references, results, old versions.
    Where nothing else is there, tables (.txt, .csv) that hold rows of points are scans.
    """
    return _shallowest(folder, is_scan_file) or _shallowest(folder, _is_table)


def _shallowest(folder: Path, is_wanted: Callable[[Path], bool]) -> list[Path]:
    level = [folder]
    for _ in range(DEEPEST + 1):
        entries = sorted(entry for place in level for entry in place.iterdir())
        found = [entry for entry in entries if is_wanted(entry)]
        if found:
            return found
        level = [entry for entry in entries if entry.is_dir()]
    return []


def _is_table(path: Path) -> bool:
    """Tell whether a table holds points, more of them than a matrix has rows."""
    if path.suffix.lower() not in AMBIGUOUS or path.name.startswith("."):
        return False
    try:
        return path.is_file() and rows_of_points(path) >= LEAST_ROWS
    except OSError:  # it may not be read: then it is none of ours
        return False


def expected_points(path: Path) -> int:
    """Tell from the header (or the size) about how many points a file holds."""
    try:
        return _count(path, path.suffix.lower())
    except UnreadableScan:  # which another reader may not find so
        return path.stat().st_size // BYTES_A_POINT


def posed_stations(path: Path) -> int:
    """How many stations of a file state how they lie to others, by its headers.

    What the file is, not what it is called, tells the format. Two stand for more.
    """
    try:
        count = POSED.get(suffix_by_content(path) or path.suffix.lower())
        return 0 if count is None else count(path)
    except (UnreadableScan, TruncatedScan):  # which is said when it is read
        return 0


def read_unpacked(
    archive: Path, folder: Path, limits: ReadLimits = DEFAULT_LIMITS
) -> tuple[Scan, ...]:
    """Read the scans of an archive that lies unpacked in a folder, named for both.

    Raises a ScanFileError.
    """
    files = [file for file in scans_below(folder) if file.suffix.lower() != ARCHIVE]
    if not files:
        raise EmptyScan(archive)
    return tuple(
        replace(
            scan,
            name=f"{archive.name}/{_place(file, folder)}{scan.name[len(file.name) :]}",
        )
        for file in files
        for scan in read_scan(file, limits)
    )


def _in_archive(path: Path, limits: ReadLimits) -> tuple[Scan, ...]:
    with TemporaryDirectory(prefix="scans-") as name:
        folder = Path(name) / "unpacked"
        unpack(path, folder)
        return read_unpacked(path, folder, limits)


def _place(file: Path, folder: Path) -> str:
    return file.relative_to(folder).as_posix()


def _read(path: Path, limits: ReadLimits) -> Found:
    suffix = path.suffix.lower()
    first: ScanFileError = UnknownFormat(path)
    if suffix in READERS:
        try:
            return _read_as(path, suffix, limits)
        except UnreadableScan as error:
            first = error
        if suffix in FALLBACKS:
            library, reader = FALLBACKS[suffix]
            try:
                return _said(reader(path), _by_fallback(path, library))
            except ScanFileError:
                pass  # the first reader's reason is the better one
    other = _other_suffix(path, suffix)
    if not other:
        raise first
    try:
        return _said(_read_as(path, other, limits), _by_content(path, other))
    except UnreadableScan:
        raise first from None


def _read_as(path: Path, suffix: str, limits: ReadLimits) -> Found:
    points = _count(path, suffix)
    if points > limits.points:
        raise OversizedScan(path, what="points", found=points, limit=limits.points)
    return READERS[suffix](path)


def _other_suffix(path: Path, suffix: str) -> str:
    """The suffix of a format that the content shows instead, or ""."""
    other = suffix_by_content(path)
    if other:
        return other if READERS[other] is not READERS.get(suffix) else ""
    text = suffix in READERS and READERS[suffix] is not read_text
    return ".xyz" if text and holds_rows(path) else ""


def _count(path: Path, suffix: str) -> int:
    counter = COUNTERS.get(suffix)
    if counter is not None:
        return counter(path)
    return path.stat().st_size // BYTES_A_POINT


def _check_bytes(path: Path, limits: ReadLimits) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise UnreadableScan(path, error.strerror or "it cannot be opened") from error
    if size == 0:
        raise EmptyScan(path)
    if size > limits.file_bytes:
        raise OversizedScan(path, what="bytes", found=size, limit=limits.file_bytes)


def _checked(path: Path, stations: Iterable[Scan | ScanFileError]) -> dict[int, Scan]:
    """Check stations, by number; one of several that is of no use is left out, and said."""
    kept: dict[int, Scan] = {}
    refused: list[tuple[int, ScanFileError]] = []
    for number, scan in enumerate(stations, start=1):
        if isinstance(scan, ScanFileError):
            refused.append((number, scan))
            continue
        try:
            kept[number] = checked(path, scan)
        except ScanFileError as error:
            refused.append((number, error))
    if not kept:
        raise refused[0][1] if refused else EmptyScan(path)
    first = min(kept)
    for number, reason in refused:
        kept[first] = kept[first].with_finding(
            "station-left-out",
            f"Station {number} of {path.name} was left out: {reason}",
            file=path.name,
            station=number,
            reason=str(reason),
        )
    return kept


def _named(path: Path, scans: dict[int, Scan]) -> tuple[Scan, ...]:
    """Name each station of several by its number, and say that there are several."""
    if len(scans) == 1:
        return tuple(scans.values())
    first = min(scans)
    scans[first] = scans[first].with_finding(
        "several-stations",
        f"{path.name} holds {len(scans)} stations; each is a scan of its own.",
        file=path.name,
        stations=len(scans),
    )
    return tuple(
        replace(scan, name=f"{path.name}#{number}") for number, scan in scans.items()
    )


def _said(found: Found, say: Callable[[Scan], Scan]) -> Found:
    """Add a finding to the first scan of a file."""
    if isinstance(found, Scan):
        return say(found)
    first = next(k for k, scan in enumerate(found) if isinstance(scan, Scan))
    return tuple(
        say(scan) if k == first and isinstance(scan, Scan) else scan
        for k, scan in enumerate(found)
    )


def _by_fallback(path: Path, library: str) -> Callable[[Scan], Scan]:
    def say(scan: Scan) -> Scan:
        return scan.with_finding(
            "reader-fallback",
            f"{path.name} was read by {library}, because the first reader could not "
            "read all of it.",
            file=path.name,
            reader=library,
        )

    return say


def _by_content(path: Path, suffix: str) -> Callable[[Scan], Scan]:
    def say(scan: Scan) -> Scan:
        form = suffix.lstrip(".").upper()
        return replace(scan, format=form).with_finding(
            "format-by-content",
            f"{path.name} is not what its name says; it was read as {form}.",
            file=path.name,
            format=form,
        )

    return say
