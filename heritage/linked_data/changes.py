"""What changed, for those who keep a copy: IIIF Change Discovery 1.0, level 2.

https://iiif.io/api/discovery/1.0/. Each record stands once, at its last change, oldest
first. A page holds up to a hundred changes of one day (UTC): `20261121-2` is that day's
second. A record that changes again moves on to a later page.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import CharField, Count, Value
from django.db.models.functions import TruncDate
from django.urls import reverse

from heritage.catalogue.models import Agent, Element, Period, Place, Record, Relic
from heritage.exhibits.models import Exhibit
from heritage.lib.whole_numbers import parse_whole

from .graphs import museum_ids
from .harvest.listing import harvested, is_gone, stamp
from .linked_art import type_of_record

CONTEXT: Final = [
    "http://iiif.io/api/discovery/1/context.json",
    "https://linked.art/ns/v1/record-types.json",
]
MODELS: Final[tuple[type[Record], ...]] = (
    Relic,
    Element,
    Exhibit,
    Agent,
    Place,
    Period,
)
PAGE: Final = 100


@dataclass(frozen=True, order=True)
class PageName:
    day: date
    number: int  # from 1

    def __str__(self) -> str:
        return f"{self.day:%Y%m%d}-{self.number}"


def read_page_name(text: str) -> PageName | None:
    day, _dash, number = text.partition("-")
    try:
        moment = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    place = parse_whole(number)
    return None if place is None else PageName(moment.date(), place)


def collection() -> dict[str, Any]:
    """Describe all changes: how many, and the first and last page."""
    days = _days()
    known: dict[str, Any] = {
        "@context": CONTEXT,
        "id": _address(),
        "type": "OrderedCollection",
        "totalItems": sum(days.values()),
    }
    if days:
        last = max(days)
        pages = {"first": PageName(min(days), 1), "last": _last(last, days[last])}
        known |= {name: _reference(page) for name, page in pages.items()}
    return known


def page(name: PageName) -> dict[str, Any] | None:
    """Give a page of changes; None where there is none of that name."""
    days = _days()
    if not 0 < name.number <= _last(name.day, days[name.day]).number:
        return None
    found = _of_day(name)
    known: dict[str, Any] = {
        "@context": CONTEXT,
        "id": _address(name),
        "type": "OrderedCollectionPage",
        "partOf": {"id": _address(), "type": "OrderedCollection"},
        "startIndex": _index(name, days),
        "orderedItems": [_activity(record) for record in found],
    }
    for key, other in (("prev", _before(name, days)), ("next", _after(name, days))):
        if other:
            known[key] = _reference(other)
    return known


def _days() -> Counter[date]:
    """Count the changes of each day."""
    counted: Counter[date] = Counter()
    for model in MODELS:
        day = TruncDate("modified_at", tzinfo=UTC)
        rows = harvested(model).annotate(day=day).order_by().values("day")
        for row in rows.annotate(changes=Count("pk")):
            counted[row["day"]] += row["changes"]
    return counted


def _of_day(name: PageName) -> list[Record]:
    start = datetime.combine(name.day, time.min, UTC)
    until = start + timedelta(days=1)
    columns = ("modified_at", "of_kind", "pk")
    first, *others = (
        harvested(model)
        .filter(modified_at__gte=start, modified_at__lt=until)
        .annotate(of_kind=Value(model.kind, CharField()))
        .order_by()
        .values_list(*columns)
        for model in MODELS
    )
    last = name.number * PAGE
    rows = list(first.union(*others, all=True).order_by(*columns)[last - PAGE : last])
    wanted: dict[str, list[int]] = defaultdict(list)
    for _moment, kind, pk in rows:
        wanted[kind].append(pk)
    found = {
        (model.kind, row.pk): row
        for model in MODELS
        for row in harvested(model).filter(pk__in=wanted[model.kind])
    }
    # What was erased between the two questions is left out.
    keys = [(kind, pk) for _moment, kind, pk in rows]
    return [found[key] for key in keys if key in found]


def _activity(record: Record) -> dict[str, Any]:
    kind = "Update"
    if is_gone(record):
        kind = "Delete"
    elif record.released_at and record.modified_at - record.released_at < timedelta(
        seconds=1
    ):
        kind = "Create"
    iri = str(museum_ids().thing(record.kind, record.key))
    return {
        "type": kind,
        "endTime": stamp(record.modified_at),
        "object": {"id": iri, "type": type_of_record(record)},
    }


def _index(name: PageName, days: Counter[date]) -> int:
    before = sum(count for day, count in days.items() if day < name.day)
    return before + (name.number - 1) * PAGE


def _before(name: PageName, days: Counter[date]) -> PageName | None:
    if name.number > 1:
        return PageName(name.day, name.number - 1)
    day = max((one for one in days if one < name.day), default=None)
    return _last(day, days[day]) if day else None


def _after(name: PageName, days: Counter[date]) -> PageName | None:
    if name < _last(name.day, days[name.day]):
        return PageName(name.day, name.number + 1)
    day = min((one for one in days if one > name.day), default=None)
    return PageName(day, 1) if day else None


def _last(day: date, count: int) -> PageName:
    return PageName(day, -(-count // PAGE))


def _reference(name: PageName) -> dict[str, str]:
    return {"id": _address(name), "type": "OrderedCollectionPage"}


def _address(name: PageName | None = None) -> str:
    path = reverse("changes-page", args=[str(name)]) if name else reverse("changes")
    return f"{settings.BASE_IRI}{path}"
