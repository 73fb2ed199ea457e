"""Hand in: keep the bytes first, then give them to a record, or leave them in the inbox."""

from collections.abc import Callable, Sequence
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet

from heritage.archive.destinations import Target, destination, find_target
from heritage.archive.errors import (
    AlreadyGiven,
    ArchiveError,
    NotInInbox,
    NotYours,
)
from heritage.archive.events import Type, log_event
from heritage.archive.folders import Watched, list_items
from heritage.archive.models import Deposit, PreservationEvent
from heritage.archive.names import printable, readable
from heritage.archive.places import is_in_use, staging_folder
from heritage.archive.unpacking import unpacked_bag

from .accept_bag import deposit_bag
from .deposit import deposit_files
from .retire import hide


def hand_in(
    sources: Sequence[Path],
    target: Target | None,
    *,
    by: AbstractBaseUser | None,
    key: str = "",
    after: Callable[[], None] = lambda: None,
) -> Deposit:
    """Deposit a folder, files, or a bag (packed or not); without a target to the inbox.

    No limit of size holds here: whoever can run this has the disk at hand. Killed after
    the bytes are kept, the deposit is found in the inbox. `after` is called when all
    bytes are read and nothing is kept yet; what it raises, refuses the deposit.
    """
    path = sources[0]
    note = printable(readable(path.name))[:200]
    with unpacked_bag(path) as bag_folder:
        if len(sources) == 1 and bag_folder is not None:
            deposit, _bag = deposit_bag(
                bag_folder, by=by, note=note, inbox_name=note, key=key, after=after
            )
        else:
            items = [item for source in sources for item in list_items(source)]
            deposit = deposit_files(
                Watched(items, after),
                by=by,
                note=note,
                limit_bytes=0,
                inbox_name=note,
                key=key,
            )
    if target is not None:
        assign(deposit, target, by=by)
    return deposit


def waiting() -> QuerySet[Deposit]:
    """Give what lies in the inbox and is in nobody's hands."""
    rows = Deposit.objects.filter(
        state=Deposit.State.SEALED, retired_at__isnull=True, going_to=""
    )
    return rows.exclude(inbox_name="")


def assign(deposit: Deposit, target: Target, *, by: AbstractBaseUser | None) -> None:
    """Give a deposit of the inbox to a record.

    Raises `NotInInbox`, or `AlreadyGiven` to the second of two, or what the record's
    room refuses; then it waits on.
    """
    reference = f"{target.kind}/{target.key}"
    claimed = waiting().filter(pk=deposit.pk).update(going_to=reference)
    if not claimed:
        raise _not_waiting(deposit)
    with staging_folder(_lock(deposit)):
        try:
            destination().attach(target, deposit, by=by)
        except Exception:
            Deposit.objects.filter(pk=deposit.pk).update(going_to="")
            raise
        _conclude(deposit, target, by=by)
    deposit.refresh_from_db()


def finish_assignments() -> int:
    """Give to their records what a killed process had taken from the inbox for them."""
    begun = Deposit.objects.exclude(going_to="").exclude(inbox_name="")
    count = 0
    for deposit in begun:
        if is_in_use(_lock(deposit)):
            continue
        with staging_folder(_lock(deposit)):
            deposit.refresh_from_db()
            if deposit.going_to:
                count += _go_on(deposit)
    return count


def discard(deposit: Deposit, *, reason: str, by: AbstractBaseUser) -> None:
    """Take a deposit out of the inbox that belongs to no record; its bytes stay.

    Raises `NotYours`, `ReasonMissing`, `NotInInbox` or `AlreadyGiven`.
    """
    if not destination().may_hand_in(by):
        raise NotYours
    with transaction.atomic():
        if not waiting().select_for_update().filter(pk=deposit.pk).exists():
            raise _not_waiting(deposit)
        hide(deposit, reason=reason, by=by)


def _go_on(deposit: Deposit) -> int:
    try:
        target = find_target(deposit.going_to)
        destination().attach(target, deposit, by=None)
    except ArchiveError:  # the record is gone: it waits again
        Deposit.objects.filter(pk=deposit.pk).update(going_to="")
        return 0
    _conclude(deposit, target, by=None)
    return 1


def _conclude(deposit: Deposit, target: Target, *, by: AbstractBaseUser | None) -> None:
    detail = {"to": f"{target.kind}/{target.key}", "title": target.title}
    with transaction.atomic():
        Deposit.objects.filter(pk=deposit.pk).update(inbox_name="", going_to="")
        log_event(Type.ACCESSION, deposit, by=by, detail=detail)


def _not_waiting(deposit: Deposit) -> ArchiveError:
    """Say why it does not wait: given to a record, and by whom, or never there."""
    deposit.refresh_from_db()
    if deposit.going_to:
        return AlreadyGiven(deposit.inbox_name, deposit.going_to, "")
    given = PreservationEvent.objects.filter(
        type=Type.ACCESSION, subject_key=deposit.key
    ).select_related("person")
    last = given.first()
    if last is None:
        return NotInInbox(deposit.key)
    person = str(last.person) if last.person else ""
    return AlreadyGiven(deposit.note or deposit.key, last.detail["title"], person)


def _lock(deposit: Deposit) -> str:
    return f"assign-{deposit.key}"
