"""Which records can be harvested: those that are public, and those that were."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils.translation import gettext as _

from heritage.catalogue.models import Element, Record, Relic, Site
from heritage.catalogue.policy import STRANGER, visible
from heritage.catalogue.vocabularies import load
from heritage.exhibits.models import Exhibit

from .asking import Refused, Selection

KINDS: Final[dict[str, type[Record]]] = {
    "relic": Relic,
    "element": Element,
    "site": Site,
    "exhibit": Exhibit,
}
CATEGORY: Final = "relic:"
PAGE: Final = 100
STAMP: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Page:
    """Some records in order, and the selection that goes on after them, or None."""

    records: list[Record]
    rest: Selection | None
    size: int


def page_of(asked: Selection) -> Page:
    """Give the next records of a list. Raises `Refused`."""
    size = asked.size or sum(rows.count() for _, rows in _kinds(asked))
    found = list(islice(_records(asked), PAGE + 1))
    if not found:
        raise Refused("noRecordsMatch", _("No record matches what was asked for."))
    given = found[:PAGE]
    rest = None
    if len(found) > PAGE:
        last = given[-1]
        rest = Selection(
            asked.prefix,
            asked.set_spec,
            asked.since,
            asked.until,
            after=(last.kind, last.modified_at.isoformat(), last.pk),
            done=asked.done + len(given),
            size=size,
        )
    return Page(given, rest, size)


def find(identifier: str) -> Record:
    """Give a record by its OAI identifier. Raises `Refused`."""
    prefix, _slash, name = identifier.partition(f"oai:{domain()}:")
    kind, _slash, key = name.partition("/")
    if not prefix and kind in KINDS:
        record: Record | None = harvested(KINDS[kind]).filter(key=key).first()
        if record is not None:
            return record
    said = _("There is no record “%(identifier)s” here.")
    raise Refused("idDoesNotExist", said % {"identifier": identifier})


def harvested(model: type[Record]) -> QuerySet[Any]:
    """Give what the public may see, and what it could see once."""
    rows = model._default_manager.all()
    gone = Q(state=Record.State.WITHDRAWN)
    shown = visible(rows, STRANGER).values("pk")
    return rows.filter(Q(pk__in=shown) | gone)


def is_gone(record: Record) -> bool:
    return record.state == Record.State.WITHDRAWN


def identifier_of(record: Record) -> str:
    return f"oai:{domain()}:{record.kind}/{record.key}"


def sets_of(record: Record) -> list[str]:
    known = [record.kind]
    if isinstance(record, Relic) and record.category:
        known.append(f"{CATEGORY}{record.category}")
    return known


def every_set() -> Iterator[tuple[str, str]]:
    """Give (setSpec, name) of each set: kinds, and categories of relics."""
    for kind, model in KINDS.items():
        yield kind, str(model._meta.verbose_name_plural)
    for concept in load("category").concepts:
        yield f"{CATEGORY}{concept.slug}", concept.label("en")


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(STAMP)


def earliest() -> datetime | None:
    each = (
        harvested(model).aggregate(one=Min("modified_at"))["one"]
        for model in KINDS.values()
    )
    return min((one for one in each if one), default=None)


def domain() -> str:
    return urlsplit(settings.BASE_IRI).hostname or "localhost"


def _kinds(asked: Selection) -> Iterator[tuple[str, QuerySet[Any]]]:
    """Give the rows of each kind that a selection asks for, whatever came before."""
    known = {spec for spec, _name in every_set()}
    if asked.set_spec and asked.set_spec not in known:
        raise Refused(
            "badArgument", _("There is no set “%(spec)s”.") % {"spec": asked.set_spec}
        )
    kind, _colon, category = asked.set_spec.partition(":")
    for name, model in KINDS.items():
        if kind in {"", name}:
            rows = harvested(model)
            if category:
                rows = rows.filter(category=category)
            if asked.since:
                rows = rows.filter(modified_at__gte=asked.since)
            if asked.until:
                rows = rows.filter(modified_at__lte=asked.until)
            yield name, rows.order_by("modified_at", "pk")


def _records(asked: Selection) -> Iterator[Record]:
    order = list(KINDS)
    for kind, rows in _kinds(asked):
        if asked.after:
            last, moment, pk = asked.after
            if order.index(kind) < order.index(last):
                continue
            if kind == last:
                later = Q(modified_at__gt=moment) | Q(modified_at=moment, pk__gt=pk)
                rows = rows.filter(later)
        yield from rows[: PAGE + 1]
