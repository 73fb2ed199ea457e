"""Queue graphs to be built again, in the transaction of the change that asks for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from heritage.catalogue.mentions import GraphName
from heritage.lib.inserting import insert_rows

from .models import Mention, Outbox

CHUNK = 200  # names a statement: SQLite takes 250 000 variables, a planner fewer terms


def queue(names: Collection[GraphName]) -> None:
    """Ask for these graphs, once each.

    A row that waits already serves only if the projector has not taken it (attempts 0):
    otherwise it may have read the records before this change. Locking the row keeps the
    projector from taking it until we commit; one locked by another change is passed over.
    """
    ordered = sorted(names)
    for start in range(0, len(ordered), CHUNK):
        _queue(ordered[start : start + CHUNK])


def mentioning(names: Collection[GraphName]) -> set[GraphName]:
    """Name the graphs that name these records, or would if they were public."""
    about = Mention.objects.filter(any_of(names, "about_kind", "about_key"))
    rows = about.values_list("kind", "key") if names else ()
    return {GraphName(kind, key) for kind, key in rows}


def _queue(names: list[GraphName]) -> None:
    with transaction.atomic():
        untaken = Outbox.objects.filter(
            any_of(names, "kind", "key"),
            done_at__isnull=True,
            is_dead=False,
            attempts=0,
        )
        held = untaken.select_for_update(skip_locked=True).values_list("kind", "key")
        waiting = {GraphName(kind, key) for kind, key in held}
        missing = [name for name in names if name not in waiting]
        insert_rows([Outbox(kind=name.kind, key=name.key) for name in missing])


def any_of(names: Iterable[GraphName], kind: str, key: str) -> Q:
    """Filter by (kind, key) pairs held in two columns; no pair at all matches nothing."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_kind[name.kind].append(name.key)
    each = (Q(**{kind: one, f"{key}__in": keys}) for one, keys in by_kind.items())
    return reduce(or_, each, Q(pk__in=[]))
