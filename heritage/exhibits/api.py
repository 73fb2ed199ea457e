"""The exhibit interface: what a stranger may see, for any exhibit engine.

A device that shows its key gets the models, too, that are for the museum's own rooms.
Every answer can be kept for as long as its ETag holds, and must be asked about again
each time: a withdrawal shows at once.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, cast

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import NinjaAPI, Path, Query
from ninja.errors import ValidationError
from ninja.openapi.schema import OpenAPISchema

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import STRANGER, Person, visible
from heritage.catalogue.reach import NoSuchRecord, WithdrawnRecord, find_record
from heritage.lib.http import PROBLEM_TYPE
from heritage.search.index import NoIndex, TooMuchAsked

from .actions.engine_files import ENGINES
from .answers import answer, document_of, kept_document, opened, refuse
from .devices import DEFAULT, Device, devices, find_device
from .engine_scene import build_engine_scene
from .errors import ExhibitError, TooManyRequests, UnknownKey, UnknownProfile
from .finding import find_relics, newest_relics
from .glb import Finished
from .known_devices import DeviceAuth, everybody, exhibits_for
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
KEYED = {400: Problem, 401: Problem, 429: Problem}  # for who shows a device key
REFUSALS = {400: Problem, 404: Problem, 410: Problem, **KEYED}

OF_RECORD = gettext_noop("the record's key, as the lists give it")
Key = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,64}$", description=OF_RECORD)]
OF_DEVICE = gettext_noop("the class of device whose budget holds")
DeviceName = Annotated[str, Query(description=OF_DEVICE)]
OF_PROFILE = gettext_noop("models of this level only")
ProfileName = Annotated[str, Query(description=OF_PROFILE)]
OF_ROOM = gettext_noop("the key of one of its rooms; empty: all of them")
RoomKey = Annotated[str, Query(description=OF_ROOM)]


class Interface(NinjaAPI):
    """Describes refusals as what they are: problem documents."""

    def get_openapi_schema(self, **told: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**told)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for status, told_of in operation["responses"].items():
                    content = told_of.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        content[PROBLEM_TYPE] = content.pop("application/json")
        return schema


api = Interface(
    title="Heritage",
    version="1",
    description="Released exhibits and relics, with scenes fitted to classes of devices.",
    docs_url=None,  # ninja's own page loads its parts from outside: ours is /api/docs
    urls_namespace="api",
    auth=[DeviceAuth(), everybody],
)


@api.get(
    "/exhibits",
    response={200: ExhibitList, **KEYED},
    summary=gettext_noop("List the released exhibits"),
)
def list_exhibits(request: HttpRequest) -> HttpResponseBase:
    person = _asking(request)

    def build() -> ExhibitList:
        exhibits = list(exhibits_for(person).order_by("-released_at", "-pk"))
        counts = _counts(exhibits, person)
        items = [_exhibit_out(one, counts.get(one.pk), request) for one in exhibits]
        return ExhibitList(
            count=len(items),
            devices=[device_out(device) for device in devices().values()],
            items=items,
        )

    return answer(request, kept_document(request, person, build), person)


@api.get(
    "/exhibits/{key}/scene",
    response={200: Scene, **REFUSALS},
    summary=gettext_noop("Give an exhibit's scene for a class of devices"),
)
def exhibit_scene(
    request: HttpRequest,
    key: Key,
    device: DeviceName = DEFAULT,
    profile: ProfileName = "",
    room: RoomKey = "",
) -> HttpResponseBase:
    person = _asking(request)

    def build() -> Scene:
        exhibit = _find_exhibit(key, person)
        of_class = _narrowed(find_device(device), profile)
        absolute = request.build_absolute_uri
        return build_scene(exhibit, of_class, person, absolute=absolute, room=room)

    return answer(request, kept_document(request, person, build), person)


@api.get(
    "/exhibits/{key}/scene.glb",
    response={**REFUSALS, 409: Problem},
    summary=gettext_noop("Give an exhibit as one glTF, for engines"),
    openapi_extra={
        "responses": {200: {"description": "OK", "content": {GLB: {}}}},
    },
)
def engine_scene(
    request: HttpRequest,
    key: Key,
    profile: ProfileName = ENGINES,
    device: DeviceName = ENGINE_DEVICE,
) -> HttpResponseBase:
    person = _asking(request)
    exhibit = _find_exhibit(key, person)
    joined = build_engine_scene(
        exhibit,
        find_device(device),
        profile,
        person,
        absolute=request.build_absolute_uri,
    )
    unchanged = get_conditional_response(request, etag=joined.etag)
    response = _as_file(joined, exhibit) if unchanged is None else unchanged
    response["ETag"] = joined.etag
    return opened(response, person)


@api.get(
    "/relics",
    response={200: RelicList, 400: Problem, 503: Problem, **KEYED},
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
    return answer(request, document_of(request, body), _asking(request))


@api.get(
    "/relics/{key}",
    response={200: RelicOut, **REFUSALS},
    summary=gettext_noop("Give one released relic"),
)
def one_relic(request: HttpRequest, key: Key) -> HttpResponseBase:
    person = _asking(request)

    def build() -> RelicOut:
        relic = find_record(Relic, key, person)
        shown = shown_for([relic], person).get(relic.pk)
        return relic_out(relic, shown, person, request.build_absolute_uri)

    return answer(request, kept_document(request, person, build), person)


@api.exception_handler(NoSuchRecord)
def _no_such_record(request: HttpRequest, error: NoSuchRecord) -> HttpResponse:
    if isinstance(error, WithdrawnRecord):
        text = _("This record was public and has been withdrawn.")
        return refuse(410, "withdrawn", text)
    return refuse(404, "not-found", _("There is no such public record."))


@api.exception_handler(ExhibitError)
def _refused(request: HttpRequest, error: ExhibitError) -> HttpResponse:
    response = refuse(error.status, error.code, str(error))
    if isinstance(error, UnknownKey):
        response["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyRequests):
        response["Retry-After"] = "60"
    return response


@api.exception_handler(TooMuchAsked)
def _too_much(request: HttpRequest, error: TooMuchAsked) -> HttpResponse:
    text = _(
        "This takes too long to search for. Please ask for less, or in fewer words."
    )
    return refuse(503, "too-much-searched", text)


@api.exception_handler(NoIndex)
def _no_index(request: HttpRequest, error: NoIndex) -> HttpResponse:
    text = _("The search index is being made. Please try again in a few minutes.")
    return refuse(503, "no-index", text)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    findings = [
        {"name": str(fault["loc"][-1]), "fault": str(fault["msg"])}
        for fault in error.errors
    ]
    text = _("Part of the request cannot be understood.")
    return refuse(400, "invalid-request", text, findings=findings)


def _as_file(joined: Finished, exhibit: Exhibit) -> HttpResponseBase:
    response = StreamingHttpResponse(joined.pieces(), content_type=GLB)
    response["Content-Length"] = str(joined.total_bytes)
    name = f"exhibit-{exhibit.key}.glb"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asking(request: HttpRequest) -> Person:
    """Give who asks, as the interface's own authentication has found."""
    return cast(Person, request.auth)  # type: ignore[attr-defined]


