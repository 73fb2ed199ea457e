"""The W3C SPARQL Protocol and Service Description suites, asked of our own endpoint."""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from _pytest.mark import ParameterSet
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import override_settings
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from knowledge_graph.namespaces import SD
from knowledge_graph.store import EmbeddedStore
from tests.gates import SHARED_DATA
from tests.heritage.linked_data.conftest import answering

pytestmark = [pytest.mark.conformance, pytest.mark.slow]

SUITE = SHARED_DATA / "suites" / "w3c-rdf-tests" / "sparql" / "sparql11"
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
DATA = "http://kasei.us/2009/09/sparql/data/"

_NO_UPDATES = (
    "the endpoint answers queries only: the graph follows the museum's records"
)
KNOWN_FAILURES = {
    "update_dataset_default_graph": _NO_UPDATES,
    "update_dataset_default_graphs": _NO_UPDATES,
    "update_dataset_named_graphs": _NO_UPDATES,
    "update_dataset_full": _NO_UPDATES,
    "update_post_form": _NO_UPDATES,
    "update_post_direct": _NO_UPDATES,
    "update_base_uri": _NO_UPDATES,
}
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    },
    "RDF": {"application/rdf+xml", "text/turtle", "application/n-triples"},
}


@dataclass(frozen=True)
class Exchange:
    """One request and what the suite expects of the response."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    statuses: set[int]  # the first digits
    format: str
    boolean: bool | None


def read_cases() -> dict[str, list[Exchange]]:
    path = SUITE / "protocol" / "manifest.ttl"
    if not path.is_file():
        return {}
    graph = Graph().parse(path, format="turtle", publicID=path.as_uri())
    (entries,) = graph.objects(None, MF.entries)
    return {
        str(test).rsplit("#", 1)[-1]: _exchanges(graph, test)
        for test in Collection(graph, entries)
    }


def _exchanges(graph: Graph, test: Node) -> list[Exchange]:
    action = graph.value(test, MF.action)
    requests = graph.value(action, HT.requests)
    assert requests is not None
    return [_exchange(graph, request) for request in Collection(graph, requests)]


def _exchange(graph: Graph, request: Node) -> Exchange:
    response = graph.value(request, HT.resp)
    body = graph.value(request, HT.body)
    boolean = graph.value(response, MF.expectedBoolean)
    statuses = graph.objects(response, MF.expectedStatus)
    return Exchange(
        method=str(graph.value(request, HT.methodName)),
        # The suite says that its prefix is to be replaced by the endpoint's path.
        path=str(graph.value(request, HT.absolutePath)).replace("/sparql/", "/sparql"),
        headers=_headers(graph, request),
        body=_body(graph, body) if body is not None else b"",
        statuses={int(str(one).split("StatusCode")[1][0]) for one in statuses},
        format=str(graph.value(response, MF.expectedFormat) or ""),
        boolean=None if boolean is None else str(boolean) == "true",
    )


def _headers(graph: Graph, request: Node) -> dict[str, str]:
    head = graph.value(request, HT.headers)
    rows = Collection(graph, head) if head is not None else ()
    return {
        str(graph.value(row, HT.fieldName)): str(graph.value(row, HT.fieldValue))
        for row in rows
    }


def _body(graph: Graph, body: Node) -> bytes:
    encoding = str(graph.value(body, CNT.characterEncoding))
    return str(graph.value(body, CNT.chars)).encode(encoding)


CASES = read_cases()
DESCRIPTION = ["returns-rdf", "has-endpoint-triple", "conforms-to-schema"]
SUITES: dict[str, list[Any]] = {
    "w3c-sparql11-protocol": list(CASES),
    "w3c-sparql11-service-description": DESCRIPTION if CASES else [],
}


def parameters() -> list[ParameterSet]:
    if not CASES:
        reason = "the W3C suites (shared data) are not beside the checkout"
        return [pytest.param([], id="absent", marks=pytest.mark.skip(reason=reason))]
    return [
        pytest.param(exchanges, id=name, marks=_marks(name))
        for name, exchanges in CASES.items()
    ]


def _marks(name: str) -> list[pytest.MarkDecorator]:
    reason = KNOWN_FAILURES.get(name)
    return (
        [pytest.mark.xfail(strict=True, reason=reason, raises=AssertionError)]
        if reason
        else []
    )


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our endpoint over HTTP, the query process behind it, the suite's data in it."""
    folder = tmp_path_factory.mktemp("protocol")
    _publish(folder)
    (folder / "static").mkdir()
    with answering(folder) as socket:
        ours = override_settings(QUERY_SOCKET=socket, STATIC_ROOT=folder / "static")
        with ours, _serving() as address:
            yield address


def _publish(folder: Path) -> None:
    store = EmbeddedStore(folder)
    for path in sorted((SUITE / "protocol").glob("data*.nt")):
        graph = Graph().parse(path, format="nt")
        store.replace(f"{DATA}{path.stem}.rdf", graph)
    store.publish()
    store.close()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def _serving() -> Iterator[str]:
    with make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("exchanges", parameters())
def test_protocol(exchanges: list[Exchange], endpoint: str) -> None:
    for exchange in exchanges:
        status, kind, body = send(endpoint, exchange)
        assert status // 100 in exchange.statuses, body
        if exchange.format:
            assert kind in FORMATS[exchange.format]
        if exchange.boolean is not None:
            assert json.loads(body)["boolean"] is exchange.boolean


@pytest.fixture
def description(endpoint: str) -> Graph:
    if not CASES:
        pytest.skip("the W3C suites (shared data) are not beside the checkout")
    accept = {"Accept": "text/turtle"}
    exchange = Exchange("GET", "/sparql", accept, b"", {2}, "", None)
    _, kind, body = send(endpoint, exchange)
    assert kind == "text/turtle"
    return Graph().parse(body, format="turtle")


def test_service_description(description: Graph) -> None:
    """returns-rdf, has-endpoint-triple, conforms-to-schema (Service Description, 3)."""
    (service,) = description.subjects(RDF.type, SD.Service)
    address = URIRef(f"{settings.BASE_IRI}/sparql")
    assert (service, SD.endpoint, address) in description
    assert (service, SD.supportedLanguage, SD.SPARQL11Query) in description
    for predicate, kind in (
        (SD.defaultDataset, SD.Dataset),
        (SD.defaultGraph, SD.Graph),
    ):
        for one in description.objects(None, predicate):
            assert (one, RDF.type, kind) in description
    assert list(description.objects(service, SD.resultFormat))


def send(endpoint: str, exchange: Exchange) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(endpoint, timeout=90)
    headers = {**exchange.headers, "Content-Length": str(len(exchange.body))}
    connection.request(exchange.method, exchange.path, exchange.body, headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return (
        response.status,
        (response.getheader("Content-Type") or "").split(";")[0],
        body,
    )
