"""Check the fixity of what is kept, write down what was found, put right what can be."""

import logging
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from heritage.archive import ocfl
from heritage.archive.byte_store import ByteStore
from heritage.archive.errors import ArchiveError, ReplicaRefused, StoreAbsent
from heritage.archive.events import Outcome, Type, log_event, named
from heritage.archive.fixity import Checked, Look, ObjectReport, Result, check_object
from heritage.archive.models import (
    Condition,
    Deposit,
    Kept,
    PreservationEvent,
    PreservedRecord,
    StoredFile,
)
from heritage.archive.pages import TABLE
from heritage.archive.records import files_of, kinds, rows_of
from heritage.archive.room import FULL
from heritage.archive.stores import archive, replica

log = logging.getLogger(__name__)
NOTE_EVERY_FILES = 500  # so that a look that was killed goes on nearly where it was
CLOCK_SLACK = timedelta(days=1)
REPAIR_AGAIN = timedelta(days=1)
KEPT_MODELS: tuple[type[Deposit | PreservedRecord], ...] = (Deposit, PreservedRecord)


@dataclass
class Report:
    """What a sweep found: how many files of each result, and every fault."""

    counts: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[ObjectReport, Checked]] = field(default_factory=list)

    def add(self, looked: ObjectReport) -> None:
        self.counts.update(checked.result.value for checked in looked.files)
        self.faults += [(looked, checked) for checked in looked.faults]

    @property
    def is_well(self) -> bool:
        return not any(c.result != Result.REPAIRED for _looked, c in self.faults)


def check_kept(kept: Kept, store: ByteStore | None = None) -> ObjectReport:
    """Check one object now, every file of it."""
    look = _look_at(kept, store or archive(), since_days=0)
    while True:
        try:
            next(look)
        except StopIteration as end:
            looked: ObjectReport = end.value
            return looked


def sweep(report: Report) -> Iterator[None]:
    """Take the steps of all checks and copies that are due by now, the oldest first."""
    yield from fill_replica()
    days = settings.FIXITY_DAYS
    for one in due_objects("checked_at", days):
        yield from _look_on(report, one, archive(), since_days=days)
    second = replica()
    if second is not None:
        for one in due_objects("replica_checked_at", days):
            if one.replicated_version:
                yield from _look_on(report, one, second, since_days=0)


def fill_replica() -> Iterator[None]:
    """Copy in steps what the replica does not hold yet, or holds in an older version."""
    second = replica()
    if second is None:
        return
    for one in _missing_in_replica():
        try:
            source = archive().place(one.object_path)
            yield from second.copy_object_steps(source, one.object_path)
        except (ArchiveError, OSError) as error:
            if _hinders_all(error, second):
                return
            _note_refused(one, error)
            continue
        version = ocfl.head_of(second.place(one.object_path))
        _mark(one, replicated_version=version, replica_checked_at=timezone.now())
        if not _is_page(one):  # of the events themselves, say: it would never end
            log_event(Type.REPLICATION, one, detail={"version": version})


def _hinders_all(error: Exception, second: ByteStore) -> bool:
    """Tell whether no copy can succeed now: no fault of what was to be copied.

    Raises `StoreAbsent` where it is the archive that is away.
    """
    if isinstance(error, OSError) and error.errno in FULL:
        log.error("The replica's disk is full: %s", second)
        return True
    if not isinstance(error, StoreAbsent):
        return False
    archive().check_present()
    try:
        second.check_reached()
    except StoreAbsent as absent:
        log.error("The replica is away: %s", absent)
        return True
    return False


def _note_refused(kept: Kept, error: ArchiveError | OSError) -> None:
    """Log why an object was not copied; once, though each round tries again."""
    reason, (kind, key) = str(error), named(kept)
    events = PreservationEvent.objects.filter(type=Type.REPLICATION, subject_type=kind)
    last = events.filter(subject_key=key).order_by("-pk").first()
    if last is None or last.detail.get("reason") != reason:
        detail = {"reason": reason}
        log_event(Type.REPLICATION, kept, outcome=Outcome.FAILURE, detail=detail)
    if isinstance(error, ReplicaRefused | OSError):
        # Look at the source first; it comes back when that is well again.
        _mark(kept, condition=Condition.DAMAGED, checked_at=None)


