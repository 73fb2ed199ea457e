"""Take files into the archive: all of them, synced, or none.

The bytes are written into a staging folder beside the archive, sealed as one OCFL
object, renamed into place, and only then made known to the database. A process killed
in between leaves either a staging folder, which `finish_interrupted` removes, or a
whole object, which it registers.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from heritage.archive import ocfl, room
from heritage.archive.errors import EmptyDeposit, NoSpace, TooLarge
from heritage.archive.events import PROGRAM, Type, log_event
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.mounted import check_mounted
from heritage.archive.names import media_type
from heritage.archive.places import incoming, is_in_use, staging_folder
from heritage.archive.receiving import Reception, Source
from heritage.archive.stores import archive
from heritage.lib.batches import write_in_batches
from heritage.lib.keys import new_key

Item = tuple[str, Source]
LOOK_EVERY_BYTES = 256 * 1024**2  # between two looks at the disk


def deposit_files(
    items: Iterable[Item],
    *,
    kind: str = Deposit.Kind.ORIGINAL,
    by: AbstractBaseUser | None,
    note: str = "",
    limit_bytes: int | None = None,
    inbox_name: str = "",
    key: str = "",
) -> Deposit:
    """Keep files for ever as one deposit; identical content within it is kept once.

    `limit_bytes` is that of uploads unless told; 0 is none. With an `inbox_name` the
    deposit waits in the inbox until somebody gives it to a record. Whoever must find it
    again after a kill chooses its `key`. Raises `UnsafeName`,
    `DuplicateName`, `TooLarge`, `NoSpace`, `StoreAbsent` or `EmptyDeposit`; then
    nothing is kept.
    """
    limit = settings.UPLOAD_LIMIT_BYTES if limit_bytes is None else limit_bytes
    expected = sum(map(_size_of, items)) if isinstance(items, Sequence) else 0
    check_mounted()
    deposit = Deposit(
        key=key or new_key(),
        kind=kind,
        created_by_id=by.pk if by else None,
        note=note,
        inbox_name=inbox_name,
    )
    # The folder first: a row without a lock is taken for that of a dead process.
    with staging_folder(deposit.key) as folder:
        deposit.save(force_insert=True)
        try:
            _check_limit(expected, limit, note)
            room.reserve(deposit, expected)
            reception = _receive(items, folder, _Meter(deposit, expected, limit))
            _seal(reception, deposit)
            _register(deposit, reception.originals, reception.sizes)
        except BaseException as error:
            _refuse(deposit)
            if isinstance(error, OSError) and error.errno in room.FULL:
                raise NoSpace(room.free_bytes()) from error
            raise
    return deposit


def finish_interrupted() -> int:
    """Register whole objects and drop half ones that a killed process left behind.

    Returns how many deposits were looked after. A deposit still being received holds a
    lock and is left alone.
    """
    finished = 0
    check_mounted()  # on a disk that is not mounted, whole objects look like none
    for deposit in Deposit.objects.filter(state=Deposit.State.RECEIVING):
        if is_in_use(deposit.key):
            continue
        # Taking the folder waits for nobody and removes what was left in it.
        with staging_folder(deposit.key):
            if archive().has_object(_object_path(deposit)):
                _register(deposit, _noted_names(deposit), {})
            else:
                _refuse(deposit)
        finished += 1
    return finished


def _receive(items: Iterable[Item], folder: Path, meter: "_Meter") -> Reception:
    (folder / "v1" / "content").mkdir(parents=True)
    reception = Reception(folder, meter.count)
    for name, source in items:
        reception.take(name, source)
    if not reception.contents:
        raise EmptyDeposit
    reception.finish()
    return reception


def object_id(deposit: Deposit) -> str:
    return f"{settings.BASE_IRI}/id/deposit/{deposit.key}"


class _Meter:
    """Counts what comes in, against the limit, the promise and the disk."""

    def __init__(self, deposit: Deposit, expected: int, limit_bytes: int) -> None:
        self._deposit, self._expected = deposit, expected
        self._limit_bytes = limit_bytes
        self._bytes = 0
        self._looked_at = 0

    def count(self, name: str, size_bytes: int) -> None:
        self._bytes += size_bytes
        _check_limit(self._bytes, self._limit_bytes, name)
        if self._bytes - self._looked_at >= LOOK_EVERY_BYTES or not self._looked_at:
            self._looked_at = self._bytes
            room.check_free()
            room.keep_only(self._deposit, self._expected - self._bytes)


def _check_limit(size_bytes: int, limit_bytes: int, name: str) -> None:
    if 0 < limit_bytes < size_bytes:
        raise TooLarge(name, limit_bytes)


def _size_of(item: Item) -> int:
    """Tell a source's size where it is known before it is read."""
    source = item[1]
    if isinstance(source, Path):
        return source.stat().st_size
    return int(getattr(source, "size", None) or 0)


