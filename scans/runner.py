"""Runs stages one after another and takes a run up where it broke off.

Each stage writes into a fresh folder `.tmp-…`, which is synced and renamed to
`<nn>-<name>-<key>` when it is whole. The key is made of everything that the output
depends on, so a folder of that name is the output, whoever made it and when.
"""

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from scans.digests import folder_digest, key_digest
from scans.geometry.scan import Finding
from scans.memory import peak_bytes
from scans.monitor import Monitor

RECORD = "stage.json"


@dataclass(frozen=True)
class Bench:
    """What a stage works with: its folder, finished stages by name, and two voices."""

    folder: Path
    finished: dict[str, "StageRecord"]
    progress: Callable[[float], None]
    warn: Callable[[Finding], None]

    def output(self, stage: str) -> Path:
        """Folder of an earlier stage."""
        return self.finished[stage].folder


class Stage(Protocol):
    """One step; `depends` is what its output depends on besides earlier stages."""

    name: str
    version: int

    def depends(self) -> dict[str, Any]:
        """Parameters, as JSON can say them."""

    def run(self, bench: Bench) -> dict[str, Any]:
        """Write the output into bench.folder; give figures for the report."""


@dataclass(frozen=True)
class StageRecord:
    """A finished stage."""

    name: str
    folder: Path
    seconds: float
    peak_bytes: int
    digest: str
    figures: dict[str, Any]
    findings: list[dict[str, Any]]
    resumed: bool


def run_stages(
    stages: Sequence[Stage], folder: Path, *, key: str, monitor: Monitor
) -> dict[str, StageRecord]:
    """Run stages in order below `folder`; `key` stands for the inputs."""
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    finished: dict[str, StageRecord] = {}
    for number, stage in enumerate(stages):
        key = key_digest(key, stage.name, stage.version, stage.depends())
        place = folder / f"{number:02d}-{stage.name}-{key}"
        monitor.start(stage.name)
        record = _find(place) or _run(stage, place, finished, monitor)
        if record.resumed:
            for finding in record.findings:
                monitor.warn(Finding(**finding))
        finished[stage.name] = record
        monitor.finish(
            seconds=record.seconds,
            peak_bytes=record.peak_bytes,
            digest=record.digest,
            resumed=record.resumed,
        )
    return finished


def _run(
    stage: Stage, place: Path, finished: dict[str, StageRecord], monitor: Monitor
) -> StageRecord:
    work = place.with_name(f".tmp-{place.name}")
    work.mkdir()
    started = time.perf_counter()
    told = len(monitor.findings)
    bench = Bench(work, finished, monitor.progress, monitor.warn)
    figures = stage.run(bench)
    findings = [
        {"code": f.code, "message": f.message, "facts": f.facts}
        for f in monitor.findings[told:]
    ]
    record: dict[str, Any] = {
        "name": stage.name,
        "seconds": round(time.perf_counter() - started, 3),
        "peak_bytes": peak_bytes(),
        "digest": folder_digest(work),
        "figures": figures,
        "findings": findings,
    }
    write_json(work / RECORD, record)
    _sync(work)
    work.rename(place)
    _sync_folder(place.parent)
    return StageRecord(**record, folder=place, resumed=False)


def _find(place: Path) -> StageRecord | None:
    """Give a finished stage's record; what was damaged since is thrown away."""
    try:
        record = json.loads((place / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        shutil.rmtree(place, ignore_errors=True)
        return None
    if folder_digest(place, without=RECORD) != record["digest"]:
        shutil.rmtree(place)
        return None
    return StageRecord(**record, folder=place, resumed=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON the same way every time."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def publish(source: Path, target: Path) -> None:
    """Put a copy of a finished file at its final place, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    work = target.with_name(f".tmp-{target.name}")
    work.unlink(missing_ok=True)
    try:
        os.link(source, work)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, work)
    work.replace(target)
    # Renaming one link of a file onto another of the same file does nothing.
    work.unlink(missing_ok=True)


def _sweep(folder: Path) -> None:
    """Take away what a killed run left half done."""
    for rest in folder.glob(".tmp-*"):
        shutil.rmtree(rest, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
