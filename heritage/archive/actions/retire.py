"""Put a deposit or a file out of everybody's sight, and bring it back; bytes stay."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from heritage.archive.errors import AlreadyErased, ReasonMissing
from heritage.archive.events import Type, log_event
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.rights import RETIRE, check_right
from heritage.archive.signals import sight_changed

Thing = Deposit | StoredFile


def retire(thing: Thing, *, reason: str, by: AbstractBaseUser) -> bool:
    """Hide a deposit or a file, with the reason; gives False where it was hidden already.

    Raises `NoRight` or `ReasonMissing`.
    """
    check_right(by, RETIRE)
    return hide(thing, reason=reason, by=by)


def hide(thing: Thing, *, reason: str, by: AbstractBaseUser | None) -> bool:
    """Do so for an action that has looked at the person's right itself."""
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing
    values = {
        "retired_at": timezone.now(),
        "retired_by": by,
        "retired_reason": reason[:500],
    }
    return _change(
        thing,
        {"retired_at__isnull": True},
        values,
        type_=Type.ACCESS_REMOVED,
        by=by,
        reason=reason,
    )


def bring_back(thing: Thing, *, reason: str, by: AbstractBaseUser) -> bool:
    """Undo `retire`. Raises `NoRight`, `ReasonMissing` or `AlreadyErased`."""
    check_right(by, RETIRE)
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonMissing
    if isinstance(thing, StoredFile) and thing.erased_by_id is not None:
        raise AlreadyErased(thing.name)
    values = {"retired_at": None, "retired_by": None, "retired_reason": ""}
    return _change(
        thing,
        {"retired_at__isnull": False},
        values,
        type_=Type.ACCESS_RESTORED,
        by=by,
        reason=reason,
    )


def files_of(thing: Thing) -> QuerySet[StoredFile]:
    if isinstance(thing, StoredFile):
        return StoredFile.objects.filter(pk=thing.pk)
    return StoredFile.objects.filter(deposit=thing)


def _change(
    thing: Thing,
    state: dict[str, Any],
    values: dict[str, Any],
    *,
    type_: str,
    by: AbstractBaseUser | None,
    reason: str,
) -> bool:
    with transaction.atomic():
        rows = type(thing)._default_manager.filter(pk=thing.pk, **state)
        if not rows.update(**values):
            return False
        log_event(type_, thing, by=by, detail={"reason": reason})
        sight_changed.send(type(thing), files=files_of(thing))
    thing.refresh_from_db()
    return True
