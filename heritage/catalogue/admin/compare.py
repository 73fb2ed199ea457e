"""Two to four relics beside one another: a column each, a row for each of the form's fields."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, Final, NamedTuple

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from heritage.catalogue.changes import told
from heritage.catalogue.models import (
    Citation,
    Dimension,
    ExternalIdentifier,
    MotifTag,
    Relic,
    RelicFacet,
    RelicMaterial,
    RelicName,
    RelicNumber,
    RelicTechnique,
)
from heritage.catalogue.pictured import small_pictures
from heritage.catalogue.policy import Person, allows, person_of, visible
from heritage.catalogue.reads import note_reads
from heritage.lib.whole_numbers import parse_whole

from .inlines import reads_here

FEWEST: Final = 2
MOST: Final = 4  # columns that still can be read beside one another
ROWS: Final[tuple[type[Model], ...]] = (
    RelicMaterial, RelicFacet, RelicNumber, ExternalIdentifier, RelicName, Dimension,
    RelicTechnique, MotifTag, Citation,
)  # fmt: skip
LINKS: Final = tuple(
    field.name for field in Relic._meta.concrete_fields if field.is_relation
)


class Column(NamedTuple):
    relic: Relic
    address: str
    picture: str


class Row(NamedTuple):
    """What each of the relics says of one field; each value is lines."""

    label: str
    values: list[list[str]]

    @property
    def is_empty(self) -> bool:
        return not any(self.values)

    @property
    def differs(self) -> bool:
        return any(value != self.values[0] for value in self.values)


class Group(NamedTuple):
    name: str
    rows: list[Row]


@admin.action(description=gettext_lazy("Compare side by side"), permissions=["view"])
def compare_chosen(
    _admin: Any, request: HttpRequest, chosen: QuerySet[Relic]
) -> HttpResponse | None:
    numbers = [relic.pk for relic in chosen[: MOST + 1]]
    if not FEWEST <= len(numbers) <= MOST:
        messages.error(request, _("Choose two to four relics to compare them."))
        return None
    asked = urlencode({"of": numbers}, doseq=True)
    return redirect(f"{reverse('admin:catalogue_compare')}?{asked}")


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    relics = _relics(request.GET.getlist("of"), person)
    if not reads_here(person) or len(relics) < FEWEST:
        raise Http404
    names = _names(request)
    read = [
        (one, {name for name in chain(*names.values()) if allows(person, one, name)})
        for one in relics
    ]
    note_reads(read, by=person.user_id)
    is_short = "differing" in request.GET
    context = {
        **admin.site.each_context(request),
        "title": _("Side by side"),
        "opts": Relic._meta,
        "columns": _columns(relics, person),
        "span": len(relics) + 1,
        "groups": list(_shown(_groups(names, relics, person), is_short=is_short)),
        "is_short": is_short,
        "other": urlencode(
            {"of": [one.pk for one in relics]} | ({} if is_short else {"differing": 1}),
            doseq=True,
        ),
    }
    return TemplateResponse(request, "catalogue/compare.html", context)


def _relics(asked: Iterable[str], person: Person) -> list[Relic]:
    """Give those that the person may see, in the order asked for, each once."""
    numbers = [number for one in asked if (number := parse_whole(one)) is not None]
    if len(set(numbers)) > MOST:
        raise Http404
    rows = visible(Relic.objects.select_related(*LINKS, "find_batch__site"), person)
    found = rows.in_bulk(numbers)
    return [found[one] for one in dict.fromkeys(numbers) if one in found]


def _names(request: HttpRequest) -> dict[str, list[str]]:
    """Name the fields of the relic's form, under the form's headings."""
    form = admin.site.get_model_admin(Relic).get_fieldsets(request)
    return {
        str(title): [name for name in flatten(options["fields"]) if _is_field(name)]
        for title, options in form
    }


def _is_field(name: str) -> bool:
    try:
        Relic._meta.get_field(name)
    except FieldDoesNotExist:  # told by the admin itself, such as what is still to do
        return False
    return True


def _columns(relics: list[Relic], person: Person) -> list[Column]:
    pictures = small_pictures(relics, person)
    return [
        Column(
            one,
            reverse("admin:catalogue_relic_change", args=[one.pk]),
            pictures.get(one.pk, ""),
        )
        for one in relics
    ]


def _groups(
    names: dict[str, list[str]], relics: list[Relic], person: Person
) -> Iterator[Group]:
    state: Any = Relic._meta.get_field("state")
    yield Group(str(state.verbose_name), [_row(state, relics, person)])
    for title, fields in names.items():
        found: list[Any] = [Relic._meta.get_field(name) for name in fields]
        yield Group(title, [_row(field, relics, person) for field in found])
    yield Group(_("Tables"), [_table(model, relics, person) for model in ROWS])


def _shown(groups: Iterable[Group], *, is_short: bool) -> Iterator[Group]:
    for group in groups:
        rows = [
            row
            for row in group.rows
            if not row.is_empty and (row.differs or not is_short)
        ]
        if rows:
            yield Group(group.name, rows)


def _row(field: Field[Any, Any], relics: list[Relic], person: Person) -> Row:
    values = (_value(field, relic, person) for relic in relics)
    label = str(field.verbose_name)
    return Row(label, [[value] if value else [] for value in values])


def _value(field: Field[Any, Any], relic: Relic, person: Person) -> str:
    """Give what the person may read; what is withheld looks like what is empty."""
    if not allows(person, relic, field.name):
        return ""
    if not field.is_relation:
        return told(field, relic)
    linked = getattr(relic, field.name)
    return str(linked) if linked is not None and allows(person, linked) else ""


def _table(model: type[Model], relics: list[Relic], person: Person) -> Row:
    rows = visible(model._default_manager.filter(relic__in=relics), person)
    lines: dict[int, list[str]] = {relic.pk: [] for relic in relics}
    for row in rows:
        lines[row.relic_id].append(str(row))  # type: ignore[attr-defined]
    label = str(model._meta.verbose_name_plural)
    return Row(label, [sorted(lines[relic.pk]) for relic in relics])
