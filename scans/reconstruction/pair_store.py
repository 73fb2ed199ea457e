"""What matching a pair of scans gave before, kept for a run that leaves others out.

Each pair has a file, named by the digest of all that its matching depends on. It is a
short cut beside the stages and part of no stage's output: what is not there, or was torn,
is matched again and comes out the same.
"""

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterable
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.digests import key_digest
from scans.reconstruction.evidence import Evidence

FloatArray = NDArray[np.float64]
Way = tuple[FloatArray, Evidence]  # a motion, and what speaks for it

NO_CONTENT = {"name", "tree"}  # matches do not depend on it, or it follows from others
FOLDER = "pairs"


class PairStore:
    """Ways that pairs lie, by key, in a folder; without one nothing is kept.

    version : of the stage that matches: another's are not found
    """

    def __init__(self, folder: Path | None = None, version: int = 0) -> None:
        self._folder = folder
        self._version = version
        if folder is not None:
            for torn in folder.glob(".tmp-*"):  # by a process that was killed
                _remove(torn)

    def key(self, first: str, second: str, *rest: Any) -> str:
        """Name a pair by the contents of both and what else its matching depends on."""
        return key_digest(self._version, first, second, *rest)

    def find(self, key: str) -> list[Way] | None:
        """Give what was kept under a key; None where nothing whole is there."""
        if self._folder is None:
            return None
        try:
            held = json.loads((self._folder / f"{key}.json").read_text())
            if held["sum"] != key_digest(held["ways"]):
                return None
        except (OSError, ValueError, LookupError, TypeError):
            return None
        return [
            (np.array(way["motion"]), Evidence(**way["for"])) for way in held["ways"]
        ]

    def keep(self, key: str, ways: Iterable[Way]) -> None:
        """Keep what a pair gave; floats as they are, to the last digit.

        Where nothing can be written the pair is matched again another time, no more.
        """
        if self._folder is None:
            return
        told = [{"motion": m.tolist(), "for": asdict(evidence)} for m, evidence in ways]
        text = json.dumps({"ways": told, "sum": key_digest(told)})
        fresh = self._folder / f".tmp-{key}-{threading.get_ident()}"
        try:
            self._folder.mkdir(exist_ok=True)
            fresh.write_text(text)
            fresh.replace(self._folder / f"{key}.json")
        except OSError:  # no room, or no right: a short cut that is not there
            _remove(fresh)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):  # one that stays does no harm
        path.unlink(missing_ok=True)


def content_digest(thing: Any) -> str:
    """A digest of arrays, numbers and words, and of dataclasses of these."""
    total = hashlib.sha512()
    _take_in(total, thing)
    return total.hexdigest()


def _take_in(total: Any, thing: Any) -> None:
    if isinstance(thing, np.ndarray):
        total.update(f"{thing.dtype.str}{thing.shape}".encode())
        total.update(np.ascontiguousarray(thing))
    elif is_dataclass(thing):
        for field in fields(thing):
            if field.name not in NO_CONTENT:
                total.update(f"{field.name}:".encode())
                _take_in(total, getattr(thing, field.name))
    elif thing is None or isinstance(thing, str | int | float):
        total.update(f"{thing!r};".encode())
    else:
        raise TypeError(type(thing).__name__)
