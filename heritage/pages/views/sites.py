"""Immovable heritage: the list, and one site with its parts, batches and finds."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import FindBatch, Relic, Site
from heritage.catalogue.policy import Person, allows, person_of, visible
from heritage.catalogue.reach import find_record
from heritage.catalogue.vocabularies import load
from heritage.exhibits.shown import shown_for
from heritage.pages.described import described
from heritage.pages.site_facts import batch_line, site_facts

PAGE_SIZE = 24
CHOICES = {
    "kind": ("site-kind", "site_kind"),
    "theme": ("facet", "facets__facet"),
    "level": ("protection-level", "protection_level"),
}
LABELS = {"kind": _("Kind"), "theme": _("Theme"), "level": _("Protection level")}
FINDS = 48  # of one site; the rest is found by the relics' own search


def site_list(request: HttpRequest) -> HttpResponse:
    """List wholes, by kind and theme; what is part of another is on that one's page."""
    person = person_of(request)
    choices = [_choice(request, one, field) for one, field in CHOICES.items()]
    asked = {
        choice["lookup"]: choice["chosen"] for choice in choices if choice["chosen"]
    }
    rows = visible(Site.objects.filter(part_of=None), person).filter(**asked)
    pages = Paginator(rows.order_by("-released_at", "-pk").distinct(), PAGE_SIZE)
    query = urlencode({one["name"]: one["chosen"] for one in choices if one["chosen"]})
    context = {
        "section": "sites",
        "page": pages.get_page(request.GET.get("page")),
        "choices": choices,
        "query": f"{query}&" if query else "",
    }
    return render(request, "pages/sites.html", context)


def _choice(request: HttpRequest, name: str, field: tuple[str, str]) -> dict[str, Any]:
    vocabulary, lookup = field
    options = load(vocabulary).choices(get_language() or "")
    asked = request.GET.get(name, "")
    return {
        "name": name,
        "label": LABELS[name],
        "options": options,
        "chosen": asked if asked in dict(options) else "",
        "lookup": lookup,
    }


def site_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    site = find_record(Site, key, person)
    whole = site.part_of
    context = {
        "section": "sites",
        "record": site,
        "facts": site_facts(site, person),
        "whole": whole if whole is not None and allows(person, whole) else None,
        "parts": visible(Site.objects.filter(part_of=site), person).order_by("pk"),
        "batches": [_batch(one, person) for one in _batches(site, person)],
    } | described(site, None, request)
    return render(request, "pages/site.html", context)


def _batches(site: Site, person: Person) -> QuerySet[FindBatch]:
    return visible(FindBatch.objects.filter(site=site), person).order_by(
        "begun_on", "pk"
    )


def _batch(batch: FindBatch, person: Person) -> dict[str, Any]:
    finds = visible(Relic.objects.filter(find_batch=batch), person).order_by("pk")[
        :FINDS
    ]
    shown = shown_for(finds, person)
    cards = [(relic, shown.get(relic.pk)) for relic in finds]
    return {"told": batch_line(batch), "description": batch.description, "cards": cards}
