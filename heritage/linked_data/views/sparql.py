"""The SPARQL endpoint: SPARQL 1.1 Protocol, queries only."""

from functools import cache
from typing import Final
from urllib.parse import quote

from django.conf import settings
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from heritage.lib.askers import asker
from heritage.lib.http import problem
from heritage.linked_data.messages import sentence
from heritage.linked_data.protocol import Asked, BadRequest, read_request
from heritage.linked_data.service_description import describe_service
from heritage.linked_data.stores import open_queries
from heritage.linked_data.words import (
    Worded,
    asks_for_words,
    with_words,
    without_words,
)
from heritage.search.index import NoIndex, TooMuchAsked
from knowledge_graph.errors import GraphError, QueryTooLong
from knowledge_graph.query.check import check_query
from knowledge_graph.query.client import Answer
from knowledge_graph.query.limits import Limits
from knowledge_graph.results_negotiation import Form, named_format, negotiate

QUERY_BYTES: Final = Limits().query_bytes
METHODS: Final = "GET, HEAD, POST, OPTIONS"
RETRY_S: Final = 5
NOTES_BYTES: Final = 2000  # of a header: a query may name thousands of terms
CROSS_ORIGIN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Type, Graph-State, Query-Read-As, Retry-After, "
    "X-SPARQL-MaxRows, X-SPARQL-Truncated",
}


@csrf_exempt  # it changes nothing, and is asked from other sites
def sparql(request: HttpRequest) -> HttpResponseBase:
    """Answer a query, or say what this service is."""
    response = _answer(request)
    for name, value in CROSS_ORIGIN.items():
        response[name] = value
    response["Vary"] = "Accept, Accept-Language"
    # What is withdrawn must not live on in a proxy's cache.
    response["Cache-Control"] = "private, no-cache"
    return response


def _answer(request: HttpRequest) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return _options()
    if request.method not in {"GET", "HEAD", "POST"}:
        refused = _refuse(request, "method-not-allowed", 405)
        refused["Allow"] = METHODS
        return refused
    try:
        return _served(request)
    except BadRequest as error:
        return _refuse(request, error.code, error.status, **error.facts)
    except GraphError as error:
        return _refuse(request, error.code, error.status, **error.facts)
    except TooMuchAsked:
        return _refuse(request, "too-much-searched", 503)
    except NoIndex:
        return _refuse(request, "no-index", 503)


def _served(request: HttpRequest) -> HttpResponseBase:
    asked = read_request(request)
    if asked.text is None:
        return _introduce(request, asked)
    if len(asked.text.encode("utf-8", "replace")) > QUERY_BYTES:
        raise QueryTooLong(limit_bytes=QUERY_BYTES)
    queries, client = open_queries(), asker(request)
    form = check_query(without_words(asked.text)).form
    media_type = _media_type(request, asked, form)
    worded = Worded(asked.text)
    if asks_for_words(asked.text):  # paid for whatever becomes of the query
        queries.check(client)
        worded = with_words(asked.text)
        queries.bill(client, worded.seconds)
    answer = queries.ask(
        worded.text,
        media_type=media_type,
        client=client,
        default_graphs=asked.default_graphs,
        named_graphs=asked.named_graphs,
        base_iri=f"{settings.BASE_IRI}/",
        truncation_link=_address("sparql"),
        state_address=_address("dataset", "/state/"),
    )
    answer.notes = (*worded.notes, *answer.notes)
    return _respond(request, answer)


def _respond(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    response = _with_body(request, answer)
    response["Content-Length"] = str(answer.size)
    if state := answer.state:
        response["Graph-State"] = (
            f'{state.serial}; date="{state.published_at}"; digest="{state.digest}"'
        )
    if answer.notes:
        response["Query-Read-As"] = _notes(answer.notes)
    if answer.truncated:
        response["X-SPARQL-Truncated"] = "true"
        response["X-SPARQL-MaxRows"] = str(settings.QUERY_ROWS)
    return response


def _with_body(request: HttpRequest, answer: Answer) -> HttpResponseBase:
    kind = answer.media_type
    kind += "; charset=utf-8" if kind.startswith("text/") else ""
    if request.method == "HEAD":
        answer.close()
        return HttpResponse(content_type=kind)
    if answer.file is not None:  # which the web server hands to the kernel
        return FileResponse(answer.file, content_type=kind)
    return StreamingHttpResponse(answer, content_type=kind)


def _notes(notes: tuple[str, ...]) -> str:
    """Write notes into one header: what names it quotes may hold any letter."""
    text = "; ".join(notes)
    return quote(text, safe=" ;,:()<>^|*/#_-?!=&%+~@$[]'")[:NOTES_BYTES]


def _introduce(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """Without a query: the editor for people, the service description for programs."""
    kinds = ["text/turtle", "text/html", "application/xhtml+xml"]
    wants_page = request.get_preferred_type(kinds) not in {None, "text/turtle"}
    if wants_page and not asked.format:
        return redirect(reverse("query"))
    kind = _media_type(request, asked, "CONSTRUCT")
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    text = describe_service(_address("sparql"), kind)
    return HttpResponse(text, content_type=kind + charset)


def _media_type(request: HttpRequest, asked: Asked, form: Form) -> str:
    if asked.format:
        return named_format(asked.format, form)
    return negotiate(request.headers.get("Accept", ""), form)


def _options() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Allow"] = METHODS
    response["Access-Control-Allow-Methods"] = METHODS
    response["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _refuse(
    request: HttpRequest, code: str, status: int, **facts: str | int | float
) -> HttpResponse:
    """Say why not: as a problem document where JSON is asked for, else as a sentence."""
    text = sentence(code, facts)
    response: HttpResponse
    if "json" in request.headers.get("Accept", ""):
        response = problem(status, code, text, **facts)
    else:
        kind = "text/plain; charset=utf-8"
        response = HttpResponse(f"{text}\n", status=status, content_type=kind)
    if status in {429, 503}:
        response["Retry-After"] = str(round(float(facts.get("retry_after_s", RETRY_S))))
    return response


def _address(name: str, more: str = "") -> str:
    return f"{settings.BASE_IRI}{_path(name)}{more}"


_path = cache(reverse)  # asked for twice a query
