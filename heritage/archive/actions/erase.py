"""Lawful erasure: one person asks on a legal ground, another confirms, the bytes go.

What goes: the bytes in the archive, its replica and the folders beside them, of every
copy and of everything computed from them. What stays: names, digests, events, and a
certificate. Killed at any step, the next tick goes on where it was.
"""

import json
import logging
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from heritage.archive.byte_store import ByteStore
from heritage.archive.certificate import certificate
from heritage.archive.erasing import described, gather
from heritage.archive.errors import (
    AlreadyDecided,
    AlreadyErased,
    ArchiveError,
    EmptyDeposit,
    ReasonMissing,
    SamePerson,
)
from heritage.archive.events import Type, log_event
from heritage.archive.local_copies import forget_copies
from heritage.archive.models import Deposit, Erasure, StoredFile
from heritage.archive.places import locked_if_free, staging_folder
from heritage.archive.purge import purge
from heritage.archive.rights import ASK_ERASURE, CONFIRM_ERASURE, check_right
from heritage.archive.signals import sight_changed
from heritage.archive.stores import archive, replica

log = logging.getLogger(__name__)
State = Erasure.State


def ask_erasure(
    files: Iterable[StoredFile], *, ground: str, by: AbstractBaseUser
) -> Erasure:
    """Ask for files to be erased. Raises `NoRight`, `ReasonMissing`, `AlreadyErased`."""
    check_right(by, ASK_ERASURE)
    chosen = list(files)
    if not ground.strip():
        raise ReasonMissing
    if not chosen:
        raise EmptyDeposit
    for file in chosen:
        if file.erased_by_id is not None:
            raise AlreadyErased(file.name)
    items = [described(file) for file in gather(file.pk for file in chosen)]
    erasure: Erasure = Erasure.objects.create(
        ground=ground.strip()[:1000],
        asked_by_id=by.pk,
        chosen=[file.key for file in chosen],
        items=items,
    )
    return erasure


def decline_erasure(erasure: Erasure, *, by: AbstractBaseUser) -> None:
    """Let an erasure be; whoever asked for it may do so as well."""
    if by.pk != erasure.asked_by_id:
        check_right(by, CONFIRM_ERASURE)
    with transaction.atomic():
        _decide(erasure, State.DECLINED, by)


def confirm_erasure(erasure: Erasure, *, by: AbstractBaseUser) -> None:
    """Agree to an erasure and carry it out, as far as it can be done at once.

    Raises `NoRight`, `SamePerson` (for superusers as well) or `AlreadyDecided`.
    """
    check_right(by, CONFIRM_ERASURE)
    if by.pk == erasure.asked_by_id:
        raise SamePerson
    chosen = StoredFile.objects.filter(key__in=erasure.chosen)
    with transaction.atomic():
        _decide(erasure, State.CONFIRMED, by)
        # Anew: a run may have computed something from the files since they were chosen.
        files = list(gather(chosen.values_list("pk", flat=True)))
        erasure.items = [described(file) for file in files]
        erasure.objects_left = sorted({file.deposit.key for file in files})
        erasure.save(update_fields=["items", "objects_left"])
        taken = StoredFile.objects.filter(pk__in=[file.pk for file in files])
        taken.update(erased_by=erasure)
        sight_changed.send(Erasure, files=taken)
    carry_out(erasure)


def finish_erasures() -> int:
    """Go on with what was confirmed and is not done; tell how many are done now."""
    under_way = Erasure.objects.filter(state=State.CONFIRMED)
    return sum(carry_out(erasure) for erasure in under_way)


def carry_out(erasure: Erasure) -> bool:
    """Erase object by object; tell whether nothing is left to do.

    An object that is being checked is left for the next time.
    """
    with staging_folder(f"erasure-{erasure.key}") as staging:
        erasure.refresh_from_db()
        if erasure.state != State.CONFIRMED or not _noted(erasure):
            return False
        for key in list(erasure.objects_left):
            _erase_object(Deposit.objects.get(key=key), erasure, staging)
        if not erasure.objects_left:
            _finish(erasure)
    return erasure.state == State.DONE


def _noted(erasure: Erasure) -> bool:
    """Note it beside the stores first: a backup of before must not bring it back."""
    told = json.dumps(certificate(erasure), ensure_ascii=False, indent=1).encode()
    try:
        for store in (archive(), replica()):
            if store is not None:
                store.note_erasure(erasure.key, told)
    except (ArchiveError, OSError) as error:
        log.error("The erasure %s waits: %s", erasure, error)
        return False
    return True


def _decide(erasure: Erasure, state: str, by: AbstractBaseUser) -> None:
    """Take the one decision there is; of two at once the second is told."""
    values = {"state": state, "decided_by": by, "decided_at": timezone.now()}
    waiting = Erasure.objects.filter(pk=erasure.pk, state=State.ASKED)
    if not waiting.update(**values):
        erasure.refresh_from_db()
        raise AlreadyDecided(erasure.key, erasure.get_state_display())
    erasure.refresh_from_db()


def _erase_object(deposit: Deposit, erasure: Erasure, staging: Path) -> None:
    stores = [store for store in (archive(), replica()) if store is not None]
    with ExitStack() as locks:
        # A check would bring back from one store what is gone from the other.
        names = [f"check-{store.name}-{deposit.key}" for store in stores]
        if all(locks.enter_context(locked_if_free(name)) for name in names):
            _erase_unwatched(deposit, stores, erasure=erasure, staging=staging)


def _erase_unwatched(
    deposit: Deposit, stores: Iterable[ByteStore], *, erasure: Erasure, staging: Path
) -> None:
    files = list(StoredFile.objects.filter(deposit=deposit, erased_by=erasure))
    try:
        for store in stores:
            _erase_in(store, deposit, files, erasure=erasure, staging=staging)
    except (ArchiveError, OSError) as error:
        log.error("The erasure %s waits: %s", erasure, error)
        return
    with transaction.atomic():
        erasure.objects_left = [k for k in erasure.objects_left if k != deposit.key]
        erasure.save(update_fields=["objects_left"])
        detail = {"erasure": erasure.key, "ground": erasure.ground}
        for thing in (deposit, *files):
            log_event(Type.DELETION, thing, by=erasure.decided_by, detail=detail)


def _erase_in(
    store: ByteStore,
    deposit: Deposit,
    files: list[StoredFile],
    *,
    erasure: Erasure,
    staging: Path,
) -> None:
    store.check_present()
    start = len(deposit.object_path) + 1
    if store.has_object(deposit.object_path):
        notice = json.dumps(certificate(erasure), ensure_ascii=False, indent=1)
        with store.staging_beside(f"erasure-{erasure.key}", staging) as own:
            purge(
                store,
                deposit.object_path,
                {file.sha512 for file in files},
                staging=own,
                notice=(f"erasure-{erasure.key}.json", notice.encode()),
            )
    store.purge_aside(deposit.object_path, [file.path[start:] for file in files])
    forget_copies(file.sha512 for file in files)


def _finish(erasure: Erasure) -> None:
    with transaction.atomic():
        erasure.state, erasure.done_at = State.DONE, timezone.now()
        erasure.save(update_fields=["state", "done_at"])
        # The records' documents carry the certificate.
        files = StoredFile.objects.filter(erased_by=erasure)
        sight_changed.send(Erasure, files=files)
