"""Answers are given again while the graph stays the same, and only then."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge_graph.errors import OverBudget
from knowledge_graph.query.accounts import Accounts
from knowledge_graph.query.check import check_query
from knowledge_graph.query.client import QueryClient
from knowledge_graph.query.kept import KeptAnswers
from knowledge_graph.query.limits import Limits
from knowledge_graph.query.pool import ReaderPool
from knowledge_graph.query.server import Desk, answer
from knowledge_graph.query.wire import Message
from knowledge_graph.results_negotiation import CSV, JSON, XML
from tests.knowledge_graph.asking import BUDGET, COUNT, VERSIONS, ask, lines, publish
from tests.knowledge_graph.graphs import EX, graph_iri
from tests.knowledge_graph.processes import query_process

KEPT = 1 << 20
LARGE = "SELECT * { ?s ?p ?o }"  # a file's worth, more than goes into a message's body


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    publish(tmp_path, version=1)
    return tmp_path


@pytest.fixture
def client(folder: Path) -> Iterator[QueryClient]:
    with query_process(folder, readers=1, kept_bytes=KEPT, **BUDGET) as (client, _):
        yield client


@pytest.mark.parametrize("text", [COUNT, LARGE])
def test_a_question_is_evaluated_once(client: QueryClient, text: str) -> None:
    first = client.ask(text, media_type=JSON, client="a")
    again = client.ask(text, media_type=JSON, client="b")
    assert first.seconds > 0 == again.seconds
    assert (again.rows, again.size, again.state) == (
        first.rows,
        first.size,
        first.state,
    )
    whole = first.read()
    assert len(whole) == first.size
    assert again.read() == whole
    assert client.ask(text, media_type=JSON, client="b").read() == whole


def test_what_is_published_anew_is_seen_at_once(
    client: QueryClient, folder: Path
) -> None:
    for version in (2, 3, 4):
        ask(client, VERSIONS)
        publish(folder, version)
        assert lines(ask(client, VERSIONS)) == [str(version)]
    assert client.status()["kept"] == 1


def test_a_store_that_began_anew_is_another(client: QueryClient, folder: Path) -> None:
    """It has the same number."""
    before = client.ask(VERSIONS, media_type=CSV, client="a")
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    publish(folder, version=9)
    after = client.ask(VERSIONS, media_type=CSV, client="a")
    assert (before.snapshot, after.snapshot) == ("1", "1")
    assert after.seconds > 0


def test_each_form_and_dataset_has_its_own_answer(client: QueryClient) -> None:
    json, xml = (
        client.ask(COUNT, media_type=kind, client="a").read() for kind in (JSON, XML)
    )
    assert json.startswith(b"{")
    assert xml.startswith(b"<?xml")
    whole = ask(client, COUNT)
    part = client.ask(COUNT, media_type=CSV, client="a", default_graphs=(graph_iri(1),))
    assert part.read().decode() != whole


@pytest.mark.parametrize("made", ["NOW()", "rand()", "STRUUID()", "UUID()", "BNODE()"])
def test_what_is_another_each_time_is_not_kept(client: QueryClient, made: str) -> None:
    text = f"SELECT ({made} AS ?x) {{}}"
    assert not check_query(text).repeatable
    for _ in range(2):
        assert client.ask(text, media_type=JSON, client="a").seconds > 0
    assert client.status()["kept"] == 0


def test_a_name_that_holds_such_a_word_is_repeatable() -> None:
    assert check_query(
        f"PREFIX now: <{EX}> SELECT * {{ ?rand now:uuid 'NOW' }}"
    ).repeatable


def test_a_refusal_is_not_kept(client: QueryClient) -> None:
    for _ in range(2):
        with pytest.raises(Exception, match="something is missing"):
            ask(client, "SELECT * { ?s ?p")
    assert client.status()["kept"] == 0


def test_who_owes_is_refused_what_is_kept_too(folder: Path) -> None:
    options = {"budget_s": 1e-6, "earned_s": 1e-6, "kept_bytes": KEPT}
    with query_process(folder, **options) as (client, _):
        ask(client, COUNT, who="a")
        with pytest.raises(OverBudget):
            ask(client, COUNT, who="a")
        ask(client, COUNT, who="b")  # which costs it next to nothing
        with pytest.raises(OverBudget):
            ask(client, COUNT, who="b")


def test_a_kept_answer_is_paid_for_by_its_size(folder: Path) -> None:
    asked = Message(
        {**_question(1).header, "client": "a", "timeout_s": 1}, COUNT.encode()
    )
    reply = _reply(b"x" * 500_000)
    kept = KeptAnswers(folder, most_bytes=2 * len(reply.body))
    kept.keep(kept.edition(), asked, reply)
    clock = [0.0]
    accounts = Accounts(Limits(budget_s=1, earned_s=1), clock=lambda: clock[0])
    pool = ReaderPool.__new__(ReaderPool)  # nobody reads
    desk = Desk(folder, pool, Limits(), accounts, kept)
    answers = [answer(desk, asked).header.get("error") for _ in range(120)]
    assert answers[:80] == [None] * 80
    assert answers[-1] == "over-budget"
    clock[0] += 60
    assert "error" not in answer(desk, asked).header


def test_without_room_none_is_kept(folder: Path) -> None:
    with query_process(folder, kept_bytes=0, **BUDGET) as (client, _):
        for _ in range(2):
            assert client.ask(COUNT, media_type=JSON, client="a").seconds > 0


def test_the_answers_asked_for_last_stay(folder: Path) -> None:
    kept = KeptAnswers(folder, most_bytes=10_000)
    edition = kept.edition()
    for number in (1, 2, 3, 1, 4):
        if kept.find(edition, _question(number)) is None:
            kept.keep(edition, _question(number), _reply(b"x" * 1000))
    found = [n for n in range(1, 5) if kept.find(edition, _question(n)) is not None]
    assert found == [1, 3, 4]


def test_an_answer_of_another_edition_is_not_kept(folder: Path) -> None:
    kept = KeptAnswers(folder, most_bytes=KEPT)
    before = kept.edition()
    publish(folder, version=2)
    kept.keep(before, _question(1), _reply(b"old"))
    assert kept.find(kept.edition(), _question(1)) is None
    kept.keep(kept.edition(), _question(1), _reply(b"of snapshot 1"))
    assert len(kept) == 0


def _question(number: int) -> Message:
    header: dict[str, object] = {
        "base_iri": None,
        "default_graphs": [],
        "media_type": JSON,
        "named_graphs": [],
        "state_address": "",
        "truncation_link": "",
    }
    return Message(header, str(number).encode())


def _reply(body: bytes) -> Message:
    return Message({"size": len(body), "snapshot": "1", "repeatable": True}, body)
