"""The museum at a glance: through time, on the map, and as data for others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from heritage.catalogue.models import Period, Place, Record, Relic, Site
from heritage.catalogue.policy import Person, person_of, visible
from heritage.catalogue.spoken import span_label
from heritage.catalogue.whereabouts import on_the_map, shown_place
from heritage.search.asking import Counts, Filters, Request, search
from heritage.search.index import NoIndex

ONLY_RELICS: Final = frozenset({f"kind:{Relic.kind}"})
MOST_POINTS: Final = 400
MAP_WIDTH, MAP_HEIGHT, MARGIN_DEG = 960, 600, 2.0
BAR_WIDTH: Final = 600
STEPS_DEG: Final = (1, 2, 5, 10, 20, 30)


@dataclass(frozen=True)
class Age:
    """A period with its bar: where it begins and how long it is, in pixels."""

    period: Period
    years: str
    count: int | None
    is_about: bool  # the count is an estimate
    left: float
    width: float


@dataclass(frozen=True)
class Point:
    """Something with a place on the map, in pixels."""

    title: str
    note: str
    address: str
    kind: str
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """A meridian or a parallel, with what stands beside it."""

    label: str
    at: float
    is_meridian: bool


@require_safe
def timeline(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    dated = Period.objects.exclude(begin_year=None).exclude(end_year=None)
    periods = list(visible(dated, person).order_by("begin_year", "-end_year"))
    counts = relics_by("period", person, most_values=max(1, Period.objects.count()))
    context = {
        "section": "timeline",
        "ages": _ages(periods, counts),
        "bar_width": BAR_WIDTH,
    }
    return render(request, "pages/timeline.html", context)


@require_safe
def museum_map(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    sites, places = _sites(person), _places(person)
    spots = [*_site_spots(sites[:MOST_POINTS], person)]
    spots += _place_spots(places[:MOST_POINTS])
    frame = _Frame.around([(spot[1], spot[2]) for spot in spots])
    points = [
        Point(
            record.title,
            note,
            reverse(record.kind, args=[record.key]),
            record.kind,
            *frame.at(latitude, longitude),
        )
        for record, latitude, longitude, note in spots
    ]
    context = {
        "section": "map",
        "points": points,
        "all": sites.count() + places.count(),
        "lines": frame.lines(),
        "width": MAP_WIDTH,
        "height": MAP_HEIGHT,
    }
    return render(request, "pages/map.html", context)


@require_safe
def for_developers(request: HttpRequest) -> HttpResponse:
    """Tell scholars and developers what they may take, and where each way begins."""
    return render(request, "pages/developers.html", {"section": "data"})


def relics_by(facet: str, person: Person, *, most_values: int) -> Counts:
    """Count relics by the values of a facet; nothing while the index is being made."""
    kinds = Filters({"kind": ONLY_RELICS})
    try:
        answer = search(
            Request("", person, kinds, size=1, counts=(facet,), most_values=most_values)
        )
    except NoIndex:
        return Counts(())
    return answer.counts.get(facet, Counts(()))


def _ages(periods: list[Period], counts: Counts) -> list[Age]:
    count_of = dict(counts.values)
    years = [(period.begin_year or 0, period.end_year or 0) for period in periods]
    first = min((begin for begin, _end in years), default=0)
    last = max((end for _begin, end in years), default=1)
    scale = BAR_WIDTH / max(1, last - first)
    return [
        Age(
            period,
            span_label(begin, end),
            count_of.get(f"period:{period.slug}"),
            counts.is_about,
            round((begin - first) * scale, 1),
            round(max(2.0, (end - begin) * scale), 1),
        )
        for period, (begin, end) in zip(periods, years, strict=True)
    ]


Spot = tuple[Record, float, float, str]


def _sites(person: Person) -> QuerySet[Site]:
    rows = Site.objects.filter(on_the_map(person))
    return visible(rows, person).order_by("-pk")


def _site_spots(sites: Iterable[Site], person: Person) -> Iterator[Spot]:
    """Give sites as exactly as this person may know where they lie."""
    for site in sites:
        spot = shown_place(site, person)
        if spot is not None:
            yield site, float(spot.latitude_deg), float(spot.longitude_deg), spot.text


def _places(person: Person) -> QuerySet[Place]:
    rows = Place.objects.exclude(latitude=None).exclude(longitude=None)
    return visible(rows, person).order_by("-pk")


def _place_spots(places: Iterable[Place]) -> Iterator[Spot]:
    for place in places:
        yield place, place.latitude or 0.0, place.longitude or 0.0, ""


@dataclass(frozen=True)
class _Frame:
    """The part of the earth that is drawn: degrees a pixel are equal both ways."""

    south: float
    west: float
    degrees_a_pixel: float

    @classmethod
    def around(cls, spots: list[tuple[float, float]]) -> "_Frame":
        latitudes = [latitude for latitude, _longitude in spots] or [18.0, 54.0]
        longitudes = [longitude for _latitude, longitude in spots] or [73.0, 135.0]
        high = max(latitudes) - min(latitudes) + 2 * MARGIN_DEG
        wide = max(longitudes) - min(longitudes) + 2 * MARGIN_DEG
        scale = max(high / MAP_HEIGHT, wide / MAP_WIDTH)
        south = (max(latitudes) + min(latitudes) - scale * MAP_HEIGHT) / 2
        west = (max(longitudes) + min(longitudes) - scale * MAP_WIDTH) / 2
        return cls(south, west, scale)

    def at(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = (longitude - self.west) / self.degrees_a_pixel
        y = MAP_HEIGHT - (latitude - self.south) / self.degrees_a_pixel
        return round(x, 1), round(y, 1)

    def lines(self) -> list[Line]:
        """Give the net of degrees: at most eight lines across."""
        wide = self.degrees_a_pixel * MAP_WIDTH
        step = next((one for one in STEPS_DEG if wide / one <= 8), STEPS_DEG[-1])
        meridians = _multiples(self.west, self.west + wide, step)
        high = self.degrees_a_pixel * MAP_HEIGHT
        parallels = _multiples(self.south, self.south + high, step)
        return [
            *(Line(f"{abs(d)}°{'E' if d >= 0 else 'W'}", self.at(0, d)[0], is_meridian=True)
              for d in meridians),
            *(Line(f"{abs(d)}°{'N' if d >= 0 else 'S'}", self.at(d, 0)[1], is_meridian=False)
              for d in parallels),
        ]  # fmt: skip


def _multiples(low: float, high: float, step: int) -> list[int]:
    first = int(-(-low // step)) * step
    return list(range(first, int(high) + 1, step))
