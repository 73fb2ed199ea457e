"""A map beside the fields of a place: the museum's own places on a net of degrees."""

from collections.abc import Iterable, Iterator
from math import cos, radians
from typing import Any, Final

from django import forms
from django.db.models import F, Value
from django.db.models.expressions import CombinedExpression
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from heritage.catalogue.models import Place, Site
from heritage.catalogue.policy import Person, allows, person_of, visible
from heritage.catalogue.whereabouts import on_the_map, shown_place

MOST_PLACES: Final = 400
Spot = tuple[float, float, str]  # degrees north and east, and what lies there
WHERE: Final = ("latitude", "longitude", "precision_m")


class PlaceMapAdmin:
    """Shows `map_shown` below the coordinates; the fields stay the truth."""

    class Media:
        js = (forms.Script("catalogue/place_map.js", defer=True),)

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        # A record that is being added does not know yet who asks.
        context["adminform"].form.instance.asker = person_of(request)
        base: Any = super()
        return base.render_change_form(request, context, *args, **kwargs)  # type: ignore[no-any-return]

    @display(description=_("on the map"))
    def map_shown(self, record: Any) -> str:
        person: Person = record.asker
        told = {name: _told(record, name, person) for name in WHERE}
        places, sites = _places(record, person), _sites(record, person)
        most = MOST_PLACES
        others = [*_spots(places[:most]), *_site_spots(sites[:most], person)]
        return render_to_string(
            "catalogue/place_map.html",
            told
            | {"others": others, "id": record.pk or 0, "most": most}
            | {"is_cut": max(len(places), len(sites)) > most},
        )


def _told(record: Any, name: str, person: Person) -> str:
    """Give a value for who may not type it; nothing to who may not know it."""
    value = getattr(record, name)
    is_open = record.pk is None or allows(person, record, name)
    return repr(value) if value is not None and is_open else ""


def _places(record: Any, person: Person) -> list[Any]:
    places = Place.objects.exclude(latitude=None).exclude(longitude=None)
    return list(_besides(record, visible(places, person), person))


def _sites(record: Any, person: Person) -> list[Any]:
    sites = Site.objects.filter(on_the_map(person))
    return list(_besides(record, visible(sites, person), person))


def _spots(places: Iterable[Any]) -> Iterator[Spot]:
    for place in places:
        yield place.latitude, place.longitude, str(place.title)


def _site_spots(sites: Iterable[Any], person: Person) -> Iterator[Spot]:
    """Give where sites lie, as exactly as the person may know."""
    for site in sites:
        spot = shown_place(site, person)
        if spot is not None:
            yield float(spot.latitude_deg), float(spot.longitude_deg), str(site.title)


def _besides(record: Any, rows: Any, person: Person) -> Any:
    """Give the other rows, one more than the map shows: that tells whether it shows all.

    Of many those nearest to where the record lies; while it lies nowhere, the newest.
    """
    own = isinstance(record, rows.model) and record.pk is not None
    rows = rows.exclude(pk=record.pk) if own else rows
    north, east = (_told(record, name, person) for name in WHERE[:2])
    if north and east:
        rows = rows.order_by(_far(float(north), float(east)), "pk")
    return rows[: MOST_PLACES + 1]


def _far(latitude_deg: float, longitude_deg: float) -> CombinedExpression:
    """Give the square of the distance in degrees of latitude: near enough to choose by."""
    north = F("latitude") - Value(latitude_deg)
    east = F("longitude") - Value(longitude_deg)
    narrow = cos(radians(latitude_deg)) ** 2
    return north * north + east * east * Value(narrow)
