"""Answers are written so that others read what we meant, and in the format asked for."""

import csv
import io
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_graph.errors import NotAcceptable
from knowledge_graph.results import Table, Term, write_boolean, write_table
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
    rows: list[tuple[Term | None, ...]], media_type: str, link: str = ""
) -> bytes:
    out = io.BytesIO()
    links = (link,) if link else ()
    write_table(Table(["thing", "名"], rows, links), media_type, out)
    return out.getvalue()


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


@pytest.mark.parametrize("media_type", [JSON, XML])
def test_a_link_tells_of_truncation(media_type: str) -> None:
    link = "http://example.org/limits?a&b"
    data = written([], media_type, link)
    assert read(data, media_type)[1] == []
    assert b"limits?a" in data


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
