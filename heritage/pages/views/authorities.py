"""People and groups, and places: what each is, and what leads to it."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.catalogue.models import Agent, Bearer, Element, Place, Relic, Site
from heritage.catalogue.policy import Person, allows, person_of, policy_of, visible
from heritage.catalogue.reach import find_record
from heritage.catalogue.spoken import span_label, spoken_year
from heritage.exhibits.shown import Shown, shown_for
from heritage.pages.described import described
from heritage.pages.facts import Fact, fact, kept, numbers, title_for

SHOWN: Final = 24  # of each list; the search has them all
SHOWN_SITES: Final = 4 * SHOWN
Cards = list[tuple[Relic, Shown | None]]


@require_safe
def person_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    agent = find_record(Agent, key, person)
    made = visible(Relic.objects.filter(maker=agent), person).order_by("-pk")[:SHOWN]
    # What is carried on is named, and may be a draft still though its bearer is public.
    crafts = visible(Element.objects.all(), person)
    bearings = Bearer.objects.filter(person=agent, element__in=crafts)
    elements = Element.objects.filter(protection_unit=agent)
    context = {
        "record": agent,
        "facts": _agent_facts(agent, person),
        "made": _cards(made, person),
        "bearings": visible(bearings.select_related("element"), person).order_by("pk"),
        "elements": visible(elements, person).order_by("pk")[:SHOWN],
        "more": f"agent:{agent.key}",
    } | described(agent, None, request)
    return render(request, "pages/person.html", context)


@require_safe
def place_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    place = find_record(Place, key, person)
    made = visible(Relic.objects.filter(made_at=place), person).order_by("-pk")[:SHOWN]
    within = Place.objects.filter(within=place)
    sites = _sites_at(place, person)
    context = {
        "record": place,
        "facts": _place_facts(place, person),
        "made": _cards(made, person),
        "found": _cards(_found_at(place, person), person),
        "elements": visible(Element.objects.filter(region=place), person).order_by(
            "pk"
        )[:SHOWN],
        "sites": sites[:SHOWN_SITES],
        "all_sites": sites.count(),
        "parts": visible(within, person).order_by("pk")[: 4 * SHOWN],
        "more": f"place:{place.key}",
    } | described(place, None, request)
    return render(request, "pages/place.html", context)


def _agent_facts(agent: Agent, person: Person) -> list[Fact]:
    birth = agent.birth_year if allows(person, agent, "birth_year") else None
    lived = span_label(birth, agent.death_year) if agent.death_year else ""
    ethnicity = agent.ethnicity if allows(person, agent, "ethnicity") else ""
    return kept(
        [
            fact(_label(agent, "type"), agent.get_type_display()),
            fact(_label(agent, "birth_year"), "" if lived else spoken_year(birth)),
            fact(_label(agent, "death_year"), lived),
            fact(_label(agent, "ethnicity"), ethnicity),
            numbers(agent, person),
        ]
    )


def _place_facts(place: Place, person: Person) -> list[Fact]:
    where = ""
    if place.latitude is not None and place.longitude is not None:
        where = f"{place.latitude:g}, {place.longitude:g}"
    level = place.get_level_display() if place.level else ""
    return kept(
        [
            fact(_label(place, "level"), level),
            fact(_label(place, "within"), *_around(place, person)),
            fact(_("Coordinates"), where),
            numbers(place, person),
        ]
    )


def _around(place: Place, person: Person) -> Iterable[str]:
    """Name what lies around, from near to far, as far as this person may know it."""
    passed = {place.pk}
    around = place.within
    while around is not None and around.pk not in passed:
        passed.add(around.pk)
        yield title_for(around, person)
        around = around.within


def _found_at(place: Place, person: Person) -> QuerySet[Relic]:
    """Give the relics of which this person may know that they were found just here."""
    told = policy_of(Relic).fields["find_place"].q(person)
    rows = visible(Relic.objects.filter(find_place=place), person)
    if not person.is_administrator:
        rows = rows.filter(told)
    return rows.order_by("-pk")[:SHOWN]


def _sites_at(place: Place, person: Person) -> QuerySet[Site]:
    """Give the sites of which this person may know that they lie just here."""
    told = policy_of(Site).fields["place"].q(person)
    rows = visible(Site.objects.filter(place=place), person)
    if not person.is_administrator:
        rows = rows.filter(told)
    return rows.order_by("pk")


def _cards(relics: QuerySet[Relic], person: Person) -> Cards:
    rows = list(relics)
    shown = shown_for(rows, person)
    return [(relic, shown.get(relic.pk)) for relic in rows]


def _label(record: Agent | Place, name: str) -> str:
    """Give what the register calls the field."""
    field: Any = record._meta.get_field(name)
    return str(field.verbose_name).capitalize()
