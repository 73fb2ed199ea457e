"""An exhibit as an installed web app: its page, its manifest and the worker that keeps it.

All three show what a stranger may see, whoever asks: what a browser keeps for later must
not be one person's. They lie in a folder of their own, and the worker reaches no further.
"""

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from heritage.archive.institution import institution
from heritage.catalogue.policy import STRANGER
from heritage.catalogue.reach import find_record
from heritage.exhibits.models import Exhibit
from heritage.lib.languages import language_tag, text_tag
from heritage.pages.bundle.lasting import last_day
from heritage.pages.bundle.modules import locate
from heritage.pages.viewer_words import room_words

from .exhibits import halls_of, items_of, room_asked, scene_address

DARK = "#1c1914"
SHORT = 12  # characters that stand under an icon
# Asked about each time there is network, so that a withdrawal shows at once.
KEEP = "no-cache"


@require_safe
def app_page(request: HttpRequest, key: str) -> HttpResponse:
    exhibit = find_record(Exhibit, key, STRANGER)
    ends = last_day(exhibit)
    items = list(items_of(STRANGER).filter(exhibit=exhibit))
    manifest = _manifest_address(request, exhibit)
    context = {
        "record": exhibit,
        "halls": halls_of(exhibit, items, {}, STRANGER),
        "tag": text_tag(),
        "manifest": manifest,
        "expires_on": ends.isoformat() if ends else "",
        "room": {
            "scene": scene_address(exhibit),
            "room": room_asked(request, exhibit, STRANGER),
            "device": "",
            "language": text_tag(),
            "words": room_words(),
        },
        "app": {
            "worker": reverse("exhibit-app-worker", args=[key]),
            "revocations": reverse("exhibit-revocations", args=[key]),
            "files": [manifest, static("pages/museum.css"), static("pages/mark.svg")],
        },
    }
    response = render(request, "pages/exhibit_app.html", context)
    response["Cache-Control"] = KEEP
    return response


@require_safe
def app_manifest(request: HttpRequest, key: str, language: str) -> HttpResponse:
    """Describe the app (W3C Web Application Manifest), in the reader's language."""
    if language not in dict(settings.LANGUAGES):
        raise Http404  # a process keeps for ever what it once has looked for
    with translation.override(language):
        return _manifest(request, key)


def _manifest(request: HttpRequest, key: str) -> HttpResponse:
    exhibit = find_record(Exhibit, key, STRANGER)
    folder = reverse("exhibit-app", args=[key])
    kiosk = "?kiosk" if "kiosk" in request.GET else ""
    told = {
        "id": folder + kiosk,
        "name": exhibit.title,
        "short_name": exhibit.title[:SHORT],
        "description": exhibit.description,
        "lang": language_tag(),
        "start_url": folder + kiosk,
        "scope": folder,
        "display": "fullscreen",
        "background_color": DARK,
        "theme_color": DARK,
        "icons": _icons(),
    }
    text = json.dumps(told, ensure_ascii=False)
    response = HttpResponse(text, "application/manifest+json")
    response["Cache-Control"] = KEEP
    return response


@require_safe
def app_worker(request: HttpRequest, key: str) -> HttpResponse:
    """Give the script that keeps this exhibit, and may keep no other page."""
    find_record(Exhibit, key, STRANGER)
    text = locate("pages/app_worker.js").read_text("utf-8")
    response = HttpResponse(text, "text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = reverse("exhibit-app", args=[key])
    response["Cache-Control"] = KEEP
    return response


def _manifest_address(request: HttpRequest, exhibit: Exhibit) -> str:
    """Name the language in it: browsers ask for a manifest without any cookie."""
    address = reverse(
        "exhibit-app-manifest", args=[exhibit.key, language_tag().lower()]
    )
    return f"{address}?kiosk" if "kiosk" in request.GET else address


def _icons() -> list[dict[str, str]]:
    mark = {
        "src": static("pages/mark.svg"), "sizes": "any", "type": "image/svg+xml"
    }  # fmt: skip
    digest = institution().logo_sha256
    if not digest:
        return [mark]
    logo = f"{reverse('museum-logo')}?v={digest[:12]}"
    return [mark, {"src": logo, "sizes": "any", "type": "image/png"}]
