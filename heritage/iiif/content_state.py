"""IIIF Content State 1.0: a link that opens a record at one image, or at a part of it.

Only our own manifests are opened, by their addresses: nothing is fetched.
"""

import base64
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, person_of, visible
from heritage.catalogue.reach import NoSuchRecord, find_record
from heritage.exhibits.models import Exhibit
from heritage.images.models import Image, ImageSet
from heritage.lib.http import problem
from heritage.lib.json_text import parse_json

LONGEST = 8_000
OURS = re.compile(
    r"/iiif/p3/(?P<kind>[\w-]+)/(?P<key>\w+)/manifest(?:/canvas/(?P<canvas>[\w-]+))?"
)
XYWH = re.compile(r"xywh=(\d+),(\d+),(\d+),(\d+)")


@dataclass(frozen=True)
class View:
    """What a content state points at: a record, one image of it, a part of that."""

    kind: str
    key: str
    canvas: str = ""
    xywh: str = ""


def encode(state: dict[str, Any]) -> str:
    """Write a content state as the specification's section 6 has it."""
    text = quote(json.dumps(state, ensure_ascii=False), safe="")
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str) -> View | None:
    """Read an encoded state, plain JSON or an address; None for what is not ours."""
    if len(text) > LONGEST:
        return None
    state = text if text.startswith(("http:", "https:")) else _decoded(text)
    address = _target(state)
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = OURS.fullmatch(parts.path)
    if not found:
        return None
    part = XYWH.fullmatch(parts.fragment)
    return View(
        found["kind"],
        found["key"],
        found["canvas"] or "",
        ",".join(part.groups()) if part else "",
    )


@require_safe
def open_state(request: HttpRequest) -> HttpResponse:
    """Lead to our own page at what the content state shows."""
    view = read(request.GET.get("iiif-content", ""))
    try:
        page = view and _page(view, person_of(request))
    except NoSuchRecord:
        page = None
    if not page:
        text = _("This link does not lead to anything public here.")
        return problem(404, "not-found", text)
    return HttpResponseRedirect(page)


def _decoded(text: str) -> Any:
    try:
        if not text.lstrip().startswith("{"):
            padded = text + "=" * (-len(text) % 4)
            text = unquote(base64.b64decode(padded, altchars=b"-_").decode())
        return parse_json(text)
    except ValueError:
        return None


def _target(state: Any, depth: int = 0) -> str:
    """Find the address that a state comes down to, whichever of its forms it has."""
    if isinstance(state, str):
        return state
    if isinstance(state, list) and state:
        return _target(state[0], depth + 1)
    if not isinstance(state, dict) or depth > 4:
        return ""
    for name in ("target", "source"):
        if name in state:
            return _target(state[name], depth + 1)
    return str(state.get("id", ""))


def _page(view: View, person: Person) -> str:
    if view.kind == Exhibit.kind:
        return reverse("exhibit", args=[find_record(Exhibit, view.key, person).key])
    if view.kind == ImageSet.kind:
        rows = visible(ImageSet.objects.select_related("relic"), person)
        image_set = rows.filter(key=view.key).first()
        return _relic_page(image_set.relic, view, person) if image_set else ""
    if view.kind == Relic.kind:
        return _relic_page(find_record(Relic, view.key, person), view, person)
    return ""


def _relic_page(relic: Relic, view: View, person: Person) -> str:
    page = reverse("relic", args=[relic.key])
    images = visible(Image.objects.filter(image_set__relic=relic), person)
    if not view.canvas or not images.filter(key=view.canvas).exists():
        return page
    place = {"image": view.canvas} | ({"xywh": view.xywh} if view.xywh else {})
    return f"{page}#{urlencode(place, safe=',')}"
