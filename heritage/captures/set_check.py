"""Look at a whole set of files before anything is queued: one complete report.

Names and sameness are looked at here; whatever must be parsed, in the limited child
process (preflight.py). Nothing is changed, nothing kept.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

from heritage.archive.errors import UnsafeName
from heritage.archive.local_store import hash_steps
from heritage.archive.names import printable, readable, safe_name
from heritage.archive.set_report import Level, SetReport, Told

from .actions.files import DOUBTFUL, NO_CLOUD, Role, guess_role
from .messages import reason_and_cure
from .models import Capture
from .preflight import Finding, Inspection, inspect_doubtful, inspect_files
from .usable import COMPANIONS, UNIT_UNKNOWN, free_name

LONGEST_M, SHORTEST_M = 100.0, 0.001  # as on the quality sheet
METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}
LONGEST_NAME = 255  # of a stored file, with its folders
HEAD_BYTES = 1024**2  # files of one size mostly differ within it


@dataclass(frozen=True)
class SetFile:
    """A file of a set: its name within it, and where it lies."""

    name: str
    path: Path
    size_bytes: int


@dataclass
class Looked:
    """What was found, and what each scan holds, by the file's name."""

    files: int = 0
    findings: list[Finding] = field(default_factory=list)
    inspections: dict[str, Inspection] = field(default_factory=dict)

    def report(self) -> SetReport:
        return build_report(self.findings, files=self.files)


def look_at_set(
    files: Sequence[SetFile],
    *,
    unit: str = "",
    beside: Mapping[str, Path] | None = None,
) -> Looked:
    """Look at all files of a set; `beside` is what meshes among them may name as well."""
    looked = Looked(len(files))
    looked.findings += [*check_names(file.name for file in files), *_contents(files)]
    looked.inspections = _inspect(files, beside or {})
    for name, inspection in looked.inspections.items():
        told = [_with_name(one, name) for one in inspection.findings]
        looked.findings += [_at_hand_in(one) for one in told if _counts(one, unit)]
        looked.findings += scale_findings(name, inspection.figures, unit)
    return looked


def look_at_folder(root: Path) -> Looked:
    """Look at a folder or a file on a disk of ours, with all that cannot be taken in it."""
    files: list[SetFile] = []
    findings: list[Finding] = []
    for name, path in _walk(root):
        told = printable(readable(name))
        if told != name:
            findings.append(_finding("name-decoded", told, raw=printable(name)))
        fault = _fault_on_disk(told, path)
        if fault is None:
            files.append(SetFile(told, path, path.stat().st_size))
        else:
            findings.append(fault)
    looked = look_at_set(files)
    looked.findings = findings + looked.findings
    looked.files += sum(bool(one["blocks"]) for one in findings)
    return looked


def report_of_capture(capture: Capture) -> SetReport:
    """Tell what stands against computing a model, from what was found on arrival."""
    rows = capture.files.select_related("stored_file").filter(is_left_out=False)
    findings: list[Finding] = []
    by_digest: dict[str, str] = {}
    for row in rows:
        name = row.stored_file.name
        told = [_with_name(entry, name) for entry in row.findings]
        findings += [entry for entry in told if _counts(entry, capture.unit)]
        findings += scale_findings(name, row.figures, capture.unit)
        other = by_digest.setdefault(row.stored_file.sha512, name)
        if other != name:
            findings.append(_finding("same-content", name, other=other))
    return build_report(findings, files=len(rows))


def build_report(findings: Iterable[Finding], *, files: int) -> SetReport:
    """Put findings into the reader's language, errors first, then by file."""
    told = [
        Told(
            str(entry["facts"].get("set_file") or entry["facts"].get("file", "")),
            entry["code"],
            Level.ERROR if entry.get("blocks") else Level.WARNING,
            *reason_and_cure(entry),
        )
        for entry in findings
    ]
    return SetReport(sorted(told, key=lambda one: (one.level, one.file)), files)


def check_names(names: Iterable[str]) -> Iterator[Finding]:
    """Tell which names cannot stand, or cannot stand beside each other."""
    safe: dict[str, str] = {}
    folded: dict[str, str] = {}
    for name in names:
        try:
            own = safe_name(name)
        except (UnsafeName, UnicodeEncodeError):
            own = ""
        if not own or len(own) > LONGEST_NAME:
            yield _finding("name-unsafe", name, blocks=True)
            continue
        alike = folded.setdefault(own.casefold(), name)
        if own in safe:
            yield _finding("name-twice", name, blocks=True, other=safe[own])
        elif alike != name:
            yield _finding("name-alike", name, other=alike)
        safe.setdefault(own, name)
    for own, name in safe.items():
        folders = {str(parent) for parent in PurePosixPath(own).parents}
        for other in sorted(folders & safe.keys()):
            yield _finding("name-twice", name, blocks=True, other=safe[other])


