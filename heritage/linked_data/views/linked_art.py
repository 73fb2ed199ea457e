"""Linked Art 1.0 records: `/linked-art/<kind>/<key>`, the same for everybody."""

import hashlib
import json
from typing import Final, cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods

from heritage.catalogue.mentions import VOCABULARY, GraphName
from heritage.catalogue.reach import NoSuchRecord
from heritage.linked_data.graphs import museum_ids
from heritage.linked_data.linked_art import record_of
from heritage.linked_data.locating import graph_of, public_graph
from knowledge_graph.linked_art import CONTEXT, MEDIA_TYPE
from knowledge_graph.namespaces import part

METHODS: Final = ["GET", "HEAD", "OPTIONS"]


def wants_linked_art(request: HttpRequest) -> bool:
    """Tell whether the profile is asked for by name: other JSON-LD is ours."""
    return CONTEXT in request.headers.get("Accept", "")


@require_http_methods(METHODS)
def linked_art(
    request: HttpRequest, kind: str, key: str, part_of: str = ""
) -> HttpResponse:
    """Give the record of a thing, of a part that has one, or of a term."""
    if request.method == "OPTIONS":
        return _open(HttpResponse(status=204))
    ids = museum_ids()
    if kind == VOCABULARY:
        subject, name = ids.concept(key, part_of or "-"), GraphName(VOCABULARY, key)
    else:
        subject, name = ids.thing(kind, key), graph_of(kind, key)
        subject = part(subject, *part_of.split("/")) if part_of else subject
    record = record_of(public_graph(name), subject)
    if record is None:
        raise NoSuchRecord(kind, key)
    text = json.dumps(record, ensure_ascii=False, indent=1)
    response = _open(HttpResponse(text, content_type=MEDIA_TYPE))
    response["ETag"] = f'"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'
    # A withdrawal must show at once, so a kept copy is asked about each time.
    response["Cache-Control"] = "private, no-cache"
    etag = response["ETag"]
    return cast(HttpResponse, get_conditional_response(request, etag, None, response))


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    return response