def due_objects(column: str, days: float) -> Iterator[Deposit | PreservedRecord]:
    """Give the sealed objects whose last look is too long ago, the oldest first."""
    now = timezone.now()
    # A look in the future was dated by a clock that has since been put right.
    odd = Q(**{f"{column}__gt": now + CLOCK_SLACK})
    old = Q(**{f"{column}__lt": now - timedelta(days=days)})
    for model in KEPT_MODELS:
        rows = model._default_manager.exclude(object_path="")
        rows = rows.filter(Q(**{f"{column}__isnull": True}) | old | odd | _hurt(column))
        yield from _each(rows.order_by(column))


def _hurt(column: str) -> Q:
    """Pick what the replica has intact, and did not give while it was away, say."""
    if column != "checked_at":
        return Q(pk=None)
    late = Q(checked_at__lt=timezone.now() - REPAIR_AGAIN)
    return late & ~Q(condition=Condition.INTACT) & Q(replicated_version__gt=0)


def ask_for(rows: QuerySet[Deposit] | QuerySet[PreservedRecord]) -> int:
    """Have objects and their files checked at the next occasion, whatever their turn."""
    for row in rows:
        if isinstance(row, Deposit):
            row.files.update(checked_at=None)
    return rows.update(checked_at=None)


def objects_of_record(kind: str, key: str) -> list[Kept]:
    """Give a record's own object and the deposits whose files it names."""
    rows = PreservedRecord.objects.filter(kind=kind, key=key).exclude(object_path="")
    found: list[Kept] = list(rows)
    if kind in kinds():
        files = files_of(rows_of(kind, key))
        found += list({file.deposit_id: file.deposit for file in files}.values())
    return found


def _missing_in_replica() -> Iterator[Deposit | PreservedRecord]:
    for model in KEPT_MODELS:
        rows = model._default_manager.exclude(object_path="")
        for row in _each(rows.filter(condition=Condition.INTACT).order_by("pk")):
            if row.replicated_version < row.kept_version:
                yield row


def _is_page(kept: Kept) -> bool:
    return isinstance(kept, PreservedRecord) and kept.kind == TABLE


def _each(rows: QuerySet[Any]) -> Iterator[Any]:
    """Give rows one by one with no statement open: a look at one may take hours."""
    for number in list(rows.values_list("pk", flat=True)):
        row = rows.model._default_manager.filter(pk=number).first()
        if row is not None:
            yield row


def _look_on(
    report: Report, kept: Kept, store: ByteStore, *, since_days: float
) -> Iterator[None]:
    """Look at one object of many: what hinders it is no reason to leave out others."""
    try:
        report.add((yield from _look_at(kept, store, since_days=since_days)))
    except ArchiveError as error:
        store.check_present()  # away, nothing in it can be looked at
        log.error("%s in %s was not checked: %s", kept, store, error)


def _look_at(
    kept: Kept, store: ByteStore, *, since_days: float
) -> Generator[None, None, ObjectReport]:
    other = replica() if store.name == "archive" else archive()
    fresh = _fresh_paths(kept, since_days) if store.name == "archive" else set()
    notes = _Notes(kept, store)
    looked = yield from _steps(check_object(kept, store, other, fresh=fresh), notes)
    notes.flush()
    _conclude(looked)
    return looked


def _steps(look: Look, notes: "_Notes") -> Generator[None, None, ObjectReport]:
    while True:
        try:
            checked = next(look)
        except StopIteration as end:
            report: ObjectReport = end.value
            return report
        if checked is not None:
            notes.add(checked)
        yield


