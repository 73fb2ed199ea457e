"""Write the answers of SELECT and ASK: SPARQL 1.1 results in JSON, XML, CSV and TSV.

The engine's own writers cannot stop after so many rows, so these are ours; graphs are
written by the engine (`write_graph`). All text is UTF-8.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as quote_json
from typing import IO, Any, NoReturn, Protocol, cast
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from knowledge_graph.errors import EvaluationFailed
from knowledge_graph.results_negotiation import (
    CSV,
    JSON,
    N_TRIPLES,
    RDF_XML,
    TSV,
    TURTLE,
    XML,
)

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = Sequence[Term | None]  # in the order of the variables; None where unbound

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
# Rows joined for one write: fewer calls, and still never a second copy of the answer.
ROWS_A_WRITE = 1000


class Sink(Protocol):
    """Where an answer is written: a binary file, or as much of one as we need."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...


@dataclass(frozen=True)
class Table:
    """The solutions of a SELECT: variable names, rows, and links for the head."""

    variables: Sequence[str]
    rows: Iterable[Row]
    links: tuple[str, ...] = ()  # the graph's state; where a cut answer is explained


def write_table(table: Table, media_type: str, out: Sink) -> None:
    """Write the solutions of a SELECT."""
    for chunk in _join(_TABLE_WRITERS[media_type](table)):
        out.write(chunk)


def write_boolean(
    value: bool,  # noqa: FBT001
    media_type: str,
    out: Sink,
    *,
    links: tuple[str, ...] = (),
) -> None:
    """Write the answer of an ASK, in JSON or XML."""
    word = "true" if value else "false"
    out.write(_BOOLEANS[media_type](word, links).encode())


