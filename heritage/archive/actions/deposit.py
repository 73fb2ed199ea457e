"""Take files into the archive: all of them, synced, or none.

The bytes are written into a staging folder beside the archive, sealed as one OCFL
object, renamed into place, and only then made known to the database. A process killed
in between leaves either a staging folder, which `finish_interrupted` removes, or a
whole object, which it registers.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from heritage.archive import ocfl
from heritage.archive.errors import (
    DuplicateName,
    EmptyDeposit,
    NoSpace,
    TooLarge,
)
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.names import media_type, safe_name

CHUNK_BYTES = 1024**2
RESERVE_BYTES = 256 * 1024**2  # left free for the database and its journal

Item = tuple[str, BinaryIO | Path]


@dataclass
class _Staging:
    folder: Path
    contents: list[ocfl.Content] = field(default_factory=list)
    originals: dict[str, str] = field(default_factory=dict)
    by_digest: dict[str, str] = field(default_factory=dict)
    size_bytes: int = 0


def deposit_files(
    items: Iterable[Item],
    *,
    kind: str = Deposit.Kind.ORIGINAL,
    by: AbstractBaseUser | None,
    note: str = "",
) -> Deposit:
    """Keep files for ever as one deposit; identical content within it is kept once.

    Raises `UnsafeName`, `DuplicateName`, `TooLarge`, `NoSpace` or `EmptyDeposit`; then
    nothing is kept.
    """
    deposit = Deposit.objects.create(
        kind=kind, created_by_id=by.pk if by else None, note=note
    )
    try:
        with _staging_folder(deposit) as folder:
            staging = _Staging(folder)
            for name, source in items:
                _receive(staging, name, source)
            if not staging.contents:
                raise EmptyDeposit
            _seal(staging, deposit)
            _register(deposit, staging.originals)
    except BaseException:
        Deposit.objects.filter(pk=deposit.pk, state=Deposit.State.RECEIVING).update(
            state=Deposit.State.REFUSED
        )
        raise
    return deposit


def finish_interrupted() -> int:
    """Register whole objects and drop half ones that a killed process left behind.

    Returns how many deposits were looked after. A deposit still being received holds a
    lock and is left alone.
    """
    finished = 0
    for deposit in Deposit.objects.filter(state=Deposit.State.RECEIVING):
        if _is_locked(_lock_path(deposit)):
            continue
        if _object_folder(deposit).is_dir():
            _register(deposit, {})
        else:
            Deposit.objects.filter(pk=deposit.pk).update(state=Deposit.State.REFUSED)
        shutil.rmtree(_incoming() / deposit.key, ignore_errors=True)
        _lock_path(deposit).unlink(missing_ok=True)
        finished += 1
    return finished


def object_id(deposit: Deposit) -> str:
    return f"{settings.BASE_IRI}/id/deposit/{deposit.key}"


def _incoming() -> Path:
    root = Path(settings.ARCHIVE_ROOT)
    return root.with_name(f".{root.name}-incoming")


def _lock_path(deposit: Deposit) -> Path:
    return _incoming() / f"{deposit.key}.lock"


def _object_folder(deposit: Deposit) -> Path:
    return Path(settings.ARCHIVE_ROOT) / ocfl.object_path(object_id(deposit))


@contextmanager
def _staging_folder(deposit: Deposit) -> Iterator[Path]:
    folder = _incoming() / deposit.key
    (folder / "v1" / "content").mkdir(parents=True)
    with _lock_path(deposit).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            _lock_path(deposit).unlink(missing_ok=True)


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _receive(staging: _Staging, name: str, source: BinaryIO | Path) -> None:
    safe = safe_name(name)
    if any(content.name == safe for content in staging.contents):
        raise DuplicateName(name)
    content_path = f"v1/content/{safe}"
    target = staging.folder / content_path
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = _copy(staging, source, target, name=name)
    known = staging.by_digest.setdefault(digest, content_path)
    if known != content_path:
        target.unlink()
    staging.contents.append(ocfl.Content(safe, known, digest))
    staging.originals[safe] = name


def _copy(
    staging: _Staging, source: BinaryIO | Path, target: Path, *, name: str
) -> str:
    if isinstance(source, Path):
        with source.open("rb") as file:
            return _copy(staging, file, target, name=name)
    digest = hashlib.sha512()
    with target.open("wb") as out:
        while chunk := source.read(CHUNK_BYTES):
            staging.size_bytes += len(chunk)
            _check_room(staging, name)
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


def _check_room(staging: _Staging, name: str) -> None:
    if staging.size_bytes > settings.UPLOAD_LIMIT_BYTES:
        raise TooLarge(name, settings.UPLOAD_LIMIT_BYTES)
    free_bytes = shutil.disk_usage(staging.folder).free
    if free_bytes < RESERVE_BYTES:
        raise NoSpace(free_bytes)


def _seal(staging: _Staging, deposit: Deposit) -> None:
    version: dict[str, object] = {
        "created": deposit.created_at.isoformat(),
        "message": deposit.note or deposit.get_kind_display(),
    }
    if deposit.created_by is not None:
        version["user"] = {"name": deposit.created_by.get_username()}
    ocfl.seal_object(
        staging.folder,
        object_id=object_id(deposit),
        contents=staging.contents,
        version=version,
    )
    ocfl.ensure_root(Path(settings.ARCHIVE_ROOT))
    final = _object_folder(deposit)
    final.parent.mkdir(parents=True, exist_ok=True)
    staging.folder.rename(final)
    ocfl.sync_folder(final.parent)


def _register(deposit: Deposit, originals: dict[str, str]) -> None:
    folder = _object_folder(deposit)
    relative = ocfl.object_path(object_id(deposit))
    with transaction.atomic():
        for content in ocfl.read_contents(folder):
            StoredFile.objects.create(
                deposit=deposit,
                name=content.name,
                original_name=originals.get(content.name, content.name),
                sha512=content.sha512,
                size_bytes=(folder / content.content_path).stat().st_size,
                media_type=media_type(content.name),
                path=f"{relative}/{content.content_path}",
            )
        deposit.state = Deposit.State.SEALED
        deposit.sealed_at = timezone.now()
        deposit.object_path = relative
        deposit.save(update_fields=["state", "sealed_at", "object_path"])
