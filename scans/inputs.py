"""What a run is given: which files, how they are to be read, and their digests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from scans.digests import file_digest
from scans.errors import MissingScan, NoScans, UnknownFormat
from scans.geometry.scan import Finding, Scan
from scans.readers import FORMATS, expected_points, posed_stations, scans_below
from scans.readers.archive import SUFFIX, unpack
from scans.readers.late import late
from scans.readers.obj import holds_faces
from scans.readers.ply import count_faces
from scans.recipe import MESH_ONLY, POSED_SCANS, RANGE_SCANS, SINGLE_CLOUD

MESH_FORMATS = {".obj", ".stl", ".glb", ".gltf", ".off"}
# Formats that hold clouds as well as meshes, and what tells.
FACES: dict[str, Callable[[Path], bool]] = {
    ".ply": lambda path: count_faces(path) > 0,
    ".obj": holds_faces,
    ".glb": late("gltf", "holds_faces"),
    ".gltf": late("gltf", "holds_faces"),
}


@dataclass(frozen=True)
class Input:
    """One file of a run.

    name    : as reports tell it: its place below the folder or in the archive it came in
    archive : SHA-512 of that archive, "" if there was none
    """

    path: Path
    bytes: int
    points: int  # as its header claims
    meshed: bool
    name: str
    archive: str = ""
    findings: tuple[Finding, ...] = ()

    @cached_property
    def sha512(self) -> str:
        """The file's digest: reading it all is left to those who ask."""
        return file_digest(self.path)

    def named(self, scan: Scan) -> Scan:
        """Name a scan of this file by the file's full name."""
        return replace(scan, name=self.name + scan.name.removeprefix(self.path.name))


def find_inputs(
    folder: Path, names: Sequence[str] = (), *, workspace: Path | None = None
) -> list[Input]:
    """List the scans of a folder (or one file), by name; `names` picks some of them.

    workspace : where archives are unpacked; without one they count as single files

    Raises NoScans, MissingScan, UnreadableArchive, and what a header shows to be wrong.
    """
    paths = _picked(folder, names) if names else _all(folder)
    inputs = []
    for path in paths:
        if path.suffix.lower() == SUFFIX and workspace is not None:
            inputs += _unpacked(path, workspace)
        else:
            inputs.append(_input(path, _told_name(path, folder)))
    if not inputs:
        raise NoScans(folder)
    return sorted(inputs, key=lambda entry: entry.name)


def choose_recipe(inputs: list[Input]) -> str:
    """Choose the recipe by what there is."""
    stated = [posed_stations(entry.path) for entry in inputs]
    # A few poses among many scans help less than placing them all alike.
    if sum(stated) > 1 and 2 * sum(map(bool, stated)) >= len(inputs):
        return POSED_SCANS
    if len(inputs) > 1:
        return RANGE_SCANS
    return MESH_ONLY if inputs[0].meshed else SINGLE_CLOUD


def unpacked(archive: Path, workspace: Path) -> tuple[Path, str]:
    """Unpack an archive where its digest says, once; give that folder and the digest.

    Raises UnreadableArchive, OversizedScan.
    """
    digest = file_digest(archive)
    place = workspace / digest[:24]
    if not place.is_dir():
        work = workspace / f".tmp-{place.name}"
        unpack(archive, work)
        work.rename(place)
    return place, digest


def _all(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise NoScans(folder)
    return scans_below(folder)


def _told_name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path != folder else path.name


def _picked(folder: Path, names: Sequence[str]) -> list[Path]:
    for name in names:
        path = folder / name
        if Path(name).name != name or not path.is_file():
            raise MissingScan(folder, name)
        if path.suffix.lower() not in FORMATS:
            raise UnknownFormat(path)
    return [folder / name for name in dict.fromkeys(names)]


def _unpacked(archive: Path, workspace: Path) -> list[Input]:
    """Unpack an archive and list its scans; each knows what it came in."""
    place, digest = unpacked(archive, workspace)
    inputs = []
    for path in scans_below(place):
        name = f"{archive.name}/{path.relative_to(place).as_posix()}"
        if path.suffix.lower() == SUFFIX:
            continue
        inputs.append(replace(_input(path, name), archive=digest))
    if not inputs:
        raise NoScans(archive)
    return [replace(inputs[0], findings=nested_archives(archive, place)), *inputs[1:]]


def nested_archives(archive: Path, place: Path) -> tuple[Finding, ...]:
    """Tell of archives in the archive, which stay closed."""
    names = [
        f"{archive.name}/{path.relative_to(place).as_posix()}"
        for path in sorted(place.rglob("*"))
        if path.suffix.lower() == SUFFIX
    ]
    return tuple(
        Finding(
            "nested-archive",
            f"{name} lies packed in another archive; it was not opened. "
            f"Unpack it first.",
            {"file": name},
        )
        for name in names
    )


def _input(path: Path, name: str) -> Input:
    size = path.stat().st_size
    suffix = path.suffix.lower()
    points = expected_points(path) if size else 0
    meshed = suffix in MESH_FORMATS
    if suffix in FACES and size:
        meshed = FACES[suffix](path)
    return Input(path, size, points, meshed, name)
