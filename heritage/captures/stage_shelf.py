"""Finished stages of a capture's last run: what a run after handwork goes on from.

The engine names a stage's folder by all that its output depends on, and takes it up only
under that name and with the digest that was written down. So what lies here may be old or
another's: it is used where it is the same, and computed where it is not.
"""

import json
import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from .models import Capture, Run
from .usable import files_in_use

log = logging.getLogger(__name__)
PREFIX = "stages-"
OWNER = "run.txt"  # the key of the run that computed them
RECORD = "stage.json"  # what the engine writes of a finished stage
TAKEN = "taken.json"  # in the work folder of the run that goes on: stage -> run
PAIRS = "pairs"  # how pairs of scans lie: a short cut for a run that leaves scans out
MOST_PAIRS = 5_000  # of a kilobyte; some are of scans that were changed since
KEPT = ("read", "frames", "register", "surface")  # the rest follows from these quickly


def goes_on(run: Run) -> bool:
    """Tell whether a run follows from handwork: any other is computed from its start."""
    return run.type == Run.Type.RECONSTRUCT and "acts" in run.constraints


def take_stages(run: Run, folder: Path) -> None:
    """Lay an earlier run's stages into a work folder that has none yet."""
    shelf, stages = _shelf(run), folder / "out" / "stages"
    if not goes_on(run) or stages.exists() or not (shelf / OWNER).is_file():
        return
    try:
        _lay_in(shelf, stages, folder / TAKEN)
    except OSError:  # the shelf was cleared meanwhile: it is no more than a short cut
        log.warning("Run %s begins from its start.", run.key, exc_info=True)
        shutil.rmtree(stages, ignore_errors=True)
        (folder / TAKEN).unlink(missing_ok=True)


def taken_stages(folder: Path) -> dict[str, str]:
    """Give the run, by key, that each stage laid in was computed by."""
    path = folder / TAKEN
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def keep_stages(run: Run, folder: Path) -> None:
    """Put a finished run's stages on the shelf, in the place of those before.

    Nothing stays there of scans that were retired or erased while it was computed.
    """
    if run.type != Run.Type.RECONSTRUCT:
        return
    shelf, stages = _shelf(run), folder / "out" / "stages"
    fresh = shelf.with_name(f"{shelf.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    used = dict(run.stages.filter(name__in=KEPT).values_list("name", "digest"))
    for path in _folders(stages):
        if used.get(_name(path)) == _digest(path):
            path.rename(fresh / path.name)
    _keep_pairs(stages / PAIRS, fresh / PAIRS)
    (fresh / OWNER).write_text(run.key)
    shutil.rmtree(shelf, ignore_errors=True)
    fresh.rename(shelf)
    # Asked last: a scan that goes out of sight from now on clears what is there.
    if not _are_held(run):
        forget_stages(run.capture)


def _keep_pairs(made: Path, kept: Path) -> None:
    """Keep what pairs gave, the newest first; it is named by what it depends on."""
    found = sorted(made.glob("*.json"), key=lambda path: -path.stat().st_mtime_ns)
    kept.mkdir()
    for path in found[:MOST_PAIRS]:
        path.rename(kept / path.name)


def forget_stages(capture: Capture) -> None:
    """Remove what was computed from scans that are no longer to be seen."""
    for old in _root().glob(f"{PREFIX}{capture.key}-*"):
        shutil.rmtree(old, ignore_errors=True)


def make_room(needed_bytes: int) -> int:
    """Clear shelves, the oldest first, until so much is free; give what is free then."""
    for shelf in _oldest_first():
        if shutil.disk_usage(_root()).free >= needed_bytes:
            break
        shutil.rmtree(shelf, ignore_errors=True)
    return shutil.disk_usage(_root()).free


def _oldest_first() -> Iterator[Path]:
    ages = {}
    for path in _root().glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # cleared by another meanwhile
            ages[path] = path.stat().st_mtime
    yield from sorted(ages, key=lambda path: (ages[path], path))


def _lay_in(shelf: Path, stages: Path, told: Path) -> None:
    stages.parent.mkdir(parents=True, exist_ok=True)
    owner = (shelf / OWNER).read_text()
    told.write_text(json.dumps({_name(path): owner for path in _folders(shelf)}))
    shutil.copytree(shelf, stages, copy_function=_link_or_copy)
    (stages / OWNER).unlink()


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without hard links
        shutil.copyfile(source, target)


def _are_held(run: Run) -> bool:
    """Tell whether the capture still holds each scan that the run's report names."""
    rows = Run.objects.values_list("report", flat=True).get(pk=run.pk).get("inputs", [])
    held = set(files_in_use(run.capture).values_list("stored_file__sha512", flat=True))
    # What came in a ZIP is known to the archive by the ZIP's digest.
    taken = (one.get("archive_sha512", one["sha512"]) for one in rows)
    return held.issuperset(taken)


def _folders(stages: Path) -> list[Path]:
    """Give the folders of finished stages."""
    return sorted(stages.glob("[0-9][0-9]-*"))


def _name(path: Path) -> str:
    """Read `read` in `00-read-1f2e…`."""
    return path.name.split("-")[1]


def _digest(path: Path) -> str:
    return str(json.loads((path / RECORD).read_text())["digest"])


def _shelf(run: Run) -> Path:
    """Exact runs and quick trials share no stage."""
    kind = "exact" if run.is_exact else "fast"
    return _root() / f"{PREFIX}{run.capture.key}-{kind}"


def _root() -> Path:
    return Path(settings.WORK_ROOT)
