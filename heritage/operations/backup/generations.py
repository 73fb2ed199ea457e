"""The generations in a backup's folder: their names, their manifests, how many stay."""

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from .errors import AnotherBackup, NoBackup

FORMAT = 1
ABOUT, MANIFEST, STORE, KEY = (
    "backup.json",
    "manifest-sha512.txt",
    "store",
    "secret-key",
)
SETTINGS = "settings.json"
DUMPS = "dumps"  # of the graph: what of it was public in a month, nobody can tell later
LEDGER = "erasures"  # beside the generations


@dataclass(frozen=True)
class About:
    """What a generation says of itself; written last, so that it is whole."""

    created: str
    database: str
    base_iri: str
    files: int
    bytes: int
    new_bytes: int
    manifest_sha512: str
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        (folder / ABOUT).write_text(json.dumps(asdict(self), indent=1) + "\n")


def read_about(folder: Path) -> About:
    return About(**json.loads((folder / ABOUT).read_text()))


def generations(folder: Path) -> list[Path]:
    """Give the finished generations, the oldest first."""
    return sorted(path.parent for path in folder.glob(f"[0-9]*/{ABOUT}"))


def choose(folder: Path, name: str = "") -> Path:
    """Give the newest generation, or the one of this name. Raises `NoBackup`."""
    found = [path for path in generations(folder) if name in ("", path.name)]
    if not found:
        raise NoBackup(folder / name)
    return found[-1]


def drop_old(folder: Path, *, keep: int) -> list[str]:
    """Remove all but the newest; what later ones share with them stays theirs."""
    old = generations(folder)[:-keep] if keep > 0 else []
    for path in old:
        (path / ABOUT).unlink()  # half removed, it must not be taken for whole
        shutil.rmtree(path)
    return [path.name for path in old]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only backup into a folder, and remove what a killed one left."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnotherBackup(folder) from None
        for left in (*folder.glob(".partial-*"), *_headless(folder)):
            shutil.rmtree(left)
        yield


def read_manifest(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each file's name, which has no line break (`safe_name`), and SHA-512."""
    with (folder / MANIFEST).open() as lines:
        for line in lines:
            digest, _blanks, name = line.rstrip("\n").partition("  ")
            yield name, digest


def digest_of(path: Path) -> str:
    """Hash a file; nothing for one that cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha512").hexdigest()
    except OSError:
        return ""


def _headless(folder: Path) -> list[Path]:
    return [p for p in folder.glob("[0-9]*T*Z") if not (p / ABOUT).exists()]
