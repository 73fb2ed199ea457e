"""The query process answers, refuses, and keeps its limits."""

import contextlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox
import pytest

from knowledge_graph.errors import (
    AnswerTooLarge,
    MalformedQuery,
    OverBudget,
    QueryCrashed,
    QueryOutOfMemory,
    QueryServiceDown,
    QueryTimedOut,
    QueryTooLong,
    ReadersBusy,
    ServiceRefused,
    TooManyAtOnce,
)
from knowledge_graph.query.client import QueryClient
from knowledge_graph.results_negotiation import CSV, JSON, TURTLE
from tests.knowledge_graph.asking import (
    ALL,
    BUDGET,
    COUNT,
    GREEDY,
    RUNAWAY,
    TRIPLES,
    ask,
    lines,
    publish,
    readers,
    runaway,
    wait_for,
)
from tests.knowledge_graph.graphs import EX, graph_iri
from tests.knowledge_graph.processes import (
    is_gone,
    query_process,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph")
    publish(folder, version=1)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[QueryClient]:
    with query_process(folder, time_s=30, concurrent=100, **BUDGET) as (client, _):
        yield client


# Answers


def test_a_select_is_answered(client: QueryClient) -> None:
    with client.ask(COUNT, media_type=JSON, client="a") as answer:
        assert (answer.media_type, answer.rows, answer.truncated) == (JSON, 1, False)
        assert answer.snapshot == "1"
        assert answer.seconds > 0
        results = ox.parse_query_results(answer.read(), ox.QueryResultsFormat.JSON)
    assert not isinstance(results, ox.QueryBoolean)
    assert next(iter(results))["n"] == ox.Literal(TRIPLES)


def test_a_construct_is_answered(client: QueryClient) -> None:
    text = f"PREFIX ex: <{EX}> CONSTRUCT WHERE {{ ?s ex:version ?v }}"
    answer = client.ask(text, media_type=TURTLE, client="a")
    assert answer.rows == 40
    data = answer.read()
    assert b"@prefix ex:" in data
    assert len(list(ox.parse(data, ox.RdfFormat.TURTLE))) == 40


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("", TRIPLES),
        (f"FROM <{graph_iri(1)}>", 50),
        (f"FROM NAMED <{graph_iri(1)}>", 0),
    ],
)
def test_a_dataset_clause_is_heeded(
    client: QueryClient, clause: str, expected: int
) -> None:
    text = f"SELECT (COUNT(*) AS ?n) {clause} {{ ?s ?p ?o }}"
    assert lines(ask(client, text)) == [str(expected)]


def test_the_dataset_of_the_protocol_overrides_that_of_the_query(
    client: QueryClient,
) -> None:
    text = f"""SELECT (COUNT(DISTINCT ?s) AS ?default) (COUNT(DISTINCT ?g) AS ?named)
        FROM <{graph_iri(9)}> {{ {{ ?s ?p ?o }} UNION {{ GRAPH ?g {{ ?x ?y ?z }} }} }}"""  # noqa: S608 no SQL
    answer = client.ask(
        text,
        media_type=CSV,
        client="a",
        default_graphs=(graph_iri(1), graph_iri(2)),
        named_graphs=(graph_iri(3),),
    )
    assert lines(answer.read().decode()) == ["2,1"]


def test_fifty_clients_at_once_are_all_answered(client: QueryClient) -> None:
    with ThreadPoolExecutor(50) as pool:
        texts = [f"SELECT ({n} AS ?n) {{ }}" for n in range(50)]
        asked = pool.map(lambda text: ask(client, text, who=text), texts)
        assert [lines(text) for text in asked] == [[str(n)] for n in range(50)]


# Refusals


def test_syntax_is_explained(client: QueryClient) -> None:
    with pytest.raises(MalformedQuery) as caught:
        ask(client, "SELECT * {\n?s ?p\n")
    assert caught.value.facts["line"] == 3
    assert caught.value.status == 400


def test_other_machines_are_not_called(client: QueryClient) -> None:
    with pytest.raises(ServiceRefused):
        ask(client, "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }")


def test_a_long_query_is_refused(client: QueryClient) -> None:
    for size in (200_000, 20_000_000):
        with pytest.raises(QueryTooLong):
            ask(client, "SELECT * {} #" + "x" * size)


def test_a_process_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(QueryServiceDown, match="nobody"):
        ask(QueryClient(tmp_path / "nobody.sock"), COUNT)


GARBAGE = [b"\xff" * 100, b"\0\0\0\2\0\0\0\0[]", b"\0\0\0\2\0\0\0\0{}", b"x"]


