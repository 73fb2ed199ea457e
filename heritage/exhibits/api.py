"""The exhibit interface: what a stranger may see, for any exhibit engine.

Every answer can be kept for as long as its ETag holds, and must be asked about again
each time: a withdrawal shows at once.
"""

import hashlib
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI, Query, Schema
from ninja.errors import ValidationError

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import STRANGER, visible
from heritage.catalogue.reach import NoSuchRecord, WithdrawnRecord, find_record
from heritage.lib.http import problem
from heritage.search.index import NoIndex

from .actions.engine_files import ENGINES
from .devices import DEFAULT, devices, find_device
from .engine_scene import build_engine_scene
from .errors import ExhibitError
from .finding import find_relics, newest_relics
from .glb import Joined
from .models import Exhibit, ExhibitItem
from .relics import relic_out, relic_ref
from .scene import build_scene, device_out, exhibit_ref
from .schemas import (
    ExhibitList,
    ExhibitOut,
    Problem,
    RelicList,
    RelicOut,
    Scene,
    Sought,
)
from .shown import GLB, shown_for

# The class of devices whose budget bounds a scene for engines.
ENGINE_DEVICE = "desktop"
REFUSALS = {400: Problem, 404: Problem, 410: Problem}

api = NinjaAPI(
    title="Heritage",
    version="1",
    description="Released exhibits and relics, with scenes fitted to classes of devices.",
    docs_url=None,  # ninja's own page loads its parts from outside: ours is /api/docs
    urls_namespace="api",
)


@api.get(
    "/exhibits",
    response=ExhibitList,
    summary=gettext_noop("List the released exhibits"),
)
def list_exhibits(request: HttpRequest) -> HttpResponseBase:
    exhibits = list(visible(Exhibit.objects.order_by("-released_at", "-pk"), STRANGER))
    items = [_exhibit_out(exhibit, request) for exhibit in exhibits]
    body = ExhibitList(
        count=len(items),
        devices=[device_out(device) for device in devices().values()],
        items=items,
    )
    return _answer(request, body)


@api.get(
    "/exhibits/{key}/scene",
    response={200: Scene, **REFUSALS},
    summary=gettext_noop("Give an exhibit's scene for a class of devices"),
)
def exhibit_scene(
    request: HttpRequest, key: str, device: str = DEFAULT
) -> HttpResponseBase:
    exhibit = find_record(Exhibit, key, STRANGER)
    scene = build_scene(
        exhibit, find_device(device), STRANGER, absolute=request.build_absolute_uri
    )
    return _answer(request, scene)


@api.get(
    "/exhibits/{key}/scene.glb",
    response={**REFUSALS, 409: Problem},
    summary=gettext_noop("Give an exhibit as one glTF, for engines"),
    openapi_extra={
        "responses": {200: {"description": "OK", "content": {GLB: {}}}},
    },
)
def engine_scene(
    request: HttpRequest, key: str, profile: str = ENGINES, device: str = ENGINE_DEVICE
) -> HttpResponseBase:
    exhibit = find_record(Exhibit, key, STRANGER)
    joined = build_engine_scene(
        exhibit,
        find_device(device),
        profile,
        STRANGER,
        absolute=request.build_absolute_uri,
    )
    unchanged = get_conditional_response(request, etag=joined.etag)
    response = _as_file(joined, exhibit) if unchanged is None else unchanged
    response["ETag"] = joined.etag
    response["Cache-Control"] = "no-cache"
    return _open(response)


@api.get(
    "/relics",
    response={200: RelicList, 400: Problem, 503: Problem},
    summary=gettext_noop("List or find the released relics"),
)
def list_relics(request: HttpRequest, sought: Query[Sought]) -> HttpResponseBase:
    found = find_relics(sought) if sought.is_narrow else newest_relics(sought)
    shown = shown_for(found.relics, STRANGER)
    items = [
        relic_ref(relic, shown.get(relic.pk), request.build_absolute_uri)
        for relic in found.relics
    ]
    body = RelicList(
        count=found.count,
        offset=sought.offset,
        limit=sought.limit,
        items=items,
        facets=found.facets,
        is_loose=found.is_loose,
    )
    return _answer(request, body)


@api.get(
    "/relics/{key}",
    response={200: RelicOut, **REFUSALS},
    summary=gettext_noop("Give one released relic"),
)
def one_relic(request: HttpRequest, key: str) -> HttpResponseBase:
    relic = find_record(Relic, key, STRANGER)
    shown = shown_for([relic], STRANGER).get(relic.pk)
    return _answer(
        request, relic_out(relic, shown, STRANGER, request.build_absolute_uri)
    )


@api.exception_handler(NoSuchRecord)
def _no_such_record(request: HttpRequest, error: NoSuchRecord) -> HttpResponse:
    if isinstance(error, WithdrawnRecord):
        text = _("This record was public and has been withdrawn.")
        return _refuse(410, "withdrawn", text)
    return _refuse(404, "not-found", _("There is no such public record."))


@api.exception_handler(ExhibitError)
def _refused(request: HttpRequest, error: ExhibitError) -> HttpResponse:
    return _refuse(error.status, error.code, str(error))


@api.exception_handler(NoIndex)
def _no_index(request: HttpRequest, error: NoIndex) -> HttpResponse:
    text = _("The search index is being made. Please try again in a few minutes.")
    return _refuse(503, "no-index", text)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    findings = [
        {"name": str(fault["loc"][-1]), "fault": str(fault["msg"])}
        for fault in error.errors
    ]
    text = _("Part of the request cannot be understood.")
    return _refuse(400, "invalid-request", text, findings=findings)


def _as_file(joined: Joined, exhibit: Exhibit) -> HttpResponseBase:
    response = StreamingHttpResponse(joined.pieces(), content_type=GLB)
    response["Content-Length"] = str(joined.total_bytes)
    name = f"exhibit-{exhibit.key}.glb"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _exhibit_out(exhibit: Exhibit, request: HttpRequest) -> ExhibitOut:
    rows = visible(ExhibitItem.objects.filter(exhibit=exhibit), STRANGER)
    ref = exhibit_ref(exhibit, request.build_absolute_uri)
    return ExhibitOut(
        **ref.model_dump(),
        relics=rows.filter(relic__isnull=False).count(),
        elements=rows.filter(element__isnull=False).count(),
        scene=request.build_absolute_uri(f"/api/exhibits/{exhibit.key}/scene"),
    )


def _answer(request: HttpRequest, body: Schema) -> HttpResponseBase:
    text = body.model_dump_json()
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "no-cache"
    return _open(response)


def _refuse(status: int, code: str, detail: str, **members: Any) -> HttpResponse:
    response = problem(status, code, detail, **members)
    response["Cache-Control"] = "no-store"
    _open(response)
    return response


def _open(response: HttpResponseBase) -> HttpResponseBase:
    """Let programs of any origin read it; nothing here depends on who asks."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = "ETag"
    return response
