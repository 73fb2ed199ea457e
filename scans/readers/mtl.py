"""Materials of OBJ files: colours and pictures by name, found beside the mesh or told."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from scans.geometry.scan import Finding
from scans.readers.beside import OutsideFolder, bare_name, find_beside, normal
from scans.readers.lettering import decode_text
from scans.readers.painting import Bytes, UnreadablePicture, open_picture

LIBRARY_BYTES = 16_000_000  # a hundred times the longest we have seen
# Options of map_Kd and how many words follow each at most (MTL specification, 1995).
OPTIONS = {
    "-blendu": 1, "-blendv": 1, "-cc": 1, "-clamp": 1, "-texres": 1, "-imfchan": 1,
    "-boost": 1, "-bm": 1, "-type": 1, "-mm": 2, "-o": 3, "-s": 3, "-t": 3,
}  # fmt: skip


@dataclass
class Material:
    """What one material says about colour: a flat one in sRGB, a picture's name."""

    flat: tuple[float, ...] = ()
    picture: str = ""
    is_clamped: bool = False


@dataclass
class Shelf:
    """Materials by name, pictures once opened, and what there is to tell about them."""

    path: Path
    materials: dict[str, Material] = field(default_factory=dict)
    findings: dict[tuple[str, str], Finding] = field(default_factory=dict)
    _pictures: dict[str, Bytes | None] = field(default_factory=dict)

    def add_library(self, name: str) -> None:
        """Read a material library that the mesh names."""
        place = self._find(name)
        if place is None:
            return
        if place.stat().st_size > LIBRARY_BYTES:
            self._tell("companion-unreadable", name)
            return
        self.materials |= parse_library(decode_text(place.read_bytes()))

    def picture(self, material: Material) -> Bytes | None:
        """The picture of a material, if it can be had."""
        name = material.picture
        if name and name not in self._pictures:
            self._pictures[name] = self._opened(name)
        return self._pictures.get(name)

    def _opened(self, name: str) -> Bytes | None:
        place = self._find(name)
        if place is None:
            return None
        try:
            return open_picture(place)
        except UnreadablePicture:
            self._tell("companion-unreadable", name)
            return None

    def _find(self, name: str) -> Path | None:
        try:
            place = find_beside(self.path, name)
        except OutsideFolder:
            self._tell("companion-outside", name)
            return None
        if place is None:
            self._tell("companion-missing", name)
        elif normal(place.name) != normal(bare_name(name)):
            self._tell("companion-case", name)
        return place

    def _tell(self, code: str, name: str) -> None:
        finding = companion_finding(code, self.path.name, bare_name(name))
        self.findings[code, name] = finding


LIBRARY = ".mtl"  # the ending of a list of materials, which is no picture itself
NOT_THERE = ("companion-missing", "companion-outside")


def companion_finding(code: str, file: str, other: str) -> Finding:
    """Tell that a file named by a mesh could not be used."""
    sentence = {
        "companion-case": (
            f"{file} names {other}, which is written with other capitals; it was used "
            f"here, and other programs will not find it. Rename it."
        ),
        "companion-missing": (
            f"{file} names {other}, which is not there; the colours in it are missing. "
            f"Hand both in together, in one folder or ZIP."
        ),
        "companion-outside": (
            f"{file} names {other} outside its own folder; it was not opened. "
            f"Put it beside {file}."
        ),
        "companion-unreadable": (
            f"{file} names {other}, which cannot be read as what it should be; "
            f"the colours in it are missing."
        ),
    }[code]
    return Finding(code, sentence, {"file": file, "other": other})


def parse_library(text: str) -> dict[str, Material]:
    """Parse an MTL file; statements about anything but colour are passed over."""
    materials: dict[str, Material] = {}
    current = Material()
    for line in text.replace("\\\n", " ").splitlines():
        key, _, rest = line.strip().partition(" ")
        key, rest = key.strip().lower(), rest.strip()
        if "\t" in key:
            key, _, more = key.partition("\t")
            rest = f"{more} {rest}".strip()
        if key == "newmtl":
            current = materials.setdefault(rest, Material())
        elif key == "kd":
            current.flat = _flat(rest)
        elif key == "map_kd":
            _take_picture(current, rest)
    return materials


def flat_colours(materials: list[Material]) -> np.ndarray | None:
    """sRGB bytes of each material, (k, 3); None where they are all one grey.

    Programs write a grey for every material that nobody gave a colour.
    """
    table = np.array([m.flat or (1.0, 1.0, 1.0) for m in materials]).reshape(-1, 3)
    plain = bool((np.ptp(table, axis=1) < 1e-3).all())
    if not len(table) or (plain and float(np.ptp(table)) < 1e-3):
        return None
    return np.asarray(np.rint(np.clip(table, 0, 1) * 255), dtype=np.uint8)


def _flat(rest: str) -> tuple[float, ...]:
    try:
        values = tuple(float(word) for word in rest.split()[:3])
    except ValueError:
        return ()  # `spectral` and `xyz` forms, which no scanner writes
    return values if len(values) == 3 and np.isfinite(values).all() else ()


def _take_picture(material: Material, rest: str) -> None:
    words = rest.split()
    while words and words[0].lower() in OPTIONS:
        option = words.pop(0).lower()
        material.is_clamped |= option == "-clamp" and words[:1] == ["on"]
        for taken in range(OPTIONS[option]):
            # -o, -s and -t take one to three numbers.
            if not words or (taken and not _is_number(words[0])):
                break
            words.pop(0)
    # What is left is the name, blanks and all.
    tail = rest
    if words:
        tail = rest[rest.index(words[0]) :] if rest.split() != words else rest
    material.picture = tail.strip().strip('"') if words else ""


def _is_number(word: str) -> bool:
    return word.lstrip("+-").replace(".", "", 1).isdigit()
