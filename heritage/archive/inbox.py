"""What the inbox page shows: each thing that waits, and the record it may belong to."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Sum

from .actions.hand_in import waiting
from .destinations import Target, destination
from .match_table import Table
from .models import Deposit, StoredFile
from .thumbnails import pictures_of

SHOWN = 50
PICTURES = 3


@dataclass(frozen=True)
class Waiting:
    """One deposit of the inbox, as a line of the page."""

    deposit: Deposit
    files: int
    size_bytes: int
    target: Target | None  # the record it seems to belong to
    candidates: list[Target] = field(default_factory=list)
    pictures: list[StoredFile] = field(default_factory=list)


def read_inbox(table: Table | None = None) -> list[Waiting]:
    """Give the oldest that wait, each with its match by number or by a table's rows."""
    rows = waiting().order_by("created_at", "pk").select_related("created_by")
    counted: Any = rows.annotate(files_=Count("files"), bytes_=Sum("files__size_bytes"))
    return [_shown(deposit, table) for deposit in counted[:SHOWN]]


def _shown(deposit: Any, table: Table | None) -> Waiting:
    found = _matched(deposit, table)
    return Waiting(
        deposit,
        deposit.files_,
        deposit.bytes_ or 0,
        found[0] if len(found) == 1 else None,
        found,
        pictures_of(deposit, PICTURES),
    )


def _matched(deposit: Deposit, table: Table | None) -> list[Target]:
    """Match the name it came by; failing that, what all of its files agree on."""
    if table is None:
        return list(destination().match(deposit.inbox_name))
    rule = table.find(deposit.inbox_name)
    if rule is not None:
        return [rule.target]
    names = deposit.files.values_list("name", flat=True)
    rules = [
        table.find(name) or table.find(f"{deposit.inbox_name}/{name}")
        for name in names[:500]
    ]
    targets = Counter(rule.target.key for rule in rules if rule is not None)
    by_key = {rule.target.key: rule.target for rule in rules if rule is not None}
    return [by_key[key] for key, _count in targets.most_common()]