def _object_path(deposit: Deposit) -> str:
    return ocfl.object_path(object_id(deposit))


def _refuse(deposit: Deposit) -> None:
    # Once the object is in its place nothing is refused: it is registered later.
    if not archive().has_object(_object_path(deposit)):
        archive().remove_object(_object_path(deposit))  # what was sent of it
        Deposit.objects.filter(pk=deposit.pk, state=Deposit.State.RECEIVING).update(
            state=Deposit.State.REFUSED, reserved_bytes=0
        )
        _names_path(deposit).unlink(missing_ok=True)


def _seal(reception: Reception, deposit: Deposit) -> None:
    version: dict[str, object] = {
        "created": deposit.created_at.isoformat(),
        "message": deposit.note or str(deposit.get_kind_display()),
        "user": _told(deposit.created_by),
    }
    ocfl.seal_object(
        reception.folder,
        object_id=object_id(deposit),
        contents=list(reception.contents.values()),
        version=version,
    )
    _note_names(deposit, reception.originals)
    archive().put_object(reception.folder, _object_path(deposit))


def _told(by: AbstractBaseUser | None) -> dict[str, str]:
    """Name a person as OCFL wants it, with a URI for an address: the museum's at least."""
    mail = getattr(by, "email", "")
    return {
        "name": by.get_username() if by else PROGRAM,
        "address": f"mailto:{mail}" if mail else settings.BASE_IRI,
    }


def _register(
    deposit: Deposit, originals: dict[str, str], sizes: dict[str, int]
) -> None:
    """Make a sealed object known: its files, then the deposit itself."""
    relative = _object_path(deposit)
    folder = archive().place(relative)
    known = set(deposit.files.values_list("name", flat=True))
    new = [c for c in ocfl.read_contents(folder) if c.name not in known]

    def row(content: ocfl.Content) -> StoredFile:
        return StoredFile(
            deposit=deposit,
            name=content.name,
            original_name=originals.get(content.name, content.name),
            sha512=content.sha512,
            size_bytes=sizes.get(content.name)
            or (folder / content.content_path).stat().st_size,
            media_type=media_type(content.name),
            path=f"{relative}/{content.content_path}",
        )

    write_in_batches(new, row, StoredFile.objects.bulk_create)
    with transaction.atomic():
        deposit.state = Deposit.State.SEALED
        # Every byte has just been hashed: the first check is due a period from now.
        deposit.sealed_at = deposit.checked_at = timezone.now()
        deposit.object_path = relative
        deposit.reserved_bytes = 0
        deposit.save(
            update_fields=[
                "state",
                "sealed_at",
                "object_path",
                "reserved_bytes",
                "checked_at",
            ]
        )
        _log(deposit)
    _names_path(deposit).unlink(missing_ok=True)


def _log(deposit: Deposit) -> None:
    is_ours = deposit.kind == Deposit.Kind.DERIVED
    figures = deposit.files.aggregate(files=Count("pk"), bytes=Sum("size_bytes"))
    by = deposit.created_by
    log_event(Type.DIGEST, deposit, by=by, detail={"algorithm": "SHA-512", **figures})
    log_event(
        Type.DERIVATION if is_ours else Type.INGESTION,
        deposit,
        by=by,
        detail={"note": deposit.note, **figures},
    )


def _names_path(deposit: Deposit) -> Path:
    return incoming() / f"{deposit.key}.names.json"


def _note_names(deposit: Deposit, originals: dict[str, str]) -> None:
    """Remember the names handed in, should we be killed before their rows."""
    if originals:
        _names_path(deposit).write_text(json.dumps(originals))


def _noted_names(deposit: Deposit) -> dict[str, str]:
    path = _names_path(deposit)
    return dict(json.loads(path.read_text())) if path.exists() else {}
