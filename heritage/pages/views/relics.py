"""Relics: the list with its search, and one relic's page."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heritage.captures.media import media_address
from heritage.captures.models import Capture, Derivative, Upright
from heritage.captures.products import TWIN_SUFFIX, VIEWS
from heritage.captures.published import (
    heat_map_of,
    heat_points_of,
    offered_files,
)
from heritage.catalogue.models import Relic, TechniqueOf
from heritage.catalogue.policy import Person, person_of, visible
from heritage.catalogue.reach import find_record
from heritage.custody.gone import deregistered_on
from heritage.exhibits.frames import used_transform
from heritage.exhibits.hotspots import hotspots_for
from heritage.exhibits.models import ExhibitItem
from heritage.exhibits.schemas import HotspotOut
from heritage.exhibits.shown import Shown, shown_for
from heritage.images.shown import image_sets_for
from heritage.lib.languages import text_tag
from heritage.pages.described import described
from heritage.pages.facts import digitization_facts, dimension_rows, relic_facts
from heritage.pages.related import related_to
from heritage.pages.viewer_words import viewer_words

PAGE_SIZE = 24
# A viewer shows the first at once and the last when it is there.
VIEWER_LEVELS = ("thumb", "headset", "web")


def relic_list(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    text = request.GET.get("q", "").strip()[:100]
    rows = _search(visible(Relic.objects.all(), person), text)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    shown = shown_for(page.object_list, person)
    context = {
        "section": "relics",
        "text": text,
        "page": page,
        "cards": [(relic, shown.get(relic.pk)) for relic in page.object_list],
    }
    return render(request, "pages/relics.html", context)


def relic_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    relic = find_record(Relic, key, person)
    shown = shown_for([relic], person).get(relic.pk)
    context = {
        "section": "relics",
        "record": relic,
        "facts": relic_facts(relic, person),
        "dimensions": list(dimension_rows(relic)),
        "crafts": _crafts(relic, person),
        "items": _shown_in(relic, person),
        "shown": shown,
        "related": related_to(relic, person),
        "image_sets": image_sets_for(relic, person),
        "deregistered_on": deregistered_on(relic),
        "works_here": person.is_administrator
        or relic.collection_id in person.curates | person.helps,
    }
    context |= described(relic, shown, request)
    if shown:
        hotspots = hotspots_for({relic.pk: shown}, person, request.build_absolute_uri)
        mine = hotspots.get(relic.pk, [])
        context |= _digitization(shown, person, mine)
    return render(request, "pages/relic.html", context)


def _search(rows: QuerySet[Relic], text: str) -> QuerySet[Relic]:
    rows = rows.order_by("-released_at", "-pk")
    for word in text.split():
        rows = rows.filter(
            Q(name_zh__icontains=word)
            | Q(name_en__icontains=word)
            | Q(register_no__icontains=word)
        )
    return rows


def _digitization(
    shown: Shown, person: Person, hotspots: list[HotspotOut]
) -> dict[str, Any]:
    model_run = shown.run.master_of or shown.run
    upright = Upright.objects.filter(run=model_run).first()
    return {
        "digitization": digitization_facts(shown.run),
        "is_upright": upright is not None and upright.confirmed_at is not None,
        "levels": shown.levels,
        "may_ask": shown.run.capture.tier != Capture.Tier.FULL,
        "offered": offered_files(shown.run, person),
        "views": list(_views(shown)),
        "viewer": viewer_of(shown, hotspots, person) if shown.levels else None,
        "hotspots": [_said(spot) for spot in hotspots],
    }


def _views(shown: Shown) -> Iterator[tuple[str, Derivative, Derivative]]:
    """Give each picture for a catalogue: its name, to look at, to take away."""
    for name in VIEWS:
        small, large = (shown.pictures.get(f"{name}{form}") for form in ("-webp", ""))
        if small and large:
            yield name, small, large


def _said(spot: HotspotOut) -> dict[str, str]:
    """Give a hotspot's words in the reader's language, or in the other one."""
    tag = text_tag()

    def chosen(texts: dict[str, str]) -> str:
        return texts.get(tag) or next(iter(texts.values()), "")

    return {
        "key": spot.key,
        "title": chosen(spot.titles),
        "text": chosen(spot.texts),
    }


def viewer_of(
    shown: Shown, hotspots: list[HotspotOut], person: Person
) -> dict[str, Any]:
    """What the viewer must know: coarse to fine, and what it says to people."""
    return {
        "levels": [
            {"profile": level.profile, "url": media_address(level)}
            for level in shown.levels
            if level.profile in VIEWER_LEVELS
        ],
        "unit": shown.unit,
        "heat": heat_map_of(shown.run, person),
        "heat_points": {
            "url": heat_points_of(shown.run, person),
            "matrix": used_transform(shown.run),
        },
        "quick_look": _quick_look(shown),
        "hotspots": [spot.model_dump() for spot in hotspots],
        "language": text_tag(),
        "words": viewer_words(),
    }


def _quick_look(shown: Shown) -> str:
    """Give the address of the file that iPhones and iPads put on a table; or ""."""
    twins = [row for name, row in shown.models.items() if name.endswith(TWIN_SUFFIX)]
    return media_address(min(twins, key=_weight)) if twins else ""


def _weight(row: Derivative) -> int:
    return row.stored_file.size_bytes


def _crafts(relic: Relic, person: Person) -> QuerySet[TechniqueOf]:
    rows = TechniqueOf.objects.filter(relic=relic).select_related("element", "said_by")
    return visible(rows, person)


def _shown_in(relic: Relic, person: Person) -> QuerySet[ExhibitItem]:
    rows = ExhibitItem.objects.filter(relic=relic).select_related("exhibit")
    return visible(rows, person)
