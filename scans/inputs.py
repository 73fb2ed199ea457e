"""What a run is given: which files, how they are to be read, and their digests."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scans.digests import file_digest
from scans.errors import MissingScan, NoScans, UnknownFormat
from scans.readers import FORMATS, expected_points, is_scan_file
from scans.readers.ply import count_faces
from scans.recipe import MESH_ONLY, RANGE_SCANS, SINGLE_CLOUD

MESH_FORMATS = {".obj", ".stl", ".glb", ".gltf", ".off"}


@dataclass(frozen=True)
class Input:
    """One file of a run."""

    path: Path
    sha512: str
    bytes: int
    points: int  # as its header claims
    meshed: bool


def find_inputs(folder: Path, names: Sequence[str] = ()) -> list[Input]:
    """List the scans of a folder (or one file), by name; `names` picks some of them.

    Raises NoScans, MissingScan, and what a header shows to be wrong.
    """
    paths = _picked(folder, names) if names else _all(folder)
    if not paths:
        raise NoScans(folder)
    return [_input(path) for path in sorted(paths, key=lambda path: path.name)]


def choose_recipe(inputs: list[Input]) -> str:
    """Choose the recipe by what there is."""
    if len(inputs) > 1:
        return RANGE_SCANS
    return MESH_ONLY if inputs[0].meshed else SINGLE_CLOUD


def _all(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise NoScans(folder)
    return [path for path in folder.iterdir() if is_scan_file(path)]


def _picked(folder: Path, names: Sequence[str]) -> list[Path]:
    for name in names:
        path = folder / name
        if Path(name).name != name or not path.is_file():
            raise MissingScan(folder, name)
        if path.suffix.lower() not in FORMATS:
            raise UnknownFormat(path)
    return [folder / name for name in dict.fromkeys(names)]


def _input(path: Path) -> Input:
    size = path.stat().st_size
    suffix = path.suffix.lower()
    points = expected_points(path) if size else 0
    meshed = suffix in MESH_FORMATS
    if suffix == ".ply" and size:
        meshed = count_faces(path) > 0
    return Input(path, file_digest(path), size, points, meshed)