def scale_findings(
    name: str, figures: Mapping[str, Any], unit: str
) -> Iterator[Finding]:
    """Doubt a scan that is larger than a house or smaller than a grain of sand."""
    known = figures.get("unit") or unit
    bounds = figures.get("bounds")
    if known not in METRES or not bounds:
        return
    sides = zip(bounds["min"], bounds["max"], strict=True)
    longest_m = max(high - low for low, high in sides) * METRES[known]
    if not SHORTEST_M <= longest_m <= LONGEST_M:
        yield _finding("scale-absurd", name, longest_m=_plain(longest_m), unit=known)


def _plain(figure: float) -> str:
    """Write three digits that count, and never as a power of ten: people read it."""
    return f"{Decimal(f'{figure:.3g}'):,f}"


def _inspect(
    files: Sequence[SetFile], beside: Mapping[str, Path]
) -> dict[str, Inspection]:
    """Have the engine look into the scans; notes that are no clouds are passed over."""
    flat: dict[str, SetFile] = {}
    for file in files:
        if guess_role(file.name) == Role.SCAN:
            flat[free_name(file.name, flat)] = file
    sure = {n: f.path for n, f in flat.items() if not _is_doubtful(f.name)}
    near = {
        PurePosixPath(file.name).name: file.path
        for file in files
        if PurePosixPath(file.name).suffix.lower() in COMPANIONS
    }
    seen = inspect_files(sure, beside={**beside, **near})
    doubtful = {n: f.path for n, f in flat.items() if _is_doubtful(f.name)}
    for name, inspection in inspect_doubtful(doubtful).items():
        if not any(entry["code"] in NO_CLOUD for entry in inspection.findings):
            seen[name] = inspection
    return {flat[name].name: inspection for name, inspection in seen.items()}


def _contents(files: Sequence[SetFile]) -> Iterator[Finding]:
    """Tell which files are empty, and which hold the same bytes."""
    for file in files:
        if not file.size_bytes and guess_role(file.name) != Role.SCAN:
            yield _finding("file-empty", file.name)
    by_size = sorted((f for f in files if f.size_bytes), key=lambda f: f.size_bytes)
    for _size, group in groupby(by_size, key=lambda f: f.size_bytes):
        yield from _same(list(group))


def _same(files: Sequence[SetFile]) -> Iterator[Finding]:
    if len(files) < 2:
        return
    heads: dict[bytes, list[SetFile]] = {}
    for file in files:
        heads.setdefault(_head_digest(file.path), []).append(file)
    for alike in heads.values():
        first: dict[str, str] = {}
        for file in alike if len(alike) > 1 else ():
            other = first.setdefault(_digest(file.path), file.name)
            if other != file.name:
                yield _finding("same-content", file.name, other=other)


def _head_digest(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(HEAD_BYTES)).digest()


def _digest(path: Path) -> str:
    steps = hash_steps(path)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return str(done.value)


def _walk(root: Path) -> Iterator[tuple[str, Path]]:
    if not root.is_dir():
        yield root.name, root
        return
    for folder, folders, names in os.walk(root):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted([*names, *links]):
            path = Path(folder, name)
            yield path.relative_to(root).as_posix(), path


def _fault_on_disk(name: str, path: Path) -> Finding | None:
    if path.is_symlink():
        return _finding("file-link", name, blocks=True)
    if path.exists() and not path.is_file():  # opened, a pipe would wait for a writer
        return _finding("file-special", name, blocks=True)
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        reason = error.strerror or ""
        return _finding("file-unreadable", name, blocks=True, reason=reason)
    return None


def _finding(code: str, name: str, *, blocks: bool = False, **facts: Any) -> Finding:
    return {"code": code, "facts": {"file": name, **facts}, "blocks": blocks}


def _with_name(entry: Finding, name: str) -> Finding:
    """Name the file as the set does; the engine knows it without its folders."""
    return {**entry, "facts": {**entry["facts"], "set_file": name}}


def _counts(entry: Finding, unit: str) -> bool:
    return not (entry["code"] == UNIT_UNKNOWN and unit)


def _at_hand_in(entry: Finding) -> Finding:
    """A missing unit stops a run, not a hand-in: it can be stated afterwards."""
    return {**entry, "blocks": False} if entry["code"] == UNIT_UNKNOWN else entry


def _is_doubtful(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in DOUBTFUL
