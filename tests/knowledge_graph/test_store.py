"""A store holds what it was given, says so by its hashes, and changes whole batches."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import XSD, BNode, Literal, URIRef

from knowledge_graph.errors import RemoteStoreFailed, StoreInUse, TermRefused
from knowledge_graph.store import EmbeddedStore, GraphStore, Triple, canonical_hash
from knowledge_graph.store_remote import Endpoints, RemoteStore
from tests.knowledge_graph.graphs import EX, build_graph, build_graphs, graph_iri
from tests.knowledge_graph.processes import sparql_engine

NOTHING = canonical_hash(graph_iri(0), [])


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    with sparql_engine() as url:
        yield url


@pytest.fixture(params=["embedded", "remote"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    kept = _open(request, tmp_path)
    for iri in kept.graphs():
        kept.remove(iri)
    yield kept
    kept.close()


def _open(request: pytest.FixtureRequest, folder: Path) -> GraphStore:
    if request.param == "embedded":
        return EmbeddedStore(folder / "graph")
    return RemoteStore(request.getfixturevalue("engine"))


def test_a_graph_is_replaced_whole(store: GraphStore) -> None:
    store.replace(graph_iri(1), build_graph(1, version=1, size=9))
    store.replace(graph_iri(1), build_graph(1, version=2, size=3))
    expected = canonical_hash(graph_iri(1), build_graph(1, version=2, size=3))
    assert store.graph_hash(graph_iri(1)) == expected


def test_graphs_do_not_touch_each_other(store: GraphStore) -> None:
    store.replace_many(build_graphs(3, version=1))
    store.replace(graph_iri(1), build_graph(1, version=2))
    assert store.graph_hash(graph_iri(0)) == canonical_hash(
        graph_iri(0), build_graph(0, version=1)
    )


def test_a_removed_graph_is_gone(store: GraphStore) -> None:
    store.replace_many(build_graphs(2, version=1))
    store.remove(graph_iri(0))
    assert store.graphs() == {graph_iri(1)}
    assert store.graph_hash(graph_iri(0)) == NOTHING


def test_a_graph_replaced_by_nothing_is_gone(store: GraphStore) -> None:
    store.replace_many(build_graphs(2, version=1))
    store.replace(graph_iri(0), [])
    store.replace_many({graph_iri(1): []})
    assert store.graphs() == set()


def test_removing_what_is_not_there_is_no_error(store: GraphStore) -> None:
    store.remove(graph_iri(7))
    assert store.graphs() == set()


def test_a_batch_with_a_blank_node_changes_nothing(store: GraphStore) -> None:
    store.replace_many(build_graphs(2, version=1))
    batch = build_graphs(2, version=2)
    batch[graph_iri(1)].append((BNode(), URIRef(f"{EX}part"), Literal(1)))
    with pytest.raises(TermRefused, match="blank node"):
        store.replace_many(batch)
    assert store.graph_hash(graph_iri(0)) == canonical_hash(
        graph_iri(0), build_graph(0, version=1)
    )


@pytest.mark.parametrize("iri", ["no scheme", "http://example.org/a b", "relative"])
def test_a_broken_iri_is_refused(store: GraphStore, iri: str) -> None:
    with pytest.raises(TermRefused):
        store.replace(graph_iri(1), [(URIRef(f"{EX}a"), URIRef(iri), Literal(1))])
    with pytest.raises(TermRefused):
        store.replace(iri, build_graph(1, version=1))


SPELLINGS: list[tuple[Literal, Literal]] = [
    (Literal("01", datatype=XSD.integer), Literal("1", datatype=XSD.integer)),
    (Literal("11.30", datatype=XSD.decimal), Literal("11.3", datatype=XSD.decimal)),
    (Literal("编钟", lang="zh-Hans"), Literal("编钟", lang="zh-hans")),
]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_spelling_is_no_drift(store: GraphStore, one: Literal, other: Literal) -> None:
    key = (URIRef(f"{EX}a"), URIRef(f"{EX}b"))
    store.replace(graph_iri(1), [(*key, one)])
    assert store.graph_hash(graph_iri(1)) == canonical_hash(
        graph_iri(1), [(*key, other)]
    )


def test_years_before_christ_stay_as_they_are(store: GraphStore) -> None:
    triple = (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("-0433", datatype=XSD.gYear))
    later = (URIRef(f"{EX}a"), URIRef(f"{EX}b"), Literal("-0432", datatype=XSD.gYear))
    store.replace(graph_iri(1), [triple])
    assert store.graph_hash(graph_iri(1)) == canonical_hash(graph_iri(1), [triple])
    assert store.graph_hash(graph_iri(1)) != canonical_hash(graph_iri(1), [later])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.integers().map(Literal),
    st.builds(lambda text: Literal(text, lang="zh-Hant"), TEXTS),
)
TRIPLES = st.lists(
    st.tuples(
        st.sampled_from([URIRef(f"{EX}a"), URIRef(f"{EX}曾侯乙")]),
        st.sampled_from([URIRef(f"{EX}p"), URIRef(f"{EX}q")]),
        LITERALS,
    ),
    max_size=8,
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """A store that is opened once, for stories that each tell of a graph of their own."""
    store = EmbeddedStore(tmp_path_factory.mktemp("graph"))
    yield store
    store.close()


@settings(max_examples=40, deadline=None)
@given(versions=st.lists(TRIPLES, min_size=1, max_size=3), order=st.randoms())
def test_the_hash_is_that_of_the_last_version_in_any_order(
    versions: list[list[Triple]], order: random.Random, kept: EmbeddedStore
) -> None:
    name = graph_iri(len(kept.graphs()) + 1)
    for triples in versions:
        kept.replace(name, triples)
    last = [*versions[-1], *versions[-1]]
    order.shuffle(last)
    assert kept.graph_hash(name) == canonical_hash(name, last)


def test_what_was_written_is_there_after_reopening(tmp_path: Path) -> None:
    first = EmbeddedStore(tmp_path)
    first.replace_many(build_graphs(3, version=1))
    before = first.graph_hash(graph_iri(2))
    first.close()
    second = EmbeddedStore(tmp_path)
    assert second.graph_hash(graph_iri(2)) == before
    second.close()


def test_only_one_writes(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    with pytest.raises(StoreInUse):
        EmbeddedStore(tmp_path)
    store.close()
    EmbeddedStore(tmp_path).close()


def test_an_engine_that_is_away_is_named_without_its_password() -> None:
    away = "http://curator:secret@127.0.0.1:1"
    with pytest.raises(RemoteStoreFailed) as caught:
        RemoteStore(away).replace(graph_iri(1), build_graph(1, version=1))
    assert "127.0.0.1:1/store" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_what_an_engine_refuses_is_passed_on(engine: str) -> None:
    wrong = Endpoints(f"{engine}/nowhere", f"{engine}/nowhere", f"{engine}/nowhere")
    with pytest.raises(RemoteStoreFailed, match="404"):
        RemoteStore(wrong).replace_many(build_graphs(1, version=1))


def test_packing_gives_back_room_to_the_next_snapshot(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.replace_many(build_graphs(3, version=1))
    before = store.publish()
    assert store.publish() == before
    store.optimize()
    after = store.publish()
    assert after != before
    assert not before.exists()
    store.close()
