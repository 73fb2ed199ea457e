"""How the museum is found: sitemap, robots.txt, a feed of what is new, oEmbed."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed
from django.db.models import Max, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from heritage.archive.institution import museum_name
from heritage.catalogue.models import Element, Record, Relic, Site
from heritage.catalogue.policy import STRANGER, visible
from heritage.catalogue.reach import find_record
from heritage.exhibits.hotspots import hotspots_for
from heritage.exhibits.models import Exhibit
from heritage.exhibits.shown import shown_for
from heritage.lib.http import problem
from heritage.pages.security import allow_csp

from .relics import viewer_of

IN_SITEMAP = 5000  # addresses in one part: read without counting on
NEWEST = 30
FRAME = (800, 600)
PICTURE_PX = 768


class Records(Sitemap[Any]):
    """The released records of one kind; stable under release, by their number."""

    limit = IN_SITEMAP

    def __init__(self, model: type[Record]) -> None:
        self.model = model
        self.protocol = urlsplit(settings.BASE_IRI).scheme or "http"

    def items(self) -> QuerySet[Any]:
        rows = visible(self.model._default_manager.order_by("pk"), STRANGER)
        return rows.only("key", "modified_at")

    def get_latest_lastmod(self) -> datetime | None:
        """Ask the database: Django's own way fetches every record."""
        newest: datetime | None = self.items().aggregate(newest=Max("modified_at"))[
            "newest"
        ]
        return newest

    def lastmod(self, record: Record) -> datetime:
        return record.modified_at

    def location(self, record: Record) -> str:
        return reverse(record.kind, args=[record.key])


SITEMAPS: dict[str, Any] = {
    model.kind: Records(model) for model in (Relic, Element, Site, Exhibit)
}


class NewRecords(Feed[Record, Any]):
    """What was released last, for readers of feeds."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("New at %(museum)s") % {"museum": museum_name()}

    def link(self) -> str:
        return "/"

    def items(self) -> list[Record]:
        rows: list[Record] = []
        for model in (Relic, Element, Exhibit):
            newest = model._default_manager.exclude(released_at=None)
            rows += visible(newest, STRANGER).order_by("-released_at")[:NEWEST]
        rows.sort(key=lambda record: str(record.released_at), reverse=True)
        return rows[:NEWEST]

    def item_title(self, item: Any) -> str:
        return str(item.title)

    def item_description(self, item: Any) -> str:
        return str(item.description)

    def item_link(self, item: Any) -> str:
        return reverse(item.kind, args=[item.key])

    def item_guid(self, item: Any) -> str:
        return f"{settings.BASE_IRI}/id/{item.kind}/{item.key}"

    def item_pubdate(self, item: Any) -> datetime:
        released: datetime = item.released_at
        return released

    def item_updateddate(self, item: Any) -> datetime:
        modified: datetime = item.modified_at
        return modified


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Let robots read the public pages; the admin and the query engine are not for them."""
    closed = ("/admin/", "/sparql", "/query", "/search", "/accounts/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    sitemap = request.build_absolute_uri(reverse("sitemap"))
    return HttpResponse("\n".join([*lines, f"Sitemap: {sitemap}", ""]), "text/plain")


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Tell how to show a relic inside another site's page (oembed.com)."""
    if request.GET.get("format", "json") != "json":
        return problem(501, "format-not-offered", _("Ask for format=json."))
    relic = _relic_at(request.GET.get("url", ""))
    shown = shown_for([relic], STRANGER).get(relic.pk)
    body: dict[str, Any] = {
        "version": "1.0",
        "title": relic.title,
        "provider_name": museum_name(),
        "provider_url": request.build_absolute_uri("/"),
        "author_name": relic.credit,
        "type": "link",
    }
    picture = shown.picture if shown else None
    if picture:
        body |= {
            "thumbnail_url": request.build_absolute_uri(picture.large),
            "thumbnail_width": PICTURE_PX,
            "thumbnail_height": PICTURE_PX,
        }
    if shown and shown.levels:
        body |= _frame(request, relic)
    return JsonResponse(body, json_dumps_params={"ensure_ascii": False})


@require_safe
@xframe_options_exempt
@allow_csp(frame_ancestors="*")
def embedded(request: HttpRequest, key: str) -> HttpResponse:
    """Give a released relic's viewer alone, to stand in another site's page."""
    relic = find_record(Relic, key, STRANGER)
    shown = shown_for([relic], STRANGER)
    here = shown.get(relic.pk)
    spots = hotspots_for(shown, STRANGER, request.build_absolute_uri)
    context = {
        "record": relic,
        "shown": here,
        "viewer": viewer_of(here, spots.get(relic.pk, []), STRANGER) if here else None,
    }
    return render(request, "pages/embedded.html", context)


def _frame(request: HttpRequest, relic: Relic) -> dict[str, Any]:
    width = _at_most(request, "maxwidth", FRAME[0])
    height = _at_most(request, "maxheight", FRAME[1])
    address = request.build_absolute_uri(reverse("embedded", args=[relic.key]))
    html = (
        f'<iframe src="{address}" width="{width}" height="{height}" '
        'style="border:0" allow="fullscreen; xr-spatial-tracking" loading="lazy"></iframe>'
    )
    return {"type": "rich", "html": html, "width": width, "height": height}


def _at_most(request: HttpRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, "")
    return (
        min(usual, max(200, int(text))) if text.isdecimal() and len(text) < 6 else usual
    )


def _relic_at(address: str) -> Relic:
    try:
        match = resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return find_record(Relic, "", STRANGER)  # raises: there is none
    key = match.kwargs.get("key", "") if match.url_name == "relic" else ""
    return find_record(Relic, key, STRANGER)
