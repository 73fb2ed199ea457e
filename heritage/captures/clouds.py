"""Thin clouds of a capture's scans for the 3D page: made once, in the engine's child."""

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from heritage.archive.local_copies import lay_out
from scans import child
from scans.events import Event

from .models import Capture
from .usable import companions, named_scans

INDEX = "clouds.json"
PREFIX = "clouds-"
VERSION = 1  # of what the engine writes there


def find_clouds(capture: Capture) -> Path:
    """Give the folder of the capture's clouds, making them where they are not yet there.

    Raises `child.ChildRefused` or `child.ChildCrashed`.
    """
    place = _place(capture)
    if (place / INDEX).is_file():
        os.utime(place)  # what is still in use is not swept
        return place
    with _one_at_a_time():
        if not (place / INDEX).is_file():
            _make(capture, place)
    return place


def forget_clouds(capture: Capture) -> None:
    """Remove what was thinned from the capture's scans; it is made again when asked for."""
    for old in _root().glob(f"{PREFIX}{capture.key}-*"):
        shutil.rmtree(old, ignore_errors=True)


def read_index(place: Path) -> list[dict[str, Any]]:
    """Give the scans of clouds: name, number, points."""
    found: list[dict[str, Any]] = json.loads((place / INDEX).read_text())["scans"]
    return found


def ask_engine(words: Sequence[str], folder: Path) -> dict[str, Any]:
    """Let a child answer a short question; give what it says at its end."""
    told: dict[str, Any] = {}

    def hear(event: Event) -> None:
        if event.kind == "done":
            told.update(event.detail)

    child.run_engine(
        words,
        limits=child.Limits(
            memory_bytes=settings.INSPECT_MEMORY_BYTES,
            wall_s=settings.INSPECT_TIME_S,
            cpu_s=settings.INSPECT_TIME_S,
            file_bytes=shutil.disk_usage(folder).free,
        ),
        on_event=hear,
        should_stop=lambda: False,
        log=folder / "engine.log",
    )
    return told


@contextmanager
def question_folder() -> Iterator[Path]:
    """Give a folder for one question; it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ask-", dir=_root()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(capture: Capture, place: Path) -> None:
    with question_folder() as folder:
        source = folder / "set"
        source.mkdir()
        scans = named_scans(capture)
        for name, file in [*scans, *companions(capture, taken=dict(scans))]:
            lay_out(file.stored_file, source / name)
        words = ["thin", str(source), "--out", str(folder / "clouds")]
        words += [f"--unit={capture.unit}"] if capture.unit else []
        ask_engine(words, folder)
        forget_clouds(capture)
        (folder / "clouds").rename(place)


def _place(capture: Capture) -> Path:
    """Name the folder by what it is made of: other files, another folder."""
    known = [(name, file.stored_file.sha512) for name, file in named_scans(capture)]
    made_of = json.dumps([VERSION, capture.unit, known])
    digest = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    return _root() / f"{PREFIX}{capture.key}-{digest}"


def _root() -> Path:
    root = Path(settings.WORK_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return root


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (_root() / "clouds.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
