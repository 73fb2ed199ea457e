"""Thin clouds of a capture's scans for the 3D page: made once, in the engine's child."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from heritage.archive.local_copies import lay_out
from scans import child
from scans.events import Event

from .models import Capture
from .usable import companions, named_scans
from .work_locks import alone, alone_at_once, alone_unless

INDEX = "clouds.json"
PREFIX = "clouds-"
BENCH = "ask-"  # what precedes the name of the folder that they are made in
SHARE = "share.txt"  # how far they are, while they are made
VERSION = 3  # of what the engine writes there
# One child at a time for the pages, and one for what is made ahead of them: for memory's
# sake, and so that nobody waits in front of a page for what nobody has asked for.
PAGES_LOCK = "clouds.lock"
AHEAD_LOCK = "ahead.lock"


def find_clouds(capture: Capture) -> Path:
    """Give the folder of the capture's clouds, making them where they are not yet there.

    Raises `child.ChildRefused`, `child.ChildCrashed` or `child.ChildStopped`.
    """
    place = place_of(capture)
    if (place / INDEX).is_file():
        os.utime(place)  # what is still in use is not swept
        return place
    with alone(lock_path(capture.key)):
        if not (place / INDEX).is_file():
            with alone(_root() / PAGES_LOCK):
                _make(capture, place)
    # Another set of scans by now: of that.
    return place if place_of(capture) == place else find_clouds(capture)


def make_ahead_of_pages(capture: Capture, *, should_stop: Callable[[], bool]) -> None:
    """Make the clouds in one's turn; raise `BlockingIOError` where a page makes them.

    The capture is locked last: what waits for its turn keeps no page waiting.
    Raises besides what `find_clouds` does.
    """
    with (
        alone_unless(should_stop, _root() / AHEAD_LOCK),
        alone_at_once(lock_path(capture.key)),
    ):
        place = place_of(capture)
        if not (place / INDEX).is_file():
            _make(capture, place, should_stop=should_stop)


def lock_path(key: str) -> Path:
    """Name the lock of a capture's clouds; whoever makes or sweeps them holds it."""
    return _root() / f"clouds.{key}.lock"


def share_made(capture: Capture) -> float | None:
    """Tell how far the clouds are, 0 to 1; None where nobody makes them."""
    place = place_of(capture)
    if (place / INDEX).is_file():
        return 1.0
    try:
        return float((_bench(place) / SHARE).read_text())
    except (FileNotFoundError, ValueError):  # not begun; or being written just now
        return None


def clouds_there(capture: Capture) -> Path | None:
    """Give the folder of the capture's clouds if they have been made."""
    place = place_of(capture)
    return place if (place / INDEX).is_file() else None


def forget_clouds(capture: Capture) -> None:
    """Remove what was thinned from the capture's scans; it is made again when asked for."""
    for old in made_of(capture.key):
        shutil.rmtree(old, ignore_errors=True)


def place_of(capture: Capture) -> Path:
    """Name the folder by what it is made of: other files, another folder."""
    known = [(name, file.stored_file.sha512) for name, file in named_scans(capture)]
    source = json.dumps([VERSION, capture.unit, known])
    digest = hashlib.sha256(source.encode()).hexdigest()[:16]
    return _root() / f"{PREFIX}{capture.key}-{digest}"


def keys_here() -> set[str]:
    """Give the keys of the captures of which this machine has clouds, halves or locks."""
    names = [path.name for path in _root().glob(f"*{PREFIX}*-*")]
    keys = {name.rpartition(PREFIX)[2].rpartition("-")[0] for name in names}
    return keys | {path.name.split(".")[1] for path in _root().glob("clouds.*.lock")}


def made_of(key: str) -> list[Path]:
    """Give the folders of a capture's clouds: of today's scans, and of other sets."""
    return list(_root().glob(f"{PREFIX}{key}-*"))


def left_half_made(key: str) -> list[Path]:
    """Give the folders in which they are made, or were when the process was killed."""
    return list(_root().glob(f"{BENCH}{PREFIX}{key}-*"))


def read_index(place: Path) -> list[dict[str, Any]]:
    """Give the scans of clouds: name, number, points."""
    found: list[dict[str, Any]] = json.loads((place / INDEX).read_text())["scans"]
    return found


def ask_engine(
    words: Sequence[str],
    folder: Path,
    *,
    progress: Callable[[float], None] = lambda _share: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any]:
    """Let a child answer a short question; give what it says at its end."""
    told: dict[str, Any] = {}

    def hear(event: Event) -> None:
        progress(event.fraction)
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
        should_stop=should_stop,
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


def _make(
    capture: Capture, place: Path, *, should_stop: Callable[[], bool] = lambda: False
) -> None:
    """Make the clouds; nothing stays of scans that went out of sight meanwhile."""
    bench = _bench(place)
    shutil.rmtree(bench, ignore_errors=True)  # of a process that was killed
    (bench / "set").mkdir(parents=True)
    try:
        scans = named_scans(capture)
        for name, file in [*scans, *companions(capture, taken=dict(scans))]:
            lay_out(file.stored_file, bench / "set" / name)
        words = ["thin", str(bench / "set"), "--out", str(bench / "clouds")]
        words += [f"--unit={capture.unit}"] if capture.unit else []
        share = bench / SHARE
        ask_engine(
            words, bench, should_stop=should_stop,
            progress=lambda done: _tell(share, done),
        )  # fmt: skip
        forget_clouds(capture)
        (bench / "clouds").rename(place)
        # Asked last: what goes out of sight from now on clears what is there.
        if place_of(capture) != place:
            forget_clouds(capture)
    finally:
        shutil.rmtree(bench, ignore_errors=True)


def _tell(share: Path, done: float) -> None:
    share.write_text(f"{done:.3f}")


def _bench(place: Path) -> Path:
    return place.with_name(f"{BENCH}{place.name}")


def _root() -> Path:
    root = Path(settings.WORK_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return root
