"""See that a restored backup of before brings nothing back that was erased by law.

The certificates lie beside both stores and in the backup's folder. The bytes are taken
out of what is being restored before it is put in its place; the rows follow, once the
database is as this program wants it.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from heritage.archive import ocfl
from heritage.archive.byte_store import ByteStore
from heritage.archive.models import Erasure, StoredFile
from heritage.archive.places import archive_root
from heritage.archive.purge import purge
from heritage.archive.signals import sight_changed
from heritage.archive.stores import archive, replica

from .erase import carry_out

State = Erasure.State


def noted_erasures(more: Iterable[bytes] = ()) -> dict[str, bytes]:
    """Give every certificate there is, by the erasure's key."""
    found: dict[str, bytes] = {}
    for store in (archive(), replica()):
        for told in store.noted_erasures() if store is not None else ():
            found[json.loads(told)["erasure"]] = told
    for told in more:
        found.setdefault(json.loads(told)["erasure"], told)
    return found


def purge_restored(
    store: ByteStore, certificates: dict[str, bytes], staging: Path
) -> int:
    """Take what was erased out of the objects that held it; tell how many lost some.

    The same bytes in another object stay: nobody has erased them there.
    """
    gone = {key: _by_deposit(json.loads(told)) for key, told in certificates.items()}
    changed = 0
    for path in store.objects() if gone else ():
        inventory = json.loads((store.place(path) / ocfl.INVENTORY).read_bytes())
        deposit, held = inventory["id"].rpartition("/")[2], set(inventory["manifest"])
        taken = {key: held & told.get(deposit, set()) for key, told in gone.items()}
        for key in sorted(key for key, digests in taken.items() if digests):
            notice = f"erasure-{key}.json", certificates[key]
            purge(store, path, taken[key], staging=staging, notice=notice)
        changed += any(taken.values())
    return changed


def _by_deposit(told: dict[str, Any]) -> dict[str, set[str]]:
    """Give the digests that a certificate names, by the key of their deposit."""
    found: dict[str, set[str]] = {}
    for file in told["files"]:
        found.setdefault(file["deposit"], set()).add(file["sha512"])
    return found


def note_restored(certificates: dict[str, bytes]) -> None:
    """Leave a note that the rows are to follow, and the certificates where they stay."""
    for key, told in certificates.items():
        archive().note_erasure(key, told)
    _note().parent.mkdir(parents=True, exist_ok=True)
    _note().touch()


def reapply_erasures() -> int:
    """After a restore: do again in the database what is certified; tell how many."""
    if not _note().exists():
        return 0
    done = sum(_reapply(json.loads(told)) for told in noted_erasures().values())
    _note().unlink(missing_ok=True)
    return done


def _reapply(told: dict[str, Any]) -> bool:
    """Write the erasure again if the database does not know it, and carry it out."""
    files = [
        file
        for deposit, digests in _by_deposit(told).items()
        for file in StoredFile.objects.filter(
            deposit__key=deposit, sha512__in=digests, erased_by=None
        ).select_related("deposit")
    ]
    known = Erasure.objects.filter(key=told["erasure"], state=State.DONE)
    if not files and known.exists():
        return False
    with transaction.atomic():
        erasure = _written(told, files)
        taken = StoredFile.objects.filter(pk__in=[file.pk for file in files])
        taken.update(erased_by=erasure)
        sight_changed.send(Erasure, files=taken)
    return carry_out(erasure)


def _written(told: dict[str, Any], files: list[StoredFile]) -> Erasure:
    values = {
        "state": State.CONFIRMED,
        "ground": told["ground"],
        "items": told["files"],
        "chosen": [file["file"] for file in told["files"]],
        "objects_left": sorted({file.deposit.key for file in files}),
        "asked_by": _person(told["asked_by"]),
        "decided_by": _person(told["confirmed_by"]),
        "decided_at": datetime.fromisoformat(told["confirmed_at"]),
    }
    erasure, _is_new = Erasure.objects.update_or_create(
        key=told["erasure"], defaults=values
    )
    asked_at = datetime.fromisoformat(told["asked_at"])
    Erasure.objects.filter(pk=erasure.pk).update(asked_at=asked_at)
    return erasure


def _person(name: str) -> User:
    """Find who is named; one who had no account then gets one that nobody can use."""
    person, is_new = User.objects.get_or_create(
        username=name, defaults={"is_active": False}
    )
    if is_new:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person


def _note() -> Path:
    return archive_root().with_name(f".{archive_root().name}-reapply")


def read_ledger(folder: Path) -> Iterator[bytes]:
    """Give the certificates in a folder of a backup."""
    for path in sorted(folder.glob("*.json")):
        yield path.read_bytes()
