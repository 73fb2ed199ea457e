"""Things by their IRIs: `/id/…` leads on (303) to a page or to data, `/data/…` is data.

Data is what the public graph says, whoever asks; a page shows each person his own view.
"""

from typing import Final, cast
from urllib.parse import urlencode
from xml.etree.ElementTree import tostring

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from rdflib import URIRef

from heritage.catalogue.mentions import VOCABULARY, GraphName
from heritage.catalogue.models import Record, Relic
from heritage.catalogue.policy import STRANGER, Person
from heritage.catalogue.reach import NoSuchRecord, find_record
from heritage.linked_data import graphs
from heritage.linked_data.graphs import BuiltGraph, museum_ids
from heritage.linked_data.harvest.edm import EDM, edm
from heritage.linked_data.harvest.edm import KINDS as EDM_KINDS
from heritage.linked_data.harvest.facts import told_of
from heritage.linked_data.locating import graph_of, public_graph
from heritage.linked_data.statements import describe, title_of
from heritage.linked_data.views.linked_art import wants_linked_art
from heritage.linked_data.writing import SUFFIXES, suffix_for, write_graph
from knowledge_graph import vocabulary

HTML: Final = "text/html"
EUROPEANA: Final = "edm"  # a suffix
PAGES: Final = {
    "relic", "element", "bearer", "site", "exhibit", "agent", "place",
}  # fmt: skip
# Nodes that many graphs describe; the endpoint puts together what they say.
SHARED: Final = {"device", "software"}


def thing(request: HttpRequest, kind: str, key: str, part: str = "") -> HttpResponse:
    """Lead from a thing's IRI to what can be shown of it."""
    if kind in SHARED:
        return _see_other(_description_address(request))
    if wants_linked_art(request):
        return _see_other(f"/linked-art/{'/'.join(filter(None, (kind, key, part)))}")
    name = graph_of(kind, key)
    source = graphs.SOURCES.get(name.kind)
    media_type = _preferred(request)
    if source and issubclass(source.model, Record):
        find_record(source.model, key, Person.of(request.user))
    elif not graphs.build(name).triples:
        raise NoSuchRecord(kind, key)
    if kind in EDM_KINDS and EDM in request.headers.get("Accept", ""):
        # application/rdf+xml with EDM as its profile
        return _see_other(reverse("data", args=[kind, f"{key}.{EUROPEANA}"]))
    if media_type == HTML and kind in PAGES:
        return _see_other(reverse(kind, args=[key]))
    suffix = "" if media_type == HTML else f".{suffix_for(media_type)}"
    return _see_other(reverse("data", args=[name.kind, f"{name.key}{suffix}"]))


def data(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Give a graph as the public may see it: by suffix, or by Accept without one."""
    stem, _, suffix = key.partition(".")
    if suffix == EUROPEANA and kind in EDM_KINDS:
        return _europeana(stem)
    if suffix and suffix not in SUFFIXES:
        raise NoSuchRecord(kind, key)
    built = public_graph(GraphName(kind, stem))
    about = str(museum_ids().thing(kind, stem))
    if kind == VOCABULARY:
        about = str(museum_ids().scheme(stem))
    media_type = SUFFIXES.get(suffix) or _preferred(request)
    response = _render(request, built, about, media_type)
    response["Link"] = f'<{about}>; rel="describes"'
    return response


def _europeana(key: str) -> HttpResponse:
    """Give a relic in the Europeana Data Model, as the public may see it."""
    record = find_record(Relic, key, STRANGER)
    (facts,) = told_of([record])
    text = tostring(edm(facts), encoding="UTF-8", xml_declaration=True)
    response = HttpResponse(text, content_type=SUFFIXES["rdf"])
    response["Access-Control-Allow-Origin"] = "*"
    response["Link"] = f'<{facts.iri}>; rel="describes"'
    response["Cache-Control"] = "private, no-cache"
    return response


def concept(request: HttpRequest, scheme: str, slug: str = "") -> HttpResponse:
    """Show a vocabulary, one of its concepts, or one of our own properties."""
    ids = museum_ids()
    is_term = not slug and scheme not in vocabulary.names()
    whole = graphs.build(GraphName(VOCABULARY, graphs.OWN_TERMS if is_term else scheme))
    subject = ids.concept(scheme, slug) if slug else ids.scheme(scheme)
    if not any(one == subject for one, _, _ in whole.triples):
        raise NoSuchRecord("vocab", f"{scheme}/{slug}")
    if slug or is_term:
        whole = _only(whole, subject)
    return _render(request, whole, str(subject), _preferred(request))


def _only(whole: BuiltGraph, subject: URIRef) -> BuiltGraph:
    triples = [triple for triple in whole.triples if triple[0] == subject]
    return BuiltGraph(whole.name, triples)


def _preferred(request: HttpRequest) -> str:
    """Choose between the page and the formats of data; the page where all are welcome."""
    offered = [HTML, *SUFFIXES.values(), "application/json", "application/xml"]
    chosen = request.get_preferred_type(offered) or HTML
    also = {"application/json": SUFFIXES["jsonld"], "application/xml": SUFFIXES["rdf"]}
    return also.get(chosen, chosen)


def _render(
    request: HttpRequest, built: BuiltGraph, about: str, media_type: str
) -> HttpResponse:
    response: HttpResponse
    if media_type == HTML:
        response = _page(request, built, about)
    else:
        text = write_graph(built.triples, media_type)
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        response = HttpResponse(text, content_type=media_type + charset)
        response["ETag"] = f'"{built.digest[:24]}-{suffix_for(media_type)}"'
        response["Access-Control-Allow-Origin"] = "*"
    patch_vary_headers(response, ["Accept"])
    # A withdrawal must show at once, so a kept copy is asked about each time.
    response["Cache-Control"] = "private, no-cache"
    etag = response.get("ETag")
    return cast(HttpResponse, get_conditional_response(request, etag, None, response))


def _page(request: HttpRequest, built: BuiltGraph, about: str) -> HttpResponse:
    context = {
        "title": title_of(built.triples, about),
        "iri": about,
        "things": describe(built.triples, about),
        "files": [
            (
                suffix,
                reverse("data", args=[built.name.kind, f"{built.name.key}.{suffix}"]),
            )
            for suffix in SUFFIXES
        ],
    }
    return render(request, "linked_data/data.html", context)


def _see_other(address: str) -> HttpResponse:
    response = HttpResponse(status=303, headers={"Location": address})
    patch_vary_headers(response, ["Accept"])
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _description_address(request: HttpRequest) -> str:
    iri = f"{museum_ids().base.rstrip('/')}{request.path}"
    return f"{reverse('sparql')}?{urlencode({'query': f'DESCRIBE <{iri}>'})}"
