"""Answers are written so that others read what we meant, and in the format asked for."""

import csv
import io
from typing import Any
from unittest import mock
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_graph.errors import NotAcceptable
from knowledge_graph.results import Links, Written, write_boolean, write_solutions
from knowledge_graph.results_negotiation import (
    CSV,
    JSON,
    JSON_LD,
    N_TRIPLES,
    OFFERED,
    RDF_XML,
    TSV,
    TURTLE,
    XML,
    Form,
    named_format,
    negotiate,
)

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
UNSAYABLE_IN_XML = {
    ord(char): "\ufffd" for char in [*map(chr, range(32)), "\ufffe", "\uffff"]
} | {ord(char): char for char in "\t\n\r"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
XSD = "http://www.w3.org/2001/XMLSchema#"
TERMS: st.SearchStrategy[Term | None] = st.one_of(
    st.none(),
    st.sampled_from(["http://example.org/曾侯乙", "urn:a:b&c", "http://a/?b='c'"]).map(
        ox.NamedNode
    ),
    st.integers(0, 3).map(lambda number: ox.BlankNode(f"b{number}")),
    TEXTS.map(ox.Literal),
    TEXTS.map(lambda text: ox.Literal(text, language="zh-hant")),
    TEXTS.map(lambda text: ox.Literal(text, datatype=ox.NamedNode(f"{XSD}gYear"))),
)
ROWS = st.lists(st.tuples(TERMS, TERMS), max_size=5)


def written(
    rows: list[tuple[Term | None, ...]],
    media_type: str,
    *,
    most: int = 10_000,
    links: Links = Links(),  # noqa: B008
) -> bytes:
    out = io.BytesIO()
    write_solutions(solutions(rows), media_type, out, most=most, links=links)
    return out.getvalue()


def solutions(rows: list[tuple[Term | None, ...]]) -> ox.QuerySolutions:
    """Give rows as the engine gives them: through its reader of TSV, which keeps all."""
    lines = ["\t".join(str(one) if one else "" for one in row) for row in rows]
    table = "\n".join(["?thing\t?名", *lines, ""])
    found = ox.parse_query_results(table.encode(), ox.QueryResultsFormat.TSV)
    assert isinstance(found, ox.QuerySolutions)
    return found


def read(
    data: bytes, media_type: str
) -> tuple[list[str], list[tuple[Term | None, ...]]]:
    results_format = ox.QueryResultsFormat.from_media_type(media_type)
    results = ox.parse_query_results(data, results_format)
    assert isinstance(results, ox.QuerySolutions)
    return [each.value for each in results.variables], [tuple(row) for row in results]


@pytest.mark.parametrize("media_type", [JSON, TSV])
@given(rows=ROWS)
def test_what_is_written_reads_back(
    media_type: str, rows: list[tuple[Term | None, ...]]
) -> None:
    assert read(written(rows, media_type), media_type) == (["thing", "名"], rows)


@given(rows=ROWS)
def test_xml_reads_back_but_for_what_xml_cannot_say(
    rows: list[tuple[Term | None, ...]],
) -> None:
    assert _read_xml(written(rows, XML)) == [
        tuple(map(_sayable_in_xml, row)) for row in rows
    ]


def _read_xml(data: bytes) -> list[tuple[Term | None, ...]]:
    # Not by the engine, whose reader strips the spaces around a literal.
    root = ElementTree.fromstring(data)  # noqa: S314 our own
    return [
        tuple(_read_cell(result, name) for name in ("thing", "名"))
        for result in root.iter(f"{RESULTS}result")
    ]


def _read_cell(result: ElementTree.Element, name: str) -> Term | None:
    cell = result.find(f"{RESULTS}binding[@name='{name}']/*")
    if cell is None:
        return None
    text, kind = cell.text or "", cell.tag.removeprefix(RESULTS)
    if kind == "uri":
        return ox.NamedNode(text)
    if kind == "bnode":
        return ox.BlankNode(text)
    language = cell.get("{http://www.w3.org/XML/1998/namespace}lang")
    datatype = ox.NamedNode(cell.get("datatype", f"{XSD}string"))
    return ox.Literal(text, language=language, datatype=None if language else datatype)


def _sayable_in_xml(term: Term | None) -> Term | None:
    if not isinstance(term, ox.Literal):
        return term
    value = term.value.translate(UNSAYABLE_IN_XML)
    if term.language:
        return ox.Literal(value, language=term.language)
    return ox.Literal(value, datatype=term.datatype)


@given(rows=ROWS)
def test_csv_holds_the_values(rows: list[tuple[Term | None, ...]]) -> None:
    text = io.StringIO(written(rows, CSV).decode(), newline="")
    assert list(csv.reader(text)) == [
        ["thing", "名"],
        *([_plain(term) for term in row] for row in rows),
    ]


def _plain(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    assert not isinstance(term, ox.Triple)
    return term.value


def test_many_rows_are_all_written() -> None:
    rows: list[tuple[Term | None, ...]] = [
        (ox.Literal(number), None) for number in range(2500)
    ]
    assert read(written(rows, JSON), JSON)[1] == rows


# What stands between rows, and what looks like it.
PIECES = ['"', "}", "{", ",", "\\", ":", '"}},{"', '"}},{}', "}},{", "{}", "s", "瓶"]
CROOKED: st.SearchStrategy[Term | None] = st.none() | st.lists(
    st.sampled_from(PIECES), max_size=6
).map(lambda pieces: ox.Literal("".join(pieces)))


@given(
    rows=st.lists(st.tuples(CROOKED, CROOKED), max_size=8),
    most=st.integers(0, 9),
    block=st.integers(1, 300),
)
def test_rows_of_json_are_told_from_what_their_texts_hold(
    rows: list[tuple[Term | None, ...]], most: int, block: int
) -> None:
    out = io.BytesIO()
    with mock.patch("knowledge_graph.results.BLOCK_BYTES", block):
        told = write_solutions(InPieces(rows, block), JSON, out, most=most)  # type: ignore[arg-type]
    assert told == Written(min(most, len(rows)), len(rows) > most)
    assert read(out.getvalue(), JSON)[1] == rows[:most]


@pytest.mark.parametrize("block", [1, 50, 100])
def test_json_is_whole_wherever_the_engine_pauses(block: int) -> None:
    rows: list[tuple[Term | None, ...]] = [
        (ox.Literal("one"), None), (None, None), (None, ox.Literal("}},{")), (None, None)
    ]  # fmt: skip
    for size in range(1, 250):
        out = io.BytesIO()
        with mock.patch("knowledge_graph.results.BLOCK_BYTES", block):
            told = write_solutions(InPieces(rows, size), JSON, out, most=9)  # type: ignore[arg-type]
        assert told == Written(len(rows), truncated=False)
        assert read(out.getvalue(), JSON)[1] == rows


class InPieces:
    """Solutions of an engine that writes so many bytes at a time."""

    def __init__(self, rows: list[tuple[Term | None, ...]], size: int) -> None:
        self._found, self._size = solutions(rows), size

    @property
    def variables(self) -> list[ox.Variable]:
        return self._found.variables

    def serialize(self, out: Any, written: ox.QueryResultsFormat) -> None:
        data = self._found.serialize(format=written) or b""
        for start in range(0, len(data), self._size):
            out.write(data[start : start + self._size])


@pytest.mark.parametrize("media_type", [JSON, XML])
def test_a_link_tells_of_truncation(media_type: str) -> None:
    links = Links(("urn:state",), ("urn:state", "http://example.org/limits?a&b"))
    for count in (3, 2500):  # known before the head is written, and after it
        rows: list[tuple[Term | None, ...]] = [
            (ox.Literal(n), None) for n in range(count)
        ]
        whole = written(rows, media_type, links=links)
        cut = written(rows, media_type, most=count - 1, links=links)
        assert read(whole, media_type)[1] == rows
        assert read(cut, media_type)[1] == rows[:-1]
        assert [b"urn:state" in one for one in (whole, cut)] == [True, True]
        assert [b"limits?a" in one for one in (whole, cut)] == [False, True]


@pytest.mark.parametrize("media_type", [JSON, XML])
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_reads_back(media_type: str, *, value: bool) -> None:
    out = io.BytesIO()
    write_boolean(value, media_type, out)
    results_format = ox.QueryResultsFormat.from_media_type(media_type)
    again = ox.parse_query_results(out.getvalue(), results_format)
    assert isinstance(again, ox.QueryBoolean)
    assert bool(again) == value


@pytest.mark.parametrize(
    ("accept", "form", "expected"),
    [
        ("", "SELECT", JSON),
        ("*/*", "SELECT", JSON),
        ("*/*", "DESCRIBE", TURTLE),
        ("application/json", "SELECT", JSON),
        ("application/json", "CONSTRUCT", JSON_LD),
        ("application/xml", "ASK", XML),
        ("application/xml", "CONSTRUCT", RDF_XML),
        ("text/*", "SELECT", CSV),
        ("text/csv;q=0.5, text/tab-separated-values", "SELECT", TSV),
        ("text/html, application/xhtml+xml, */*;q=0.1", "SELECT", JSON),
        ("*/*, application/sparql-results+json;q=0", "SELECT", XML),
        ("application/*;q=0.9, text/csv;q=0.8", "SELECT", JSON),
        ("TEXT/TURTLE ; Q=0.2", "CONSTRUCT", TURTLE),
        ("text/plain", "CONSTRUCT", N_TRIPLES),
        ("application/sparql-results+xml; charset=utf-8", "SELECT", XML),
        ("*/*;q=0.1, application/n-triples", "CONSTRUCT", N_TRIPLES),
    ],
)
def test_accept_is_heeded(accept: str, form: Form, expected: str) -> None:
    assert negotiate(accept, form) == expected


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("text/html", "SELECT"),
        ("text/csv", "ASK"),
        ("text/turtle", "SELECT"),
        ("*/*;q=0", "SELECT"),
        ("text/csv;q=much", "SELECT"),
    ],
)
def test_what_nobody_can_give_is_refused(accept: str, form: Form) -> None:
    with pytest.raises(NotAcceptable) as caught:
        negotiate(accept, form)
    assert OFFERED[form][0] in str(caught.value)


def test_short_names() -> None:
    assert named_format("csv", "SELECT") == CSV
    assert named_format("JSON", "SELECT") == JSON
    assert named_format("json", "CONSTRUCT") == JSON_LD
    with pytest.raises(NotAcceptable):
        named_format("pdf", "SELECT")
