"""Intangible elements and those who carry them."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Bearer, Element, TechniqueOf, Transmission
from heritage.catalogue.policy import Person, person_of, visible
from heritage.catalogue.reach import find_record
from heritage.exhibits.models import ExhibitItem
from heritage.exhibits.shown import shown_for
from heritage.pages import lineage
from heritage.pages.facts import bearer_facts, element_facts, span_label


def element_list(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = visible(Element.objects.all(), person).order_by("category", "code", "pk")
    context = {"section": "elements", "elements": rows}
    return render(request, "pages/elements.html", context)


def element_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    element = find_record(Element, key, person)
    made = _made(element, person)
    shown = shown_for([row.relic for row in made], person)
    context = {
        "section": "elements",
        "record": element,
        "facts": element_facts(element, person),
        "lineage": _lineage(element, person),
        "cards": [(row.relic, shown.get(row.relic_id)) for row in made],
        "items": visible(
            ExhibitItem.objects.filter(element=element).select_related("exhibit"),
            person,
        ),
    }
    return render(request, "pages/element.html", context)


def bearer_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    bearer = find_record(Bearer, key, person)
    rows = visible(Transmission.objects.all(), person)
    context = {
        "section": "elements",
        "record": bearer,
        "facts": bearer_facts(bearer, person),
        "masters": _handed_down(
            rows.filter(apprentice=bearer).select_related("master"), "master"
        ),
        "apprentices": _handed_down(
            rows.filter(master=bearer).select_related("apprentice"), "apprentice"
        ),
        "lineage": _lineage(bearer.element, person, here=bearer),
    }
    return render(request, "pages/bearer.html", context)


def _made(element: Element, person: Person) -> QuerySet[TechniqueOf]:
    rows = TechniqueOf.objects.filter(element=element).select_related("relic")
    return visible(rows, person)


def _handed_down(
    rows: QuerySet[Transmission], other: str
) -> list[tuple[Bearer, str, str]]:
    return [
        (getattr(row, other), span_label(row.begin_year, row.end_year), row.source)
        for row in rows
    ]


def _lineage(
    element: Element, person: Person, *, here: Bearer | None = None
) -> lineage.Lineage | None:
    rows = Bearer.objects.filter(element=element).select_related("person")
    bearers = list(
        visible(rows, person).order_by("generation", "recognised_year", "pk")
    )
    if not bearers:
        return None
    taught = visible(Transmission.objects.filter(master__in=bearers), person)
    return lineage.build_lineage(
        [_node(bearer, is_here=bearer == here) for bearer in bearers],
        list(taught.values_list("master_id", "apprentice_id")),
    )


def _node(bearer: Bearer, *, is_here: bool) -> lineage.Person:
    return lineage.Person(
        id=bearer.pk,
        name=bearer.title,
        about=concept_label("ich-level", bearer.level),
        address=reverse("bearer", args=[bearer.key]),
        generation=bearer.generation,
        is_here=is_here,
    )
