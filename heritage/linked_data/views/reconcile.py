"""The reconciliation service: W3C Reconciliation Service API 0.2, as OpenRefine asks it."""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from heritage.archive.institution import museum_names
from heritage.lib.http import problem
from heritage.lib.languages import text_tag
from heritage.linked_data.reconcile_queries import (
    LONGEST_TEXT,
    MOST_IDS,
    MOST_PROPERTIES,
    NotUnderstood,
    read_kinds,
    read_object,
    read_queries,
    too_much,
)
from heritage.linked_data.reconciling import (
    KINDS,
    Candidate,
    Query,
    Thing,
    address_of,
    candidates,
    find_thing,
    find_things,
    is_sure,
    properties_of,
    property_name,
    values_of,
)
from heritage.search.index import NoIndex, TooMuchAsked
from heritage.search.seen import is_number

MOST_SUGGESTED: Final = 20
PREVIEW_PX: Final = (400, 160)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def reconcile(request: HttpRequest) -> HttpResponse:
    """Give the manifest, or answer a batch of queries, or extend a table."""
    if request.method == "OPTIONS":
        return _open(HttpResponse(status=204))
    try:
        asked = request.POST if request.method == "POST" else request.GET
        if "queries" in asked:
            return _json(_answer_queries(read_object(asked["queries"])))
        if "extend" in asked:
            return _json(_extend(read_object(asked["extend"])))
    except NotUnderstood as error:
        return _open(problem(400, "not-a-reconciliation-request", str(error)))
    except TooMuchAsked:
        text = _(
            "This takes too long to search for. Please ask for less, or in fewer words."
        )
        return _open(problem(503, "too-much-searched", text))
    except NoIndex:
        text = _("The search index is being made. Please try again in a few minutes.")
        return _open(problem(503, "no-index", text))
    return _json(_manifest(request))


@require_GET
def suggest(request: HttpRequest, what: str) -> HttpResponse:
    """Complete what somebody types: an entity, a type or a property."""
    prefix = request.GET.get("prefix", "")[:LONGEST_TEXT]
    if what == "entity":
        return _suggest_entities(prefix, request.GET.get("type", ""))
    known = _every_property() if what == "property" else _every_type()
    low = prefix.casefold()
    found = [o for o in known if low in o["name"].casefold() or low in o["id"]]
    return _json({"result": found})


@require_GET
def flyout(request: HttpRequest, what: str) -> HttpResponse:
    identifier = request.GET.get("id", "")
    if what == "entity":
        thing = find_thing(identifier)
        html = _preview_text(thing) if thing is not None else None
    else:
        known = _every_property() if what == "property" else _every_type()
        names = {one["id"]: one["name"] for one in known}
        html = (
            format_html("<p>{}</p>", names[identifier]) if identifier in names else None
        )
    if html is None:
        return _not_there()
    return _json({"id": identifier, "html": html})


@require_GET
def preview(request: HttpRequest) -> HttpResponse:
    thing = find_thing(request.GET.get("id", ""))
    if thing is None:
        return _not_there()
    page = format_html(
        '<!DOCTYPE html><html lang="{}"><meta charset="utf-8"><title>{}</title>{}</html>',
        text_tag(), thing.name(text_tag()), _preview_text(thing),
    )  # fmt: skip
    response = HttpResponse(page)
    response.xframe_options_exempt = True  # shown in a frame of theirs
    response["Content-Security-Policy"] = "default-src 'none'"
    return _open(response)


