"""A remote engine answers through the same interface, within the same limits."""

import socket
import threading
from collections.abc import Iterator

import pytest

from knowledge_graph.errors import (
    AnswerTooLarge,
    MalformedQuery,
    NotAcceptable,
    OverBudget,
    QueryServiceDown,
    QueryTimedOut,
    ServiceRefused,
    UpdateRefused,
)
from knowledge_graph.query.client import Queries, QueryClient
from knowledge_graph.query.limits import Limits
from knowledge_graph.query.remote import RemoteQueryClient
from knowledge_graph.results_negotiation import CSV, JSON, N_TRIPLES
from knowledge_graph.store_remote import RemoteStore
from tests.knowledge_graph.graphs import EX, build_graphs, graph_iri
from tests.knowledge_graph.processes import sparql_engine

ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with sparql_engine() as engine:
        store = RemoteStore(engine)
        store.replace_many(build_graphs(20, version=1, size=10))
        yield str(store.publish())


def client_of(url: str, **limits: float) -> Queries:
    return RemoteQueryClient(url, Limits(**limits))  # type: ignore[arg-type]


def test_both_clients_have_one_interface() -> None:
    clients: list[type[Queries]] = [QueryClient, RemoteQueryClient]
    assert len(clients) == 2


def test_a_select_is_answered(url: str) -> None:
    answer = client_of(url).ask(ALL, media_type=CSV, client="a")
    assert (answer.rows, answer.truncated, answer.media_type) == (200, False, CSV)
    assert len(answer.read().split(b"\r\n")) == 202


def test_an_ask_is_answered(url: str) -> None:
    answer = client_of(url).ask("ASK { ?s ?p ?o }", media_type=JSON, client="a")
    assert answer.read() == b'{"head":{},"boolean":true}'


def test_a_construct_is_answered(url: str) -> None:
    text = f"CONSTRUCT WHERE {{ ?s <{EX}version> ?v }}"
    answer = client_of(url).ask(text, media_type=N_TRIPLES, client="a")
    assert answer.rows == len(answer.read().splitlines()) == 20


@pytest.mark.parametrize("limit", [9, 10, 11])
def test_truncation_is_known_exactly(url: str, limit: int) -> None:
    client = client_of(url, rows=10)
    answer = client.ask(f"{ALL} LIMIT {limit}", media_type=JSON, client="a")
    assert (answer.rows, answer.truncated) == (min(limit, 10), limit > 10)
    answer.close()


def test_the_dataset_is_passed_on(url: str) -> None:
    graphs = (graph_iri(1), graph_iri(2))
    answer = client_of(url).ask(ALL, media_type=JSON, client="a", default_graphs=graphs)
    assert answer.rows == 20
    answer.close()


def test_refusals_are_the_same(url: str) -> None:
    client = client_of(url)
    for text, error in (
        ("DROP ALL", UpdateRefused),
        ("SELECT * { SERVICE <http://a/> {} }", ServiceRefused),
        ("SELECT * { ?s ?p ", MalformedQuery),
    ):
        with pytest.raises(error):
            client.ask(text, media_type=JSON, client="a")
    with pytest.raises(NotAcceptable):
        client.ask("ASK {}", media_type=CSV, client="a")


def test_a_huge_answer_is_refused(url: str) -> None:
    with pytest.raises(AnswerTooLarge):
        client_of(url, answer_bytes=1000).ask(ALL, media_type=JSON, client="a")


def test_a_client_has_a_budget(url: str) -> None:
    client = client_of(url, budget_s=1e-9, earned_s=1e-9)
    client.ask("ASK {}", media_type=JSON, client="a").close()
    with pytest.raises(OverBudget):
        client.ask("ASK {}", media_type=JSON, client="a")


def test_an_engine_that_is_away_is_named_without_its_password() -> None:
    with pytest.raises(QueryServiceDown, match=r"127\.0\.0\.1:1") as caught:
        client_of("http://me:secret@127.0.0.1:1/q").ask(
            ALL, media_type=JSON, client="a"
        )
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b'HTTP/1.1 200 OK\r\n\r\n{"head":{"vars":["a"]},"results":{"bindings":[',
    ],
)
def test_an_engine_that_falls_silent_is_left(start: bytes) -> None:
    with _silent_engine(start) as url, pytest.raises(QueryTimedOut):
        client_of(url, time_s=0.2).ask(ALL, media_type=JSON, client="a")


class _silent_engine:  # noqa: N801 used like a function
    """Listens, sends the start of an answer, and no more."""

    def __init__(self, start: bytes) -> None:
        self._start = start
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.sendall(self._start)
            self._leave.wait(30)

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/query"

    def __exit__(self, *_: object) -> None:
        self._leave.set()
        self._thread.join(30)
        self._listener.close()
