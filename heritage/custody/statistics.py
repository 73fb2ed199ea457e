"""How much there was on a day, by grade, category, year and collection: from history.

Nothing is read from the register as it is now: the same day gives the same figures
whenever it is asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, Max, QuerySet, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Collection, Relic
from heritage.catalogue.policy import Person
from heritage.catalogue.spoken import spoken_year
from heritage.catalogue.vocabularies import load

from .models import Deregistration

TITLES: Final[dict[str, Promise | str]] = {
    "grade": gettext_lazy("By grade"),
    "category": gettext_lazy("By category"),
    "acquired_year": gettext_lazy("By year of acquisition"),
    "collection": gettext_lazy("By collection"),
}


@dataclass(frozen=True)
class Figure:
    label: str
    objects: int
    pieces: int
    share: float = 0.0  # of the largest in its table, 0 to 1


@dataclass(frozen=True)
class Table:
    slug: str
    title: str
    figures: list[Figure]

    @property
    def objects(self) -> int:
        return sum(figure.objects for figure in self.figures)

    @property
    def pieces(self) -> int:
        return sum(figure.pieces for figure in self.figures)


def statistics_on(day: date, person: Person) -> list[Table]:
    """Count the relics of the person's collections as they stood when the day ended."""
    rows = relics_on(day, person)
    return [_table(slug, rows) for slug in TITLES]


def relics_on(day: date, person: Person) -> QuerySet[Any]:
    """Give of each relic the row that stood at the end of a day, but what was gone."""
    ends = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    past = Relic.history.model.objects.filter(history_date__lt=ends)
    last = past.order_by().values("id").annotate(last=Max("history_id")).values("last")
    gone = Deregistration.objects.filter(done_at__lt=ends).values("relic")
    rows = past.filter(history_id__in=last).exclude(history_type="-")
    rows = rows.exclude(id__in=gone)
    if not person.is_administrator:
        rows = rows.filter(collection_id__in=sorted(person.reads_in))
    found: QuerySet[Any] = rows.order_by()
    return found


def as_rows(tables: Iterable[Table]) -> list[list[str]]:
    """Give the tables as one list for a spreadsheet."""
    head = [_("table"), _("value"), _("objects"), _("pieces")]
    return [head] + [
        [table.title, one.label, str(one.objects), str(one.pieces)]
        for table in tables
        for one in table.figures
    ]


def _table(slug: str, rows: QuerySet[Any]) -> Table:
    column = "collection_id" if slug == "collection" else slug
    found = rows.values_list(column).annotate(
        objects=Count("history_id"), pieces=Sum("actual_count")
    )
    counted = sorted(found, key=_ORDERS[slug])
    most = max((objects for _value, objects, _pieces in counted), default=1)
    speak = _SPEAKERS[slug]()
    figures = [Figure(speak(v), n, p or 0, n / most) for v, n, p in counted]
    return Table(slug, str(TITLES[slug]), figures)


def _concepts(vocabulary: str) -> Callable[[], Callable[[Any], str]]:
    def speaker() -> Callable[[Any], str]:
        return lambda slug: concept_label(vocabulary, slug) or _("not said")

    return speaker


def _years() -> Callable[[Any], str]:
    return lambda year: spoken_year(year) or _("not said")


def _collections() -> Callable[[Any], str]:
    names = {one.pk: str(one) for one in Collection.objects.all()}
    return lambda pk: names.get(pk, f"({pk})")


def _in_order(vocabulary: str) -> Callable[[tuple[Any, int, int]], tuple[Any, ...]]:
    def place(row: tuple[Any, int, int]) -> tuple[Any, ...]:
        slugs = [concept.slug for concept in load(vocabulary).concepts]
        known = row[0] in slugs
        return (not known, slugs.index(row[0]) if known else 0, str(row[0]))

    return place


_SPEAKERS: Final = {
    "grade": _concepts("grade"),
    "category": _concepts("category"),
    "acquired_year": _years,
    "collection": _collections,
}
_ORDERS: Final[dict[str, Callable[[Any], Any]]] = {
    "grade": _in_order("grade"),
    "category": _in_order("category"),
    "acquired_year": lambda row: (row[0] is None, row[0] or 0),
    "collection": lambda row: -row[1],
}
