"""The dataset as a whole: what it is, its states, its dumps."""

from datetime import UTC, datetime
from typing import Any, Final

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.lib.http import problem
from heritage.linked_data.dumps import path_of
from heritage.linked_data.models import Dump
from heritage.linked_data.states import current_state
from heritage.linked_data.void import describe_dataset
from heritage.linked_data.writing import SUFFIXES
from knowledge_graph.graph_state import STAMP, GraphState

HTML: Final = "text/html"
RETRY_S: Final = 60
WRITERS: Final = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "pretty-xml"}


@require_safe
def dataset(request: HttpRequest) -> HttpResponse:
    """Show what there is to ask and to download; to programs, VoID."""
    state, dumps = current_state(), list(Dump.objects.filter(stale_at=None))
    chosen = request.get_preferred_type([HTML, *SUFFIXES.values()]) or HTML
    if chosen == HTML:
        context = {"state": state, "dumps": dumps, "section": "query"}
        response = render(request, "linked_data/dataset.html", context)
    else:
        suffix = next(key for key, kind in SUFFIXES.items() if kind == chosen)
        text = describe_dataset(state, dumps).serialize(format=WRITERS[suffix])
        charset = "; charset=utf-8" if chosen.startswith("text/") else ""
        response = HttpResponse(text, content_type=chosen + charset)
        response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept"])
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def state(request: HttpRequest, serial: int) -> HttpResponse:
    """Show a state by its number: the one of now, of a dump, or what lies near it."""
    now = current_state()
    kept = Dump.objects.filter(serial=serial).first()
    found = now if now and now.serial == serial else kept and _state_of(kept)
    context: dict[str, Any] = {
        "serial": serial,
        "state": found,
        "is_now": bool(found and now and found.serial == now.serial),
        "dump": kept,
        "before": Dump.objects.filter(serial__lt=serial).first(),
        "after": Dump.objects.filter(serial__gt=serial).last(),
        "moment": _moment(serial),
        "section": "query",
    }
    status = 200 if found else 404
    return render(request, "linked_data/state.html", context, status=status)


@require_safe
def dump(request: HttpRequest, serial: int) -> HttpResponseBase:
    """Give a dump; not one in which something stands that was withdrawn since."""
    known = get_object_or_404(Dump, serial=serial)
    if known.is_stale:
        text = _("This dump is being written anew, because something was withdrawn.")
        refused = problem(503, "dump-being-reissued", text)
        refused["Retry-After"] = str(RETRY_S)
        return refused
    response = FileResponse(
        path_of(known).open("rb"),
        as_attachment=True,
        filename=known.file_name,
        content_type="application/gzip",
    )
    response["ETag"] = etag = f'"{known.sha512[:40]}"'
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "private, no-cache"
    unchanged = get_conditional_response(request, etag)
    if unchanged is not None:
        response.close()
        return unchanged
    return response


def _state_of(kept: Dump) -> GraphState:
    return GraphState(
        kept.serial,
        kept.published_at.astimezone(UTC).isoformat(),
        kept.digest,
        kept.graphs,
        kept.triples,
    )


def _moment(serial: int) -> datetime | None:
    """Read the moment out of a serial number; None for a number that is none of ours."""
    try:
        return datetime.strptime(str(serial)[:-3], STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None