def _find_exhibit(key: str, person: Person) -> Exhibit:
    """Find a released exhibit; for a limited device one of its own."""
    exhibit = find_record(Exhibit, key, person)
    if not exhibits_for(person).filter(pk=exhibit.pk).exists():
        raise NoSuchRecord(Exhibit.kind, key)
    return exhibit


def _narrowed(device: Device, profile: str) -> Device:
    if not profile:
        return device
    if profile not in device.levels:
        raise UnknownProfile(profile, device.levels)
    return replace(device, levels=(profile,))


def _counts(exhibits: list[Exhibit], person: Person) -> Mapping[int, tuple[int, int]]:
    """Count relics and elements of each exhibit by its primary key."""
    rows = visible(ExhibitItem.objects.filter(exhibit__in=exhibits), person)
    counted = (
        rows.order_by()
        .values_list("exhibit")
        .annotate(Count("relic"), Count("element"))
    )
    return {pk: (relics, elements) for pk, relics, elements in counted}


def _exhibit_out(
    exhibit: Exhibit, counts: tuple[int, int] | None, request: HttpRequest
) -> ExhibitOut:
    ref = exhibit_ref(exhibit, request.build_absolute_uri)
    relics, elements = counts or (0, 0)
    return ExhibitOut(
        **ref.model_dump(),
        relics=relics,
        elements=elements,
        scene=request.build_absolute_uri(f"/api/exhibits/{exhibit.key}/scene"),
    )