@require_GET
def propose_properties(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("type", "")
    found = list(properties_of(kind)) if kind in KINDS else _every_property()
    limit = request.GET.get("limit", "")
    if is_number(limit):
        found = found[: int(limit)]
    body: dict[str, Any] = {"properties": found}
    return _json(body | ({"type": kind} if kind in KINDS else {}))


def _manifest(request: HttpRequest) -> dict[str, Any]:
    here = request.build_absolute_uri("/").rstrip("/")
    services = {
        what: {
            "service_url": here,
            "service_path": f"/reconcile/suggest/{what}",
            "flyout_service_url": here,
            "flyout_service_path": f"/reconcile/flyout/{what}?id=${{id}}",
        }
        for what in ("entity", "property", "type")
    }
    width, height = PREVIEW_PX
    name = museum_names().said(english=text_tag() == "en")
    return {
        "versions": ["0.2"],
        "name": name,
        "identifierSpace": f"{settings.BASE_IRI}/",
        "schemaSpace": f"{settings.BASE_IRI}/vocab/",
        "view": {"url": address_of("{{id}}")},
        "defaultTypes": _every_type(),
        "suggest": services,
        "preview": {
            "url": f"{here}/reconcile/preview?id={{{{id}}}}",
            "width": width,
            "height": height,
        },
        "extend": {
            "propose_properties": {
                "service_url": here,
                "service_path": "/reconcile/properties",
            },
            "property_settings": [],
        },
    }


def _answer_queries(batch: dict[str, Any]) -> dict[str, Any]:
    queries = read_queries(batch)
    return {name: {"result": _results(one)} for name, one in queries.items()}


def _results(query: Query) -> list[dict[str, Any]]:
    found = candidates(query)
    return [_candidate(one, match=is_sure(one, found)) for one in found]


def _candidate(one: Candidate, *, match: bool) -> dict[str, Any]:
    features = [{"id": name, "value": value} for name, value in one.features.items()]
    language = text_tag()
    document = {
        "id": one.thing.id,
        "name": one.thing.name(language),
        "type": [one.thing.type.document],
        "score": one.score,
        "match": match,
        "features": features,
    }
    told = one.thing.description(language)
    return document | ({"description": told} if told else {})


def _extend(told: dict[str, Any]) -> dict[str, Any]:
    ids, properties = told.get("ids"), told.get("properties")
    if not isinstance(ids, list) or not isinstance(properties, list):
        raise NotUnderstood(_("An extension names ids and properties."))
    if len(ids) > MOST_IDS:
        text = _("At most %(count)d identifiers at once.")
        raise NotUnderstood(text % {"count": MOST_IDS})
    told_ids = [str(one.get("id", "")) for one in properties if isinstance(one, dict)]
    pids = list(dict.fromkeys(told_ids))
    if len(pids) > MOST_PROPERTIES:
        raise too_much()
    identifiers = list(dict.fromkeys(map(str, ids)))
    things = find_things(identifiers)
    rows: dict[str, Any] = {}
    for identifier in identifiers:
        thing = things.get(identifier)
        rows[identifier] = {
            pid: values_of(thing, pid, text_tag()) if thing is not None else []
            for pid in pids
        }
    meta = [{"id": pid, "name": property_name(pid)} for pid in pids]
    return {"meta": meta, "rows": rows}


def _suggest_entities(prefix: str, kind: str) -> HttpResponse:
    if not prefix.strip():
        return _json({"result": []})
    query = Query(prefix, read_kinds(kind), MOST_SUGGESTED)
    try:
        found = candidates(query)
    except NoIndex:
        found = []
    language = text_tag()
    return _json(
        {
            "result": [
                {
                    "id": one.thing.id,
                    "name": one.thing.name(language),
                    "description": one.thing.description(language),
                    "notable": [one.thing.type.document],
                }
                for one in found
            ]
        }
    )


def _every_type() -> list[dict[str, str]]:
    return [kind.document for kind in KINDS.values()]


def _every_property() -> list[dict[str, str]]:
    found = {one["id"]: one for kind in KINDS for one in properties_of(kind)}
    return list(found.values())


def _preview_text(thing: Thing) -> str:
    language = text_tag()
    return format_html(
        '<p><a href="{}" target="_blank" rel="noopener"><strong>{}</strong></a> ({})</p><p>{}</p>',
        address_of(thing.id), thing.name(language), thing.type.title,
        thing.description(language),
    )  # fmt: skip


def _not_there() -> HttpResponse:
    return _open(problem(404, "not-found", _("There is no such public record.")))


def _json(body: dict[str, Any]) -> HttpResponse:
    return _open(JsonResponse(body, json_dumps_params={"ensure_ascii": False}))


def _open(response: HttpResponse) -> HttpResponse:
    """Let programs of any origin ask; nothing here depends on who does."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = "Content-Type"
    response["Cache-Control"] = "no-cache"
    return response
