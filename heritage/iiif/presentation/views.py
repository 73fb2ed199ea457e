"""Answer with manifests, collections and scenes: what this person may see of each."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, person_of, visible
from heritage.catalogue.reach import NoSuchRecord, WithdrawnRecord, find_record
from heritage.exhibits.models import Exhibit
from heritage.iiif.errors import NoSuchManifest, WithdrawnManifest
from heritage.iiif.views import open_to_all_origins
from heritage.images.models import ImageSet

from . import scenes
from .about import CONTEXT
from .canvases import Json
from .collections import (
    EXHIBITS,
    MUSEUM,
    exhibit_collection,
    museum_collection,
    relic_collection,
)
from .manifests import exhibit_manifest, relic_manifest, set_manifest

COLLECTION = re.compile(r"[0-9]{1,9}(-[0-9]{1,6})?")
Make = Callable[[str, Person, HttpRequest], Json | None]


@open_to_all_origins
def manifest(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    """Give the manifest of a relic, an image set or an exhibit."""
    return _answer(request, MANIFESTS, kind, key, CONTEXT)


@open_to_all_origins
def scene(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    """Give a scene by the draft of Presentation 4, where the museum has opened it."""
    if not settings.IIIF_PRESENTATION_4:
        raise NoSuchManifest
    return _answer(request, SCENES, kind, key, scenes.CONTEXT)


@open_to_all_origins
def collection(request: HttpRequest, name: str) -> HttpResponseBase:
    """Give a branch of the tree from the museum to its manifests."""
    document = _collection(name, person_of(request), origin_of(request))
    if document is None:
        raise NoSuchManifest
    return _document(request, document, CONTEXT)


def origin_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _collection(name: str, person: Person, origin: str) -> Json | None:
    if name == MUSEUM:
        return museum_collection(person, origin)
    if name == EXHIBITS:
        return exhibit_collection(person, origin)
    number, _, part = name.partition("-")
    if not COLLECTION.fullmatch(name):
        return None
    return relic_collection(int(number), int(part or 0), person, origin)


def _answer(
    request: HttpRequest, makers: dict[str, Make], kind: str, key: str, context: str
) -> HttpResponseBase:
    make = makers.get(kind)
    try:
        document = make and make(key, person_of(request), request)
    except WithdrawnRecord as error:
        raise WithdrawnManifest from error
    except NoSuchRecord as error:
        raise NoSuchManifest from error
    if not document:
        raise NoSuchManifest
    return _document(request, document, context)


def _document(request: HttpRequest, document: Json, context: str) -> HttpResponseBase:
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    media_type = f'application/ld+json;profile="{context}"'
    response = HttpResponse(body, content_type=media_type)
    response["ETag"] = etag
    # A withdrawal must show at once, so a kept copy is asked about each time.
    response["Cache-Control"] = "private, no-cache"
    return cast(
        HttpResponseBase, get_conditional_response(request, etag, None, response)
    )


def _relic(key: str, person: Person, request: HttpRequest) -> Json:
    relic = find_record(Relic, key, person)
    return relic_manifest(relic, person, origin_of(request))


def _exhibit(key: str, person: Person, request: HttpRequest) -> Json:
    exhibit = find_record(Exhibit, key, person)
    return exhibit_manifest(exhibit, person, origin_of(request))


def _image_set(key: str, person: Person, request: HttpRequest) -> Json | None:
    rows = ImageSet.objects.select_related("relic").filter(key=key)
    found = visible(rows, person).first()
    if found is not None:
        return set_manifest(found, person, origin_of(request))
    gone = rows.exclude(tier=ImageSet.Tier.STAFF).first()
    if gone is not None:
        # Its relic tells whether it was public: this raises if it was not, or was.
        find_record(Relic, gone.relic.key, person)
    return None


def _relic_scene(key: str, person: Person, request: HttpRequest) -> Json | None:
    relic = find_record(Relic, key, person)
    return scenes.relic_scene(relic, person, request.build_absolute_uri)


def _exhibit_scene(key: str, person: Person, request: HttpRequest) -> Json:
    exhibit = find_record(Exhibit, key, person)
    return scenes.exhibit_scene(exhibit, person, request.build_absolute_uri)


MANIFESTS: dict[str, Make] = {
    Relic.kind: _relic,
    Exhibit.kind: _exhibit,
    ImageSet.kind: _image_set,
}
SCENES: dict[str, Make] = {Relic.kind: _relic_scene, Exhibit.kind: _exhibit_scene}
