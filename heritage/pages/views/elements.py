"""Intangible elements and those who carry them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from heritage.catalogue.lineage import Lineage, draw_lineage, lineage_of
from heritage.catalogue.lineage.chosen import years_of
from heritage.catalogue.models import (
    Bearer,
    Element,
    Recording,
    RecordingItem,
    TechniqueOf,
    Transmission,
)
from heritage.catalogue.models.element import list_order
from heritage.catalogue.policy import Person, allows, person_of, visible
from heritage.catalogue.reach import NoSuchRecord, find_record
from heritage.exhibits.models import ExhibitItem
from heritage.exhibits.shown import shown_for
from heritage.pages.described import described
from heritage.pages.intangible_facts import (
    bearer_facts,
    chapter_texts,
    element_facts,
    item_line,
    part_lines,
)


def element_list(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = visible(Element.objects.all(), person).order_by(*list_order())
    context = {"section": "elements", "elements": rows}
    return render(request, "pages/elements.html", context)


def element_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    element = find_record(Element, key, person)
    made = _made(element, person)
    shown = shown_for([row.relic for row in made], person)
    of_element = Q(element=element) | Q(bearer__element=element)
    drawn = _lineage(element, person)
    context = {
        "section": "elements",
        "record": element,
        "facts": element_facts(element, person),
        "parts": part_lines(element, person),
        "chapters": chapter_texts(element),
        "recordings": _recordings(Recording.objects.filter(of_element), person),
        "lineage": drawn,
        "lineage_picture": draw_lineage(drawn) if drawn else "",
        "cards": [(row.relic, shown.get(row.relic_id)) for row in made],
        "items": visible(
            ExhibitItem.objects.filter(element=element).select_related("exhibit"),
            person,
        ),
    } | described(element, None, request)
    return render(request, "pages/element.html", context)


@require_safe
def lineage_picture(request: HttpRequest, key: str) -> HttpResponse:
    """Give the lineage as a file to keep or print, as far as this person may see it."""
    person = person_of(request)
    element = find_record(Element, key, person)
    drawn = _lineage(element, person)
    if drawn is None:
        raise NoSuchRecord(Element.kind, key)
    picture = draw_lineage(drawn, title=element.title, is_alone=True)
    response = HttpResponse(picture, content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-store"  # it hangs on consents
    return response


def bearer_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    bearer = find_record(Bearer, key, person)
    drawn = None
    if allows(person, bearer, "lineage"):
        drawn = _lineage(bearer.element, person, here=bearer)
    context = {
        "section": "elements",
        "record": bearer,
        "facts": bearer_facts(bearer, person),
        "masters": _handed_down(bearer, "apprentice", "master", person),
        "apprentices": _handed_down(bearer, "master", "apprentice", person),
        "recordings": _recordings(Recording.objects.filter(bearer=bearer), person),
        "lineage": drawn,
        "lineage_picture": draw_lineage(drawn) if drawn else "",
    } | described(bearer, None, request)
    return render(request, "pages/bearer.html", context)


def _made(element: Element, person: Person) -> QuerySet[TechniqueOf]:
    rows = TechniqueOf.objects.filter(element=element).select_related("relic")
    return visible(rows, person)


def _handed_down(
    bearer: Bearer, own: str, other: str, person: Person
) -> list[dict[str, Any]]:
    rows = Transmission.objects.filter(**{own: bearer}).select_related(other)
    return [
        {
            "other": getattr(row, other),
            "years": years_of(row),
            "way": row.get_way_display() if row.way else "",
            "source": row.source,
            "is_disputed": row.is_disputed,
            "dissent": row.dissent if allows(person, row, "dissent") else "",
        }
        for row in visible(rows, person)
    ]


def _recordings(
    rows: QuerySet[Recording], person: Person
) -> list[tuple[Recording, list[dict[str, str]]]]:
    found = visible(rows, person).order_by("begun_on", "pk").distinct()
    items = RecordingItem.objects.select_related("stored_file__deposit")
    return [
        (one, [item_line(row) for row in visible(items.filter(recording=one), person)])
        for one in found
    ]


def _lineage(
    element: Element, person: Person, *, here: Bearer | None = None
) -> Lineage | None:
    return lineage_of(element, person, address=_page_of, here=here)


def _page_of(bearer: Bearer) -> str:
    return reverse("bearer", args=[bearer.key])