def write_graph(
    triples: Iterable[ox.Triple],
    media_type: str,
    out: Sink,
    *,
    prefixes: Mapping[str, str],
    remark: str = "",
) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE, a remark where the format has any."""
    rdf_format = ox.RdfFormat.from_media_type(media_type)
    if remark and media_type in {TURTLE, N_TRIPLES}:
        out.write(f"# {remark}\n".encode())
    if media_type == RDF_XML:
        triples = map(_with_xml_names, triples)
    ox.serialize(triples, cast(IO[bytes], out), rdf_format, prefixes=dict(prefixes))


def _join(parts: Iterator[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    for part in parts:
        waiting.append(part)
        if len(waiting) == ROWS_A_WRITE:
            yield "".join(waiting).encode()
            waiting.clear()
    yield "".join(waiting).encode()


# JSON: https://www.w3.org/TR/sparql11-results-json/


def _json(table: Table) -> Iterator[str]:
    names = ",".join(quote_json(name) for name in table.variables)
    link = _json_links(table.links)
    comma = "," if link else ""
    yield f'{{"head":{{"vars":[{names}]{comma}{link}}},"results":{{"bindings":['
    keys = [quote_json(name) + ":" for name in table.variables]
    comma = ""
    for row in table.rows:
        yield comma + _json_row(keys, row)
        comma = ",\n"
    yield "]}}"


def _json_links(links: tuple[str, ...]) -> str:
    return f'"link":[{",".join(map(quote_json, links))}]' if links else ""


def _json_boolean(word: str, links: tuple[str, ...]) -> str:
    return f'{{"head":{{{_json_links(links)}}},"boolean":{word}}}'


def _json_row(keys: list[str], row: Row) -> str:
    cells = [
        key + _JSON_TERMS[type(term)](term)
        for key, term in zip(keys, row, strict=True)
        if term is not None
    ]
    return "{" + ",".join(cells) + "}"


def _json_iri(term: ox.NamedNode) -> str:
    return f'{{"type":"uri","value":{quote_json(term.value)}}}'


def _json_blank(term: ox.BlankNode) -> str:
    return f'{{"type":"bnode","value":{quote_json(term.value)}}}'


def _json_literal(term: ox.Literal) -> str:
    # The engine's N-Triples escapes are JSON's too, and this is one call instead of four.
    text = str(term)
    if text[-1] == '"':
        return f'{{"type":"literal","value":{text}}}'
    value, _, kind = text.rpartition('"')
    if kind[0] == "@":
        return f'{{"type":"literal","value":{value}","xml:lang":"{kind[1:]}"}}'
    datatype = quote_json(kind[3:-1])  # ^^<…>
    return f'{{"type":"literal","value":{value}","datatype":{datatype}}}'


# XML: https://www.w3.org/TR/rdf-sparql-XMLres/

_XML_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
)
# XML 1.0 has no way to write most control characters, not even escaped (2.2, Char).
_NOT_IN_XML = {
    code: "\ufffd" for code in (*range(0x20), 0xFFFE, 0xFFFF) if code not in (9, 10, 13)
}


_TO_ESCAPE = re.compile("[<>&\\x00-\\x1f\ufffe\uffff]")


def _xml(table: Table) -> Iterator[str]:
    names = "".join(f"<variable name={quoteattr(name)}/>" for name in table.variables)
    yield f"{_XML_START}<head>{names}{_xml_links(table.links)}</head>\n<results>\n"
    starts = [f"<binding name={quoteattr(name)}>" for name in table.variables]
    for row in table.rows:
        yield _xml_row(starts, row)
    yield "</results>\n</sparql>\n"


def _xml_row(starts: list[str], row: Row) -> str:
    cells = [
        f"{start}{_XML_TERMS[type(term)](term)}</binding>"
        for start, term in zip(starts, row, strict=True)
        if term is not None
    ]
    return f"<result>{''.join(cells)}</result>\n"


def _xml_links(links: tuple[str, ...]) -> str:
    return "".join(f"<link href={quoteattr(link)}/>" for link in links)


def _xml_boolean(word: str, links: tuple[str, ...]) -> str:
    head = f"{_XML_START}<head>{_xml_links(links)}</head>\n"
    return f"{head}<boolean>{word}</boolean>\n</sparql>\n"


def _xml_iri(term: ox.NamedNode) -> str:
    return f"<uri>{_xml_text(term.value)}</uri>"


def _xml_blank(term: ox.BlankNode) -> str:
    return f"<bnode>{_xml_text(term.value)}</bnode>"


def _xml_literal(term: ox.Literal) -> str:
    return f"<literal{_xml_kind(term)}>{_xml_text(term.value)}</literal>"


def _xml_kind(term: ox.Literal) -> str:
    if term.language:
        return f" xml:lang={quoteattr(term.language)}"
    datatype = term.datatype.value
    return "" if datatype == XSD_STRING else f" datatype={quoteattr(datatype)}"


def _xml_text(text: str) -> str:
    if _TO_ESCAPE.search(text) is None:
        return text
    # A bare carriage return would come back as a line feed (XML 1.0, 2.11).
    return escape(text.translate(_NOT_IN_XML), {"\r": "&#13;"})


# CSV and TSV: https://www.w3.org/TR/sparql11-results-csv-tsv/


_TO_QUOTE = re.compile('[,"\r\n]')


def _csv(table: Table) -> Iterator[str]:
    yield ",".join(_csv_text(name) for name in table.variables) + "\r\n"
    for row in table.rows:
        yield ",".join(_csv_term(term) for term in row) + "\r\n"


def _csv_term(term: Term | None) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.Triple):
        raise _unwritable(term)
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    return _csv_text(term.value)


def _csv_text(text: str) -> str:
    if _TO_QUOTE.search(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


def _tsv(table: Table) -> Iterator[str]:
    yield "\t".join(f"?{name}" for name in table.variables) + "\n"
    for row in table.rows:
        yield "\t".join(_tsv_term(term) for term in row) + "\n"


def _tsv_term(term: Term | None) -> str:
    if isinstance(term, ox.Triple):
        raise _unwritable(term)
    # The engine's spelling is that of N-Triples, with tabs and line ends escaped.
    return "" if term is None else str(term)


# RDF/XML


def _with_xml_names(triple: ox.Triple) -> ox.Triple:
    """Rename blank nodes: a label may start with a digit, an XML name may not."""
    subject, value = triple.subject, triple.object
    if isinstance(subject, ox.BlankNode):
        subject = ox.BlankNode(f"b{subject.value}")
    if isinstance(value, ox.BlankNode):
        value = ox.BlankNode(f"b{value.value}")
    return ox.Triple(subject, triple.predicate, value)


def _refuse(term: Term) -> NoReturn:
    raise _unwritable(term)


def _unwritable(term: Term) -> EvaluationFailed:
    return EvaluationFailed(reason=f"no SPARQL 1.1 result format can write {term}")


_JSON_TERMS: dict[type, Callable[[Any], str]] = {
    ox.NamedNode: _json_iri,
    ox.BlankNode: _json_blank,
    ox.Literal: _json_literal,
    ox.Triple: _refuse,
}
_XML_TERMS: dict[type, Callable[[Any], str]] = {
    ox.NamedNode: _xml_iri,
    ox.BlankNode: _xml_blank,
    ox.Literal: _xml_literal,
    ox.Triple: _refuse,
}
_TABLE_WRITERS: dict[str, Callable[[Table], Iterator[str]]] = {
    JSON: _json,
    XML: _xml,
    CSV: _csv,
    TSV: _tsv,
}
_BOOLEANS: dict[str, Callable[[str, tuple[str, ...]], str]] = {
    JSON: _json_boolean,
    XML: _xml_boolean,
}
