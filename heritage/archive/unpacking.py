"""Bags that come packed as ZIP or TAR: unpacked by a child with limits, if they are bags."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key
from scans.child import leashed

from . import room
from .bag_reading import is_bag
from .errors import BagRefused, NoSpace
from .places import staging_folder

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
CHILD = Path(__file__).with_name("unpack_child.py")
MEMORY_BYTES = 1024**3  # a million names take half of it
WORDS = {
    "climbing": _("%(file)s leads outside the package."),
    "link": _("%(file)s is a link. Pack the file itself."),
    "special": _("%(file)s is neither a file nor a folder."),
    "encrypted": _("%(file)s is encrypted. Pack it without a password."),
    "method": _("%(file)s is packed by a method that few can unpack (such as Deflate64). Pack it as an ordinary ZIP."),
    "twice": _("%(file)s is in the package twice."),
    "damaged": _("%(file)s cannot be unpacked: it is damaged."),
    "too-many": _("The package holds too many files."),
    "too-large": _("What the package holds is too large."),
    "bomb": _("The package claims to hold hundreds of times its own size."),
}  # fmt: skip


@contextmanager
def unpacked_bag(path: Path) -> Iterator[Path | None]:
    """Give the folder of the bag that a path is, or packs; None where it is no bag.

    Raises `BagRefused` for a packed bag that is not safe to unpack, or `NoSpace`.
    """
    if path.is_dir() and is_bag(path):
        yield path
        return
    told = _look(path) if path.is_file() and path.name.lower().endswith(ENDINGS) else {}
    if told.get("bag") is None:
        yield None
        return
    _check(path, told)
    if room.free_bytes() - 2 * told["bytes"] < room.RESERVE_BYTES:
        raise NoSpace(room.free_bytes())  # unpacked once, kept once
    with staging_folder(f"unpack-{new_key()}") as folder:
        _check(path, _run("unpack", path, folder))
        yield folder / told["bag"]


def _look(path: Path) -> dict[str, Any]:
    """Look into a package; one that cannot be opened is no bag, and kept as it is."""
    try:
        return _run("look", path, path)
    except BagRefused:
        return {}


def _check(path: Path, told: dict[str, Any]) -> None:
    if told["faults"]:
        reasons = [str(WORDS[code]) % {"file": name} for code, name in told["faults"]]
        raise BagRefused(path.name, reasons)


def _run(act: str, path: Path, target: Path) -> dict[str, Any]:
    limits = [str(settings.BAG_FILES), str(settings.BAG_BYTES)]
    command = [sys.executable, "-I", str(CHILD), act, str(path), str(target), *limits]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            leashed(command, memory_bytes=MEMORY_BYTES),
            capture_output=True,
            timeout=settings.BAG_TIME_S,
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise BagRefused(
            path.name, [str(WORDS["damaged"]) % {"file": path.name}]
        ) from error
    told: dict[str, Any] = json.loads(done.stdout)
    return told