class _Notes:
    """Writes what was found into the files' rows, many intact ones at a time."""

    def __init__(self, kept: Kept, store: ByteStore) -> None:
        self._kept, self._store = kept, store
        self._intact: list[str] = []

    def add(self, checked: Checked) -> None:
        if checked.result != Result.INTACT:
            self._tell(checked)
        if self._store.name != "archive" or not isinstance(self._kept, Deposit):
            return
        path = f"{self._kept.object_path}/{checked.path}"
        if checked.result in (Result.INTACT, Result.REPAIRED):
            self._intact.append(path)
        elif checked.path:
            StoredFile.objects.filter(path=path).update(
                condition=checked.found, checked_at=timezone.now()
            )
        else:
            self._kept.files.update(condition=checked.found, checked_at=timezone.now())
        if len(self._intact) >= NOTE_EVERY_FILES:
            self.flush()

    def flush(self) -> None:
        StoredFile.objects.filter(path__in=self._intact).update(
            condition=Condition.INTACT, checked_at=timezone.now()
        )
        self._intact = []

    def _tell(self, checked: Checked) -> None:
        """Log a fault, what was put aside, and what was put right, for this file."""
        path = f"{self._kept.object_path}/{checked.path}"
        file = StoredFile.objects.filter(path=path).first()
        subject = file or self._kept
        detail = {"store": self._store.name, "path": checked.path,
                  "found": checked.found.value, "detail": checked.detail}  # fmt: skip
        log_event(Type.FIXITY, subject, outcome=Outcome.FAILURE, detail=detail)
        if checked.found in (Condition.DAMAGED, Condition.UNREADABLE) and checked.path:
            log_event(Type.QUARANTINE, subject, detail=detail)
        if checked.result == Result.REPAIRED:
            log_event(Type.REPAIR, subject, detail=detail)


def _fresh_paths(kept: Kept, since_days: float) -> set[str]:
    """Name the content paths of a deposit that were looked at within these days."""
    if not isinstance(kept, Deposit) or not since_days:
        return set()
    since = timezone.now() - timedelta(days=since_days)
    rows = kept.files.filter(checked_at__gte=since, condition=Condition.INTACT)
    start = len(kept.object_path) + 1
    return {path[start:] for path in rows.values_list("path", flat=True)}


def _conclude(looked: ObjectReport) -> None:
    kept, now = looked.kept, timezone.now()
    if looked.store.name == "archive":
        looked.files += _mend_index(kept)
        _mark(kept, condition=looked.condition, checked_at=now)
    else:
        _mark(kept, replica_checked_at=now)
    counts = Counter(checked.result.value for checked in looked.files)
    log_event(
        Type.FIXITY,
        kept,
        outcome=Outcome.FAILURE
        if looked.condition != Condition.INTACT
        else (Outcome.WARNING if looked.faults else Outcome.SUCCESS),
        detail={"store": looked.store.name, **counts},
    )


def _mend_index(kept: Kept) -> list[Checked]:
    """Let the rows of a deposit tell the digests of its inventory, which is sealed.

    Gives what they told otherwise: a row was changed, or a bit of the database flipped.
    """
    folder = archive().place(kept.object_path)
    if not isinstance(kept, Deposit) or not ocfl.is_whole(folder):
        return []
    told = ocfl.read_manifest(folder)
    start = len(kept.object_path) + 1
    mended = []
    for file in kept.files.filter(erased_by__isnull=True):
        path = file.path[start:]
        if path not in told or not (folder / path).is_file():
            continue
        right = {"sha512": told[path], "size_bytes": (folder / path).stat().st_size}
        if right != {"sha512": file.sha512, "size_bytes": file.size_bytes}:
            StoredFile.objects.filter(pk=file.pk).update(**right)
            log_event(Type.REPAIR, file, detail={"index": file.sha512[:20]})
            mended.append(Checked(path, Result.REPAIRED, Condition.INTACT, "database"))
    return mended


def _mark(kept: Kept, **values: object) -> None:
    type(kept)._default_manager.filter(pk=kept.pk).update(**values)
