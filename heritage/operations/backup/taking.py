"""Take a backup: first the database, then the objects that it names.

Objects are never changed, only added to, so that what an older database names is there
as long as nothing is taken away; and that waits until the backup is over.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from heritage.archive import ocfl
from heritage.archive.actions.reapply import noted_erasures
from heritage.archive.byte_store import Place
from heritage.archive.errors import BrokenInventory
from heritage.archive.mounted import check_mounted
from heritage.archive.places import BACKUP, staging_folder
from heritage.archive.purge import LOGS
from heritage.archive.receiving import copy_hashed
from heritage.archive.stores import archive

from . import databases
from .generations import (
    DUMPS,
    KEY,
    LEDGER,
    MANIFEST,
    SETTINGS,
    STORE,
    About,
    digest_of,
    drop_old,
    generations,
    locked,
)

SECRET_MODE = 0o600
ATTEMPTS = 3  # an object may be added to, or lawfully purged, while it is copied


@dataclass
class Taken:
    """A finished generation, what it holds, what could not be saved."""

    folder: Path
    files: int = 0
    bytes: int = 0
    new_bytes: int = 0
    faults: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


def back_up(target: Path, *, keep: int) -> Taken:
    """Add a generation to a folder and drop those beyond `keep`; 0 keeps all.

    Raises `BackupError`, `StoreAbsent` or `OSError`; then no generation was added.
    """
    check_mounted()
    # The lock's name tells all others that nothing may be taken away.
    with locked(target), staging_folder(BACKUP):
        moment = timezone.now().strftime("%Y%m%dT%H%M%S.%fZ")
        draft = target / f".partial-{moment}"
        draft.mkdir(mode=0o700)
        taken = _Draft(draft, generations(target)).fill()
        os.sync()
        draft.rename(target / moment)
        ocfl.sync_folder(target)
        taken.folder = target / moment
        taken.dropped = drop_old(target, keep=keep)
        _add_ledger(target / LEDGER)
    return taken


def _add_ledger(folder: Path) -> None:
    """Write down beside the generations what was erased: none of them may bring it back."""
    for key, certificate in noted_erasures().items():
        folder.mkdir(exist_ok=True, mode=0o700)
        (folder / f"{key}.json").write_bytes(certificate)


class _Draft:
    """A generation being made: each file is written into the manifest as it comes."""

    def __init__(self, folder: Path, before: list[Path]) -> None:
        self._folder, self._before = folder, before[-1] if before else None
        self._taken = Taken(folder)
        self._digest = hashlib.sha512()

    def fill(self) -> Taken:
        objects = databases.save(self._folder)
        with (self._folder / MANIFEST).open("wb") as manifest:
            self._manifest = manifest
            self._note(databases.FILES[connection.vendor])
            self._add_settings()
            for path in sorted(_root_files()):
                target = self._folder / STORE / path
                target.parent.mkdir(parents=True, exist_ok=True)
                self._note(f"{STORE}/{path}", _write(target, archive().place(path)))
            for path in sorted(objects):
                self._add_object(path)
            for source in sorted(Path(settings.DUMPS_ROOT).glob("[!.]*")):
                self._add_dump(source)
        taken = self._taken
        About(
            created=timezone.now().isoformat(timespec="seconds"),
            database=connection.vendor,
            base_iri=settings.BASE_IRI,
            files=taken.files,
            bytes=taken.bytes,
            new_bytes=taken.new_bytes,
            manifest_sha512=self._digest.hexdigest(),
        ).write(self._folder)
        return taken

    def _add_settings(self) -> None:
        told = {n: v for n, v in os.environ.items() if n.startswith("HERITAGE_")}
        self._write_secret(
            SETTINGS, json.dumps(told, indent=1, sort_keys=True).encode()
        )
        key = Path(settings.DATA_DIR) / KEY
        if key.is_file():
            self._write_secret(KEY, key.read_bytes())

    def _write_secret(self, name: str, data: bytes) -> None:
        path = self._folder / name
        path.touch(SECRET_MODE)
        path.write_bytes(data)
        self._note(name)

    def _add_object(self, path: str) -> None:
        """Copy an object as its inventory tells it; name it where that cannot be."""
        before = self._before / STORE / path if self._before else None
        known = {f.name: f.sha512 for f in _files_of(before)} if before else {}
        for _attempt in range(ATTEMPTS):
            files = _files_of(archive().place(path))
            whole = [f for f in files if self._put(path, f, known)]
            if files and len(whole) == len(files):
                break
        else:
            lost = [f.name for f in files if f not in whole] or [ocfl.INVENTORY]
            self._taken.faults.append(f"{path}: {', '.join(lost)}")
        for file in whole:
            self._note(f"{STORE}/{path}/{file.name}", file.sha512)

    def _put(self, path: str, file: "_File", known: dict[str, str]) -> bool:
        """Have a file of an object in the draft; tell whether it is as it should be."""
        target = self._folder / STORE / path / file.name
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        before = self._before / STORE / path / file.name if self._before else None
        is_known = before is not None and known.get(file.name) == file.sha512
        if before is not None and is_known and _is_linked(before, target):
            return True
        try:
            digest = _write(target, file.data or archive().place(f"{path}/{file.name}"))
        except (FileNotFoundError, PermissionError):
            return False
        if digest != file.sha512:
            target.unlink()  # the next generation must not take it for whole
            return False
        self._taken.new_bytes += target.stat().st_size
        return True

    def _add_dump(self, source: Path) -> None:
        name = f"{DUMPS}/{source.name}"
        target, digest = self._folder / name, digest_of(source)
        target.parent.mkdir(exist_ok=True)
        before = self._before / name if self._before else None
        is_known = before is not None and digest_of(before) == digest
        if before is None or not is_known or not _is_linked(before, target):
            # Made anew by a rename, if at all: what is read is one or the other.
            digest = _write(target, source)
            self._taken.new_bytes += target.stat().st_size
        self._note(name, digest)

    def _note(self, name: str, digest: str = "") -> None:
        """Write a file of the draft into the manifest, as `sha512sum` would."""
        path = self._folder / name
        line = f"{digest or digest_of(path)}  {name}\n".encode()
        self._manifest.write(line)
        self._digest.update(line)
        self._taken.files += 1
        self._taken.bytes += path.stat().st_size


@dataclass(frozen=True)
class _File:
    """A file of an object: its name and digest, and its bytes where they are at hand."""

    name: str
    sha512: str
    data: bytes | None = None


def _files_of(folder: Place) -> list[_File]:
    """List an object's files as of its newest whole inventory; none without one.

    The inventory is taken as it is now: a version that is being added stays away.
    """
    try:
        raw, head = ocfl.newest_inventory(folder)
    except (BrokenInventory, OSError):
        return []
    inventory = json.loads(raw)
    names = [ocfl.DECLARATION, *(f"{LOGS}/{p.name}" for p in folder.glob(f"{LOGS}/*"))]
    texts = {name: folder / name for name in names}
    for version in inventory["versions"]:
        for name in (ocfl.INVENTORY, ocfl.SIDECAR):
            texts[f"{version}/{name}"] = folder / version / name
    data = {name: _bytes_of(path) for name, path in texts.items()}
    for place in ("", f"{head}/"):
        data[f"{place}{ocfl.INVENTORY}"] = raw
        data[f"{place}{ocfl.SIDECAR}"] = ocfl.sidecar(raw)
    small = [_File(n, hashlib.sha512(d).hexdigest(), d) for n, d in data.items() if d]
    return small + [
        _File(path, digest)
        for digest, paths in inventory["manifest"].items()
        for path in paths
    ]


def _is_linked(before: Path, target: Path) -> bool:
    """Have a file be one with that of a generation before, where that can be."""
    try:
        target.hardlink_to(before)
    except OSError:  # not there, or a file system without links: it is copied
        return False
    return True


def _bytes_of(path: Place) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _write(target: Path, source: Place | bytes) -> str:
    """Write a file, not yet synced; give its SHA-512."""
    if isinstance(source, bytes):
        target.write_bytes(source)
        return hashlib.sha512(source).hexdigest()
    with source.open("rb", buffering=0) as file, target.open("wb", buffering=0) as out:
        return copy_hashed(file, out, lambda _count: None)[0]


def _root_files() -> Iterator[str]:
    root = archive().place("")
    for pattern in ("0=ocfl*", "ocfl_layout.json", "extensions/**/*"):
        for path in root.glob(pattern):
            if path.is_file():
                yield path.as_posix().removeprefix(root.as_posix()).strip("/")
