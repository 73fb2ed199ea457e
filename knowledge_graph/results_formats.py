"""How SPARQL 1.1 results look in XML, CSV and TSV, given the engine's TSV; what is round JSON.

Each of the three writes a row from the cells of its line: terms as in Turtle, numbers and
booleans abbreviated, "" where a variable is not bound.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring as quote_json
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from knowledge_graph.errors import EvaluationFailed
from knowledge_graph.results_negotiation import CSV, JSON, TSV, XML

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SHORT: Final = 200  # characters of a term that is worth remembering
REMEMBERED: Final = 1 << 13


@dataclass(frozen=True)
class Frame:
    """What stands round the rows of a table; the head is given its links."""

    head: Callable[[tuple[str, ...]], str]
    between: str = ""
    end: str = ""


@dataclass(frozen=True, kw_only=True)
class Format(Frame):
    """The same with how a row is written, given as the cells of TSV."""

    row: Callable[[list[str]], str]


_Write = Callable[[str], str]


class _Remembering(dict[str, str]):
    """Terms as they are written: properties and classes come again and again."""

    def __init__(self, write: _Write) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, cell: str) -> str:
        text = self._write(cell)
        if len(cell) < SHORT:
            if len(self) == REMEMBERED:
                self.clear()
            self[cell] = text
        return text


@dataclass(frozen=True)
class _Literal:
    """A literal of a TSV cell: its text as escaped there, language, datatype."""

    escaped: str
    language: str = ""
    datatype: str = ""  # "" is a plain string

    @property
    def text(self) -> str:
        return _ESCAPED.sub(_unescaped, self.escaped)


_ESCAPED: Final = re.compile(r"\\(.)")
_PLAIN: Final = {"t": "\t", "n": "\n", "r": "\r"}


def _unescaped(match: re.Match[str]) -> str:
    return _PLAIN.get(match[1], match[1])


def _literal(cell: str) -> _Literal:
    """Read a literal, also one that TSV abbreviates: 7, 1.5, true."""
    if cell[0] == '"':
        text, _, kind = cell[1:].rpartition('"')
        if not kind:
            return _Literal(text)
        return (
            _Literal(text, kind[1:])
            if kind[0] == "@"
            else _Literal(text, "", kind[3:-1])
        )
    if cell in {"true", "false"}:
        return _Literal(cell, "", f"{XSD}boolean")
    if cell.startswith("<<"):
        raise EvaluationFailed(reason=f"no SPARQL 1.1 result format can write {cell}")
    return _Literal(cell, "", XSD + ("decimal" if "." in cell else "integer"))


def _is_iri(cell: str) -> bool:
    return cell[0] == "<" and cell[1] != "<"


# JSON: https://www.w3.org/TR/sparql11-results-json/


def json_frame(names: Sequence[str]) -> Frame:
    """Give what stands round rows as the engine writes them."""
    listed = ",".join(map(quote_json, names))

    def head(links: tuple[str, ...]) -> str:
        more = "," + _json_links(links) if links else ""
        return f'{{"head":{{"vars":[{listed}]{more}}},"results":{{"bindings":['

    return Frame(head, between=",", end="]}}")


def _json_links(links: tuple[str, ...]) -> str:
    return f'"link":[{",".join(map(quote_json, links))}]' if links else ""


def _json_boolean(word: str, links: tuple[str, ...]) -> str:
    return f'{{"head":{{{_json_links(links)}}},"boolean":{word}}}'


# XML: https://www.w3.org/TR/rdf-sparql-XMLres/

_XML_START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<sparql xmlns="http://www.w3.org/2005/sparql-results#">\n'
)
# XML 1.0 has no way to write most control characters, not even escaped (2.2, Char).
_NOT_IN_XML = {
    code: "\ufffd" for code in (*range(0x20), 0xFFFE, 0xFFFF) if code not in (9, 10, 13)
}
_TO_ESCAPE = re.compile("[<>&\x00-\x1f\ufffe\uffff]")


def _xml(names: Sequence[str]) -> Format:
    listed = "".join(f"<variable name={quoteattr(name)}/>" for name in names)
    starts = [f"<binding name={quoteattr(name)}>" for name in names]

    def head(links: tuple[str, ...]) -> str:
        return f"{_XML_START}<head>{listed}{_xml_links(links)}</head>\n<results>\n"

    terms = _Remembering(_xml_term)

    def row(cells: list[str]) -> str:
        pairs = zip(starts, cells)  # noqa: B905 - as above
        told = [start + terms[one] for start, one in pairs if one]
        return f"<result>{''.join(told)}</result>\n"

    return Format(head, row=row, end="</results>\n</sparql>\n")


def _xml_links(links: tuple[str, ...]) -> str:
    return "".join(f"<link href={quoteattr(link)}/>" for link in links)


def _xml_boolean(word: str, links: tuple[str, ...]) -> str:
    head = f"{_XML_START}<head>{_xml_links(links)}</head>\n"
    return f"{head}<boolean>{word}</boolean>\n</sparql>\n"


def _xml_term(cell: str) -> str:
    """Write a term, and the end of its binding."""
    if _is_iri(cell):
        return f"<uri>{_xml_text(cell[1:-1])}</uri></binding>"
    if cell.startswith("_:"):
        return f"<bnode>{_xml_text(cell[2:])}</bnode></binding>"
    one = _literal(cell)
    kind = f" xml:lang={quoteattr(one.language)}" if one.language else ""
    if one.datatype:
        kind = f" datatype={quoteattr(one.datatype)}"
    return f"<literal{kind}>{_xml_text(one.text)}</literal></binding>"


def _xml_text(text: str) -> str:
    if _TO_ESCAPE.search(text) is None:
        return text
    # A bare carriage return would come back as a line feed (XML 1.0, 2.11).
    return escape(text.translate(_NOT_IN_XML), {"\r": "&#13;"})


# CSV and TSV: https://www.w3.org/TR/sparql11-results-csv-tsv/

_TO_QUOTE = re.compile('[,"\r\n]')


def _csv(names: Sequence[str]) -> Format:
    listed = ",".join(map(_csv_text, names))

    terms = _Remembering(_csv_term)

    def row(cells: list[str]) -> str:
        return ",".join([one and terms[one] for one in cells]) + "\r\n"

    return Format(lambda _links: f"{listed}\r\n", row=row)


def _csv_term(cell: str) -> str:
    if _is_iri(cell):
        return _csv_text(cell[1:-1])
    return cell if cell.startswith("_:") else _csv_text(_literal(cell).text)


def _csv_text(text: str) -> str:
    if _TO_QUOTE.search(text) is None:
        return text
    return '"' + text.replace('"', '""') + '"'


def _tsv(names: Sequence[str]) -> Format:
    listed = "\t".join(f"?{name}" for name in names)

    def row(cells: list[str]) -> str:
        for cell in cells:
            if cell.startswith("<<"):
                _literal(cell)
        return "\t".join(cells) + "\n"

    return Format(lambda _links: f"{listed}\n", row=row)


FORMATS: Final[dict[str, Callable[[Sequence[str]], Format]]] = {
    XML: _xml,
    CSV: _csv,
    TSV: _tsv,
}
BOOLEANS: Final[dict[str, Callable[[str, tuple[str, ...]], str]]] = {
    JSON: _json_boolean,
    XML: _xml_boolean,
}
