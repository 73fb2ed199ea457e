"""Deposits that came in for a row whose process died before the row could name them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from .models import Deposit

GRACE = timedelta(hours=1)  # whoever took it in has long named it


def left_behind(rows: QuerySet[Any], prefix: str) -> Iterator[tuple[Any, Deposit]]:
    """Give each with the row that its note names (`prefix` and key), the oldest first.

    The rows have a `stored_file`. What is older than that was once it, and has been
    replaced.
    """
    kept = Deposit.objects.filter(
        kind=Deposit.Kind.ORIGINAL,
        state=Deposit.State.SEALED,
        inbox_name="",
        going_to="",
        retired_at=None,
        note__startswith=prefix,
        sealed_at__lt=timezone.now() - GRACE,
    )
    rows = rows.select_related("stored_file")
    used = rows.filter(stored_file__deposit=OuterRef("pk"))
    for deposit in kept.filter(~Exists(used)).order_by("pk"):
        row = rows.filter(key=deposit.note.removeprefix(prefix)).first()
        if row is not None and _is_newer(deposit, row):
            yield row, deposit


def lay_in_inbox(deposit: Deposit) -> None:
    """Let a curator decide on it: its row may not have it any more."""
    Deposit.objects.filter(pk=deposit.pk).update(inbox_name=deposit.note)


def _is_newer(deposit: Deposit, row: Any) -> bool:
    return row.stored_file is None or row.stored_file.deposit_id < deposit.pk
