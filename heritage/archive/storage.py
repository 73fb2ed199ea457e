"""How much the archive holds, of what, for whom, and how well: figures for a page."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from .models import Condition, Deposit, Kept, PreservedRecord, StoredFile
from .records import Kind, kinds
from .room import free_bytes, promised_bytes
from .stores import replica

TOP = 20
MONTHS_SHOWN = 36


@dataclass(frozen=True)
class Line:
    """One row of a table of sizes."""

    name: str
    files: int
    size_bytes: int


@dataclass(frozen=True)
class Growth:
    """What the archive held at the end of a month."""

    month: str
    originals_bytes: int
    computed_bytes: int


@dataclass(frozen=True)
class Health:
    """How the objects of the archive are."""

    objects: int
    by_condition: dict[str, int]
    overdue: int
    longest_unread: datetime | None
    last_checked: datetime | None
    in_replica: int | None  # None: there is no replica


@dataclass(frozen=True)
class Storage:
    kinds: Sequence[Line]
    classes: Sequence[Line]  # what files are for, as the rooms above say
    growth: Sequence[Growth]
    formats: Sequence[Line]
    records: Sequence[Line]
    months: Sequence[Line]
    health: Health
    free_bytes: int
    promised_bytes: int
    waiting: int  # deposits in the inbox


Classes = Callable[[], Sequence[Line]]
_classes: list[Classes] = []


def declare(classes: Classes) -> None:
    """Have a room above tell what its files are for, and how large they are."""
    if classes not in _classes:
        _classes.append(classes)


def read_storage() -> Storage:
    """Count everything anew; a few queries, whatever the number of files."""
    sealed = Deposit.objects.filter(state=Deposit.State.SEALED)
    return Storage(
        kinds=_by("deposit__kind", dict(Deposit.Kind.choices)),
        classes=[line for told in _classes for line in told()],
        growth=_growth(),
        formats=_by("media_type", {}),
        records=_largest_records(),
        months=_by_month(),
        health=_health(),
        free_bytes=free_bytes(),
        promised_bytes=promised_bytes(),
        waiting=sealed.exclude(inbox_name="").count(),
    )


def _by(column: str, names: dict[str, Any]) -> list[Line]:
    lines = [
        Line(str(names.get(value, value)), count, size)
        for value, count, size in _once()
        .values_list(column)
        .annotate(Count("path"), Sum("size_bytes"))
    ]
    return sorted(lines, key=lambda line: -line.size_bytes)


def _once() -> QuerySet[StoredFile]:
    """Give one row for each content that lies in the store: what was erased does not.

    Within a deposit identical files share one path; the first of them stands for all.
    """
    rows = StoredFile.objects.filter(erased_by=None)
    firsts = rows.values("path").annotate(first=Min("pk")).values("first")
    return StoredFile.objects.filter(pk__in=firsts).order_by()


def _by_month() -> list[Line]:
    rows = _once().annotate(month=TruncMonth("created_at")).values_list("month")
    counted = rows.annotate(Count("path"), Sum("size_bytes")).order_by("-month")[:12]
    return [Line(month.strftime("%Y-%m"), n, size) for month, n, size in counted]


def _growth() -> list[Growth]:
    """Add up month by month, from the first; the last `MONTHS_SHOWN` are given."""
    rows = _once().annotate(month=TruncMonth("created_at")).order_by("month")
    sums: dict[str, dict[str, int]] = {}
    told = rows.values_list("month", "deposit__kind").annotate(Sum("size_bytes"))
    for month, kind, size in told:
        sums.setdefault(month.strftime("%Y-%m"), {})[kind] = size
    held, grown = dict.fromkeys(Deposit.Kind.values, 0), []
    for month, added in sums.items():
        held = {kind: size + added.get(kind, 0) for kind, size in held.items()}
        grown.append(
            Growth(month, held[Deposit.Kind.ORIGINAL], held[Deposit.Kind.DERIVED])
        )
    return grown[-MONTHS_SHOWN:]


def _largest_records() -> list[Line]:
    lines = [line for kind in kinds().values() for line in _records_of(kind)]
    return sorted(lines, key=lambda line: -line.size_bytes)[:TOP]


def _records_of(kind: Kind) -> Iterator[Line]:
    """Sum the files that each record's rows name, kind of row by kind of row."""
    sums: dict[str, tuple[int, int]] = {}
    for part in kind.parts:
        for column in part.model._meta.concrete_fields:
            if column.related_model is not StoredFile:
                continue
            rows = part.model._default_manager.filter(
                **{f"{column.name}__erased_by": None, f"{column.name}__isnull": False}
            ).values_list(f"{part.path}__key")
            size = Sum(f"{column.name}__size_bytes")
            for key, count, total in rows.annotate(Count("pk"), size).order_by():
                files, size_bytes = sums.get(key, (0, 0))
                sums[key] = files + count, size_bytes + total
    largest = sorted(sums.items(), key=lambda item: -item[1][1])[:TOP]
    titles = kind.model._default_manager.in_bulk(
        [key for key, _sums in largest], field_name="key"
    )
    for key, (files, size_bytes) in largest:
        yield Line(f"{titles.get(key, key)} ({kind.name}/{key})", files, size_bytes)


def _health() -> Health:
    rows: tuple[QuerySet[Any], ...] = (
        Deposit.objects.exclude(object_path=""),
        PreservedRecord.objects.exclude(object_path=""),
    )
    long_ago = timezone.now() - timedelta(days=settings.FIXITY_DAYS)
    late = Q(checked_at=None) | Q(checked_at__lt=long_ago)
    oldest = [one.aggregate(at=Min("checked_at"))["at"] for one in rows]
    newest = [one.aggregate(at=Max("checked_at"))["at"] for one in rows]
    return Health(
        objects=sum(one.count() for one in rows),
        by_condition={
            str(condition.label): sum(
                one.filter(condition=condition).count() for one in rows
            )
            for condition in Condition
        },
        overdue=sum(one.filter(late).count() for one in rows),
        longest_unread=min((at for at in oldest if at is not None), default=None),
        last_checked=max((at for at in newest if at is not None), default=None),
        in_replica=_in_replica(rows) if replica() else None,
    )


def _in_replica(rows: Sequence[QuerySet[Kept]]) -> int:
    deposits, records = rows
    return (
        deposits.filter(replicated_version__gt=0).count()
        + records.filter(replicated_version__gte=F("version")).count()
    )
