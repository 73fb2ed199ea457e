"""Rows ordered here stand as the engine would have ordered them."""

import io
import json
from typing import Any
from unittest import mock

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_graph.query import ordering
from knowledge_graph.query.evaluate import Question, evaluate
from knowledge_graph.query.ordering import Order, order_rows, read_order
from knowledge_graph.results_negotiation import JSON

XSD = "http://www.w3.org/2001/XMLSchema#"
Term = ox.NamedNode | ox.BlankNode | ox.Literal
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
IRIS = st.sampled_from(["a", "b", "B", "鼎", "鼎二", "é"]).map(
    lambda name: ox.NamedNode(f"http://example.org/{name}")
)


def typed(kind: str, texts: st.SearchStrategy[str]) -> st.SearchStrategy[ox.Literal]:
    name = ox.NamedNode(f"{XSD}{kind}")
    return texts.map(lambda text: ox.Literal(text, datatype=name))


# Of each kind a column may be made, beside IRIs and cells that are empty.
KINDS: dict[str, st.SearchStrategy[ox.Literal]] = {
    "text": TEXTS.map(ox.Literal),
    "language": st.builds(
        lambda text, tag: ox.Literal(text, language=tag),
        TEXTS,
        st.sampled_from(["en", "zh-hans"]),
    ),
    "integer": typed("integer", st.integers(-2000, 2000).map(str)),
    "decimal": typed(
        "decimal", st.decimals(-99, 99, places=3).map(lambda one: f"{one:f}")
    ),
    "dateTime": typed(
        "dateTime", st.datetimes().map(lambda one: f"{one.isoformat()[:19]}Z")
    ),
    "gYear": typed("gYear", st.integers(1000, 2000).map(str)),
}


def columns(kind: str) -> st.SearchStrategy[list[Term | None]]:
    return st.lists(st.one_of(st.none(), IRIS, KINDS[kind]), max_size=8)


def filled(first: list[Term | None], second: list[Term | None]) -> ox.Store:
    store = ox.Store()
    for number, cells in enumerate(zip(first, second, strict=False)):
        thing = ox.NamedNode(f"urn:thing:{number}")
        terms: dict[str, Term | None] = {"is": ox.Literal(str(number))}
        terms |= dict(zip(("a", "b"), cells, strict=True))
        for name, term in terms.items():
            if term is not None:
                store.add(ox.Quad(thing, ox.NamedNode(f"urn:{name}"), term))
    return store


PATTERN = "{ ?s <urn:is> ?n OPTIONAL { ?s <urn:a> ?a } OPTIONAL { ?s <urn:b> ?b } }"


def answered(store: ox.Store, text: str, rows: int = 10_000) -> list[dict[str, Any]]:
    out = io.BytesIO()
    evaluate(store, Question(text, JSON, rows=rows), out)
    found: list[dict[str, Any]] = json.loads(out.getvalue())["results"]["bindings"]
    return found


def by_engine(store: ox.Store, text: str) -> list[dict[str, Any]]:
    with mock.patch.object(ordering, "_last_order", return_value=None):
        return answered(store, text)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=30)
def test_rows_stand_as_the_engine_would_have_them(
    kind: str, data: st.DataObject
) -> None:
    first, second = data.draw(columns(kind)), data.draw(columns("text"))
    store = filled(first, second)
    for end in ("?a", "DESC(?a) ?b", "?b DESC(?a)", "ASC(?a) LIMIT 300 OFFSET 1"):
        # What a question is ordered by tells rows apart as far as order does.
        names = "?b ?a" if "?b" in end else "?a"
        text = f"SELECT {names} {PATTERN} ORDER BY {end}"
        assert answered(store, text) == by_engine(store, text), end


def test_all_rows_come_with_what_belongs_to_them() -> None:
    sizes = [f"{n * 7 % 50}" for n in range(50)]
    store = ox.Store()
    for size in sizes:
        value = ox.Literal(f'"}}}},{{"{size}')  # as if a row ended here
        store.add(
            ox.Quad(ox.NamedNode(f"urn:{size:>02}"), ox.NamedNode("urn:is"), value)
        )
    rows = answered(store, "SELECT * { ?s <urn:is> ?o } ORDER BY DESC(?s)")
    assert [row["s"]["value"] for row in rows] == [
        f"urn:{n:02}" for n in reversed(range(50))
    ]
    assert all(
        int(row["s"]["value"][4:]) == int(row["o"]["value"].partition('{"')[2])
        for row in rows
    )


@pytest.mark.parametrize(
    ("end", "wanted"),
    [
        ("ORDER BY ?a", Order("SELECT * {} ", (("a", False),))),
        (
            "order by desc(?a) $b offset 2 limit 300 # all",
            Order("SELECT * {} ", (("a", True), ("b", False)), 2, 300),
        ),
        ("ORDER BY ?a LIMIT 3", None),  # of which the engine reads no more
        ("ORDER BY STR(?a)", None),
        ("ORDER BY (?a)", None),
        ("ORDER BY ?a LIMIT 300 LIMIT 300", None),
        ("ORDER BY ?a LIMIT 300.0", None),
        ("ORDER BY ?a VALUES ?a { 1 }", None),
        ("ORDER BY DESC ?a", None),
        ("ORDER BY", None),
        ("LIMIT 3", None),
    ],
)
def test_only_plain_ends_are_read(end: str, wanted: Order | None) -> None:
    assert read_order(f"SELECT * {{}} {end}") == wanted


def test_the_order_of_a_part_is_not_that_of_the_whole() -> None:
    assert read_order("SELECT * { { SELECT * {} ORDER BY ?a } }") is None


def test_what_is_ordered_by_something_not_given_is_left_to_the_engine() -> None:
    store = filled([ox.Literal("2"), ox.Literal("1")], [None, None])
    rows = answered(store, f"SELECT ?n {PATTERN} ORDER BY ?a")
    assert [row["n"]["value"] for row in rows] == ["1", "0"]


def test_a_long_answer_is_left_to_the_engine() -> None:
    store = filled([ox.Literal(n) for n in range(20)], [None] * 20)
    text = f"SELECT ?a {PATTERN} ORDER BY DESC(?a)"
    order = read_order(text)
    assert order is not None

    def found() -> ox.QuerySolutions:
        solutions = store.query(order.before)
        assert isinstance(solutions, ox.QuerySolutions)
        return solutions

    assert order_rows(found(), order, 20) is not None
    assert order_rows(found(), order, 19) is None
    with mock.patch.object(ordering, "HELD_BYTES", 100):
        assert order_rows(found(), order, 20) is None
        assert answered(store, text) == by_engine(store, text)
    assert len(answered(store, text, rows=5)) == 5


def test_an_author_is_told_of_his_own_text() -> None:
    with pytest.raises(Exception, match=r"unexpected|missing") as told:
        answered(ox.Store(), "SELECT ?a { ?a ?b } ORDER BY ?a")
    assert told.value.facts["column"] > 10  # type: ignore[attr-defined]
