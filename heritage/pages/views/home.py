"""The first page."""

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from heritage.captures.models import Derivative
from heritage.captures.published import of_accepted
from heritage.catalogue.models import Element, Relic
from heritage.catalogue.policy import Person, person_of, visible
from heritage.exhibits.models import Exhibit
from heritage.exhibits.shown import shown_for
from heritage.pages.views.exhibits import with_pictures

HIGHLIGHTS = 8
BOARDS = 6


def home(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    relics = _highlights(person)
    shown = shown_for(relics, person)
    exhibits = visible(Exhibit.objects.all(), person).order_by("-released_at")[:BOARDS]
    elements = visible(Element.objects.all(), person).order_by("-released_at")[:BOARDS]
    cards = [(relic, shown.get(relic.pk)) for relic in relics]
    context = {
        "first": next(((r, s) for r, s in cards if s and s.picture), None),
        "cards": cards,
        "relic_count": visible(Relic.objects.all(), person).count(),
        "exhibits": with_pictures(exhibits, person),
        "elements": elements,
    }
    return render(request, "pages/home.html", context)


def favicon(request: HttpRequest) -> HttpResponse:
    """Lead browsers that ask by habit, without reading the page, to our mark."""
    return redirect(static("pages/mark.svg"))


def _highlights(person: Person) -> list[Relic]:
    """The newest, those with a picture first."""
    pictures = visible(Derivative.objects.all(), person).filter(
        of_accepted("run__"),
        run__capture__relic=OuterRef("pk"),
        role=Derivative.Role.PICTURE,
    )
    rows = visible(Relic.objects.all(), person).annotate(has_picture=Exists(pictures))
    return list(rows.order_by("-has_picture", "-released_at", "-pk")[:HIGHLIGHTS])
