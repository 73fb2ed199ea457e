"""Write the answers of SELECT and ASK: SPARQL 1.1 results in JSON, XML, CSV and TSV.

The engine's own writers cannot stop after so many rows, but they end at an error of whoever
takes what they write. Its JSON is passed on as it is, its rows counted. For the other
formats it writes TSV, in which a row is a line, and each line is passed on in the format
asked for. An answer is never held. Graphs are written by the engine (`write_graph`). All
text is UTF-8.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO, Final, Protocol, cast

import pyoxigraph as ox

from knowledge_graph.errors import EvaluationFailed
from knowledge_graph.results_formats import BOOLEANS, FORMATS, Format, Frame, json_frame
from knowledge_graph.results_json import count_rows, last_end, row_ends
from knowledge_graph.results_negotiation import JSON, N_TRIPLES, RDF_XML, TURTLE

# Before so much of an answer was written, nobody need know whether it will be cut.
WITHHELD_BYTES: Final = 32 << 10
BLOCK_BYTES: Final = 1 << 20  # of JSON that is looked through and passed on together
JSON_ROWS: Final = b'"bindings":['  # what follows are rows
_JSON, _TSV = ox.QueryResultsFormat.JSON, ox.QueryResultsFormat.TSV
TRIPLE_TERM: Final = b'{"type":"triple"'  # of RDF 1.2: SPARQL 1.1 cannot say it


class Sink(Protocol):
    """Where an answer is written: a binary file, or as much of one as we need."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...


@dataclass(frozen=True)
class Links:
    """Links for the head of an answer, and for that of one that was cut."""

    whole: tuple[str, ...] = ()  # the graph's state
    cut: tuple[str, ...] = ()  # and where it is explained


@dataclass(frozen=True)
class Written:
    rows: int
    truncated: bool


def write_solutions(
    solutions: ox.QuerySolutions,
    media_type: str,
    out: Sink,
    *,
    most: int,
    links: Links = Links(),
) -> Written:
    """Write at most so many solutions of a SELECT, and say if there were more."""
    names = [variable.value for variable in solutions.variables]
    rows: _Rows
    if media_type == JSON:
        rows, written = _Json(json_frame(names), out, most, links), _JSON
    else:
        rows, written = _Lines(FORMATS[media_type](names), out, most, links), _TSV
    try:
        # The engine takes anything that has write and flush.
        solutions.serialize(cast(IO[bytes], rows), written)
    except (OSError, RuntimeError, ValueError):
        if not rows.truncated:
            raise
    rows.end()
    return Written(rows.count, rows.truncated)


def write_rows(
    names: list[str], rows: list[bytes], out: Sink, *, links: Links = Links()
) -> Written:
    """Write all of these rows of a SELECT, which are in JSON already."""
    frame = json_frame(names)
    body = frame.between.encode().join(rows)
    for part in (frame.head(links.whole).encode(), body, frame.end.encode()):
        out.write(part)
    return Written(len(rows), truncated=False)


def write_boolean(
    value: bool,  # noqa: FBT001
    media_type: str,
    out: Sink,
    *,
    links: tuple[str, ...] = (),
) -> None:
    """Write the answer of an ASK, in JSON or XML."""
    word = "true" if value else "false"
    out.write(BOOLEANS[media_type](word, links).encode())


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


class _Enough(OSError):
    """No more rows are wanted."""


