"""Look at handed-in files in a child process, and tell what is wrong with each.

One child parses the whole set, for loading the engine costs more than most files. Only
if it dies are the files looked at one by one, to learn which of them kills it.
"""

import fcntl
import logging
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from scans import child
from scans.events import Event

log = logging.getLogger(__name__)
LOG_BYTES = 16 * 1024**2  # it writes nothing but its log, unless it has to unpack
ARCHIVE = ".zip"
Finding = dict[str, Any]  # code, facts, blocks: kept in CaptureFile.findings
# What the inspection tells of a file, as far as a curator or the graph wants it.
FIGURES = ("format", "points", "triangles", "bounds", "unit", "attributes")


@dataclass(frozen=True)
class Inspection:
    """What the engine found in one file."""

    findings: list[Finding] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)


def inspect_files(
    files: Mapping[str, Path], *, beside: Mapping[str, Path] | None = None
) -> dict[str, Inspection]:
    """Inspect files, given by name and place; every name is answered for.

    `beside` is what they may name: materials, pictures. It is not looked at by itself.
    """
    if not files:
        return {}
    with _one_set_at_a_time(), _linked({**(beside or {}), **files}) as folder:
        return _inspect(folder, sorted(files))


def inspect_doubtful(files: Mapping[str, Path]) -> dict[str, Inspection]:
    """Inspect files that may as well be notes, each by itself: so the engine reads it."""
    found: dict[str, Inspection] = {}
    for name, place in files.items():
        found |= inspect_files({name: place})
    return found


def read_cameras(files: Mapping[str, Path]) -> dict[str, dict[str, Any]]:
    """Read what photographs tell of their camera, by name; of none, if one kills the reader."""
    if not files:
        return {}
    entries: list[dict[str, Any]] = []

    def hear(event: Event) -> None:
        if event.kind == "done":
            entries.extend(event.detail["files"])

    with _one_set_at_a_time(), _linked(files) as folder:
        try:
            child.run_engine(
                ["exif", str(folder / "set")],
                limits=_limits(folder, sorted(files)),
                on_event=hear,
                should_stop=lambda: False,
                log=folder / "log",
            )
        except (child.ChildRefused, child.ChildCrashed) as failure:
            # A convenience for the field sheet: the files themselves are looked at elsewhere.
            log.warning("The cameras of %d photographs: %s", len(files), failure)
    return {str(entry["file"]): dict(entry["exif"]) for entry in entries}


def _inspect(folder: Path, names: list[str]) -> dict[str, Inspection]:
    # A text by itself is read even if it does not look like a scan; an archive in its
    # folder is told about whole.
    is_alone = len(names) == 1 and not names[0].lower().endswith(ARCHIVE)
    place = folder / "set" / names[0] if is_alone else folder / "set"
    entries: list[dict[str, Any]] = []

    def hear(event: Event) -> None:
        if event.kind == "done":
            entries.extend(event.detail["files"])

    try:
        child.run_engine(
            # Archives are unpacked where we clear up, even if the child is killed.
            ["inspect", str(place), "--work", str(folder)],
            limits=_limits(folder, names),
            on_event=hear,
            should_stop=lambda: False,
            log=folder / "log",
        )
    except (child.ChildRefused, child.ChildCrashed) as failure:
        if len(names) == 1:
            return {names[0]: _failed(names[0], failure)}
        return {name: _inspect(folder, [name])[name] for name in names}
    known = {str(entry["file"]): _parse_entry(entry) for entry in entries}
    # What lies in the folder and is not mentioned does not even look like a scan.
    other = {name: _refusal("unknown-format", {"file": name}) for name in names}
    return {name: known.get(name, other[name]) for name in names}


def _parse_entry(entry: Mapping[str, Any]) -> Inspection:
    error = entry.get("error")
    if error:
        told = entry.get("errors", [error])  # of an archive, all that is wrong
        return Inspection([_blocking(one["code"], one["facts"]) for one in told])
    findings = [{**warning, "blocks": False} for warning in entry.get("warnings", [])]
    if not entry.get("unit"):
        facts = {"file": entry["file"]}
        findings = [f for f in findings if f["code"] != "unit-unknown"]
        findings.append({"code": "unit-unknown", "facts": facts, "blocks": True})
    figures = {name: entry[name] for name in FIGURES if entry.get(name) is not None}
    if stations := entry.get("scans"):
        file = str(entry["file"])
        figures["stations"] = [scan["name"].removeprefix(file) for scan in stations]
    return Inspection(findings, figures)


def _failed(name: str, failure: child.ChildRefused | child.ChildCrashed) -> Inspection:
    if isinstance(failure, child.ChildRefused):
        return _refusal(failure.code, failure.facts)
    code = "scan-too-heavy" if failure.limit else "scan-breaks-reader"
    return _refusal(code, {"file": name})


def _refusal(code: str, facts: Mapping[str, Any]) -> Inspection:
    return Inspection([_blocking(code, facts)])


def _blocking(code: str, facts: Mapping[str, Any]) -> Finding:
    return {"code": code, "facts": dict(facts), "blocks": True}


def _limits(folder: Path, names: list[str]) -> child.Limits:
    packed = any(name.lower().endswith(ARCHIVE) for name in names)
    return child.Limits(
        memory_bytes=settings.INSPECT_MEMORY_BYTES,
        wall_s=settings.INSPECT_TIME_S,
        cpu_s=settings.INSPECT_TIME_S,
        file_bytes=shutil.disk_usage(folder).free if packed else LOG_BYTES,
    )


@contextmanager
def _linked(files: Mapping[str, Path]) -> Iterator[Path]:
    root = Path(settings.WORK_ROOT)
    folder = Path(tempfile.mkdtemp(prefix="inspect-", dir=root))
    try:
        (folder / "set").mkdir()
        for name, path in files.items():
            (folder / "set" / name).symlink_to(path)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _one_set_at_a_time() -> Iterator[None]:
    """Let one set wait for the other: two big ones together could fill the memory."""
    root = Path(settings.WORK_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    with (root / "inspect.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
