"""Carry records into the archive: one OCFL object each, a version for each state.

A change of state (review, release, withdrawal) is preserved at the next tick, any other
at most every quarter of an hour. What is written is the record's JSON, never bytes: it
names them by deposit and digest.
"""

import hashlib
import json
import logging
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from heritage.archive import ocfl
from heritage.archive.errors import BrokenInventory
from heritage.archive.models import Condition, PreservedRecord
from heritage.archive.mounted import check_mounted
from heritage.archive.pages import note_missing_pages
from heritage.archive.places import staging_folder
from heritage.archive.rebuilding import NOTES, RECORD
from heritage.archive.records import (
    build_document,
    fold_changes,
    kept_kinds,
    record_id,
)
from heritage.archive.stores import archive

log = logging.getLogger(__name__)
AT_MOST_EVERY = timedelta(minutes=15)
AT_ONCE = 50  # in one tick: the others wait for the next


def preserve_due() -> int:
    """Preserve what is due by now; gives how many records have a new version."""
    check_mounted()
    note_missing_pages()
    fold_changes()
    # A change of state first, however many others an upgrade has left behind.
    rows = list(due_rows().order_by("-reason", "changed_at")[:AT_ONCE])
    return sum(_try(row) for row in rows)


def due_rows() -> QuerySet[PreservedRecord]:
    """Give the changed records whose time has come."""
    now = timezone.now()
    ready = Q(preserved_at=None) | Q(preserved_at__lte=now - AT_MOST_EVERY)
    # Dated by a clock that has since been put back: nobody waits for that day.
    ready |= Q(preserved_at__gt=now) | ~Q(reason="")
    return PreservedRecord.objects.filter(
        ready,
        changed_at__isnull=False,
        condition=Condition.INTACT,  # a damaged object is put right first
        kind__in=kept_kinds(),
    )


def preserve(row: PreservedRecord) -> bool:
    """Write a record's new version, if it says anything new; tell whether it did."""
    name = f"record-{row.kind}-{row.key}"
    with staging_folder(name) as staging:
        row.refresh_from_db()
        seen = row.changed_at
        document = build_document(row.kind, row.key)
        digest = hashlib.sha512(document).hexdigest()
        if archive().has_object(_path_of(row)):
            is_new = _write_further(row, staging, document, digest)
        else:
            is_new = True
            _write_first(row, staging, document)
        _note(row, digest, seen=seen)
    return is_new


def _try(row: PreservedRecord) -> bool:
    """Preserve one; an object that is damaged waits for its check, and stops no other."""
    try:
        return preserve(row)
    except BrokenInventory as broken:
        log.error("%s", broken)
        PreservedRecord.objects.filter(pk=row.pk).update(
            condition=Condition.DAMAGED, checked_at=None
        )
        return False


def _path_of(row: PreservedRecord) -> str:
    return ocfl.object_path(record_id(row.kind, row.key))


def _write_further(
    row: PreservedRecord, staging: Path, document: bytes, digest: str
) -> bool:
    """Add a version, after completing a killed one; none that would say nothing new."""
    archive().drop_half_versions(_path_of(row))
    with archive().edit(_path_of(row), staging) as folder:
        ocfl.settle(folder, staging)
        if ocfl.read_state(folder)[RECORD] == digest:
            return False
        files, version = _files(row, document), _version(row)
        ocfl.add_version(folder, staging, files=files, version=version)
    return True


def _write_first(row: PreservedRecord, staging: Path, document: bytes) -> None:
    draft = staging / "object"
    (draft / "v1" / "content").mkdir(parents=True)
    contents = [
        ocfl.write_content(draft, name, data)
        for name, data in sorted(_files(row, document).items())
    ]
    ocfl.seal_object(
        draft,
        object_id=record_id(row.kind, row.key),
        contents=contents,
        version=_version(row),
    )
    archive().put_object(draft, _path_of(row))


def _files(row: PreservedRecord, document: bytes) -> dict[str, bytes]:
    newest = PreservedRecord.objects.aggregate(newest=Max("sequence"))["newest"] or 0
    notes = {"sequence": newest + 1, "reason": row.reason or "changed"}
    return {RECORD: document, NOTES: json.dumps(notes, sort_keys=True).encode()}


def _version(row: PreservedRecord) -> dict[str, object]:
    return {
        "created": timezone.now().isoformat(timespec="seconds"),
        "message": row.reason or "changed",
        "user": {"name": "Heritage", "address": record_id("agent", "heritage")},
    }


def _note(row: PreservedRecord, digest: str, *, seen: datetime | None) -> None:
    """Tell the database what the object says now, unless it changed meanwhile."""
    folder = archive().place(_path_of(row))
    notes = json.loads(ocfl.read_file(folder, NOTES))
    mine = PreservedRecord.objects.filter(pk=row.pk)
    with transaction.atomic():
        mine.update(
            object_path=_path_of(row),
            version=ocfl.head_of(folder),
            sequence=notes["sequence"],
            sha512=digest,
            preserved_at=timezone.now(),
        )
        # Just written: its first check is due a period from now.
        mine.filter(checked_at=None, version=1).update(checked_at=timezone.now())
        mine.filter(changed_at=seen).update(changed_at=None, reason="")
    row.refresh_from_db()