class _Rows:
    """Takes what the engine writes, and passes on so many of its rows.

    One more row than that ends it, by an error that the engine hands on. The head of a
    long answer goes out before that can be known: there is room in it for the other.
    """

    def __init__(self, frame: Frame, out: Sink, most: int, links: Links) -> None:
        self._frame, self._out, self._most, self._links = frame, out, most, links
        self.count, self.truncated = 0, False
        self._started = False
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0

    def write(self, data: bytes) -> int:
        raise NotImplementedError

    def flush(self) -> None:
        """Nothing is passed on before it is worth a write."""

    def end(self) -> None:
        if not self._started:
            links = self._links.cut if self.truncated else self._links.whole
            self._out.write(self._frame.head(links).encode())
        self._pass_on()
        self._out.write(self._frame.end.encode())
        if self._started and self.truncated:
            self._out.seek(0)
            self._out.write(self._frame.head(self._links.cut).encode())
            self._out.seek(0, 2)

    @property
    def _left(self) -> int:
        return self._most - self.count

    def _add(self, rows: bytes, count: int) -> None:
        """Take rows that are written as the answer has them, between them too."""
        if not count:
            return
        if self.count and self._frame.between:
            self._waiting.append(self._frame.between.encode())
        self._waiting.append(rows)
        self._waiting_bytes += len(rows)
        self.count += count
        if self._waiting_bytes > WITHHELD_BYTES:
            self._start()
            self._pass_on()

    def _refuse_more(self) -> None:
        self.truncated = True
        raise _Enough("enough rows")

    def _start(self) -> None:
        if self._started:
            return
        self._started = True
        head = self._frame.head(self._links.whole).encode()
        room = len(self._frame.head(self._links.cut).encode()) - len(head)
        self._out.write(head + b" " * room)

    def _pass_on(self) -> None:
        for rows in self._waiting:
            self._out.write(rows)
        self._waiting.clear()
        self._waiting_bytes = 0


class _Lines(_Rows):
    """Takes TSV, and writes each line in the format asked for."""

    def __init__(self, form: Format, out: Sink, most: int, links: Links) -> None:
        super().__init__(form, out, most, links)
        self._row, self._rest, self._named = form.row, b"", False

    def write(self, data: bytes) -> int:
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if lines:
            self._take([line.decode() for line in lines])
        return len(data)

    def _take(self, lines: list[str]) -> None:
        if not self._named:  # the line of names is no row
            self._named = True
            del lines[0]
        left = self._left
        rows = [self._row(line.split("\t")) for line in lines[:left]]
        self._add(self._frame.between.join(rows).encode(), len(rows))
        if len(lines) > left:
            self._refuse_more()


class _Json(_Rows):
    """Takes the engine's JSON, and passes its rows on as they are, by the block."""

    def __init__(self, frame: Frame, out: Sink, most: int, links: Links) -> None:
        super().__init__(frame, out, most, links)
        self._pieces: list[bytes] = []
        self._held, self._awaited = 0, BLOCK_BYTES
        self._named = False

    def write(self, data: bytes) -> int:
        self._pieces.append(data)
        self._held += len(data)
        if self._held >= self._awaited:
            self._look_through()
        return len(data)

    def end(self) -> None:
        if not self.truncated:
            with suppress(_Enough):
                self._take(self._joined().removesuffix(self._frame.end.encode()))
        super().end()

    def _look_through(self) -> None:
        """Take the rows that are whole by now."""
        data = self._joined()
        end = last_end(data) if self._named else 0
        rest = data[end:]
        self._pieces, self._held = [rest], len(rest)
        # Of one long row, look again when there is twice as much of it.
        self._awaited = max(BLOCK_BYTES, 2 * self._held)
        self._take(data[:end])

    def _joined(self) -> bytes:
        data = b"".join(self._pieces)
        if not self._named and JSON_ROWS in data:
            self._named = True
            data = data.partition(JSON_ROWS)[2]
        # Where the rows before ended with a block, what is between comes with the next.
        return data.removeprefix(b",") if self._named else data

    def _take(self, rows: bytes) -> None:
        if TRIPLE_TERM in rows:
            raise EvaluationFailed(
                reason="no SPARQL 1.1 result format can write a triple"
            )
        left, count = self._left, count_rows(rows)
        if count <= left:
            self._add(rows, count)
            return
        ends = islice(row_ends(rows), left)
        self._add(rows[: max(ends, default=0)], left)
        self._refuse_more()


# RDF/XML


def _with_xml_names(triple: ox.Triple) -> ox.Triple:
    """Rename blank nodes: a label may start with a digit, an XML name may not."""
    subject, value = triple.subject, triple.object
    if isinstance(subject, ox.BlankNode):
        subject = ox.BlankNode(f"b{subject.value}")
    if isinstance(value, ox.BlankNode):
        value = ox.BlankNode(f"b{value.value}")
    return ox.Triple(subject, triple.predicate, value)