def test_garbage_on_the_socket_harms_nobody(client: QueryClient) -> None:
    for garbage in GARBAGE:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(client.address)
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(1000) == b""
    assert lines(ask(client, COUNT)) == [str(TRIPLES)]


# Limits


def test_a_runaway_is_stopped_and_its_process_gone(client: QueryClient) -> None:
    before = readers(client)
    with pytest.raises(QueryTimedOut) as caught:
        ask(client, RUNAWAY, timeout_s=0.3)
    assert caught.value.facts["limit_s"] == 0.3
    killed = before - readers(client)
    assert len(killed) == 1
    assert all(is_gone(pid) for pid in killed)
    assert lines(ask(client, COUNT)) == [str(TRIPLES)]


def test_a_greedy_query_is_stopped_and_the_next_is_answered(folder: Path) -> None:
    with query_process(folder, memory_bytes=400_000_000) as (client, _):
        with pytest.raises(QueryOutOfMemory):
            ask(client, GREEDY)
        assert lines(ask(client, COUNT)) == [str(TRIPLES)]


def test_a_query_that_kills_its_reader_is_no_end(client: QueryClient) -> None:
    # Brackets are counted before a reader sees them; this recursion has none.
    with pytest.raises(QueryCrashed, match="SIGSEGV"):
        ask(client, f"SELECT ({'!' * 60_000}true AS ?x) {{}}")
    assert lines(ask(client, COUNT)) == [str(TRIPLES)]


@pytest.mark.parametrize("media_type", [JSON, TURTLE])
def test_truncation_is_known_exactly(folder: Path, media_type: str) -> None:
    head = "SELECT *" if media_type == JSON else "CONSTRUCT { ?s ?p ?o }"
    with query_process(folder, rows=10) as (client, _):
        for limit, rows, truncated in ((9, 9, False), (10, 10, False), (11, 10, True)):
            text = f"{head} {{ ?s ?p ?o }} LIMIT {limit}"
            answer = client.ask(text, media_type=media_type, client="a")
            assert (answer.rows, answer.truncated) == (rows, truncated)
            answer.close()


def test_a_truncated_answer_links_to_the_reason(folder: Path) -> None:
    link = "http://example.org/limits"
    with query_process(folder, rows=10) as (client, _):
        answer = client.ask(ALL, media_type=JSON, client="a", truncation_link=link)
        assert f'"link":["{link}"]'.encode() in answer.read()


@pytest.mark.parametrize("media_type", [CSV, TURTLE])
def test_a_huge_answer_is_refused(folder: Path, media_type: str) -> None:
    text = ALL if media_type == CSV else "CONSTRUCT WHERE { ?s ?p ?o }"
    with query_process(folder, answer_bytes=30_000) as (client, _):
        with pytest.raises(AnswerTooLarge):
            client.ask(text, media_type=media_type, client="a")
        assert lines(ask(client, COUNT)) == [str(TRIPLES)]


def test_a_slow_client_holds_no_reader(folder: Path) -> None:
    with query_process(folder, readers=1) as (client, _):
        slow = client.ask(ALL, media_type=JSON, client="slow")
        assert slow.size > 200_000
        assert lines(ask(client, COUNT, who="quick")) == [str(TRIPLES)]
        assert len(slow.read()) == slow.size


def test_a_client_has_a_budget(folder: Path) -> None:
    with query_process(folder, budget_s=0.1, earned_s=0.001) as (client, _):
        with pytest.raises(QueryTimedOut):
            ask(client, RUNAWAY, who="greedy", timeout_s=0.3)
        with pytest.raises(OverBudget) as caught:
            ask(client, COUNT, who="greedy")
        assert caught.value.facts["retry_after_s"] > 100  # type: ignore[operator]
        with pytest.raises(OverBudget):
            client.check("greedy")
        assert lines(ask(client, COUNT, who="modest")) == [str(TRIPLES)]
        client.check("third")
        client.bill("third", 9.0)  # spent elsewhere, for its query
        with pytest.raises(OverBudget):
            client.check("third")


def test_a_client_asks_so_much_at_once(folder: Path) -> None:
    with query_process(folder, concurrent=1) as (client, _), runaway(client):
        with pytest.raises(TooManyAtOnce):
            ask(client, COUNT, who="runaway")
        assert lines(ask(client, COUNT, who="b")) == [str(TRIPLES)]


def test_waiting_for_a_reader_has_an_end(folder: Path) -> None:
    with query_process(folder, readers=1, wait_s=0.1) as (client, _):
        wait_for(client, lambda status: status["idle"] == 1)
        with runaway(client):
            wait_for(client, lambda status: status["idle"] == 0)
            with pytest.raises(ReadersBusy):
                ask(client, COUNT)
