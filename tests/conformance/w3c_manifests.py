"""Read the manifests of the W3C test suites into cases."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from _pytest.mark import ParameterSet

from tests.gates import SHARED_DATA

SUITE = SHARED_DATA / "suites" / "w3c-rdf-tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


@dataclass(frozen=True)
class Case:
    """One entry of a manifest."""

    folder: Path
    name: str
    kind: str
    query: Path  # or the document of a syntax test
    data: tuple[Path, ...]
    graph_data: tuple[Path, ...]
    result: Path | None
    base: str  # what relative IRIs in the suite's documents are resolved against

    @property
    def id(self) -> str:
        return f"{self.folder.name}/{self.name}"

    def iri(self, path: Path) -> str:
        return self.base + path.relative_to(self.folder).as_posix()


def read_cases(folder: str) -> list[Case]:
    """Read the manifest of a folder, in its order; nothing where it is absent."""
    path = SUITE / folder / "manifest.ttl"
    return list(_Manifest(path).cases()) if path.is_file() else []


def parameters(cases: list[Case], known: dict[str, str]) -> list[ParameterSet]:
    """Make parameters of cases: known failures are expected to fail, strictly."""
    if not cases:
        reason = "the W3C suites (shared data) are not beside the checkout"
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(case, id=case.id, marks=_marks(case, known)) for case in cases]


def _marks(case: Case, known: dict[str, str]) -> list[pytest.MarkDecorator]:
    if case.id not in known:
        return []
    return [pytest.mark.xfail(reason=known[case.id], strict=True)]


@cache
def read_triples(path: Path, base: str) -> tuple[ox.Triple, ...]:
    """Read a Turtle, N-Triples or RDF/XML file."""
    rdf_format = ox.RdfFormat.from_extension(path.suffix[1:])
    quads = ox.parse(path.read_bytes(), rdf_format, base_iri=base)
    return tuple(quad.triple for quad in quads)


class _Manifest:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._objects: dict[tuple[Term, str], list[Term]] = {}
        for triple in read_triples(path, path.as_uri()):
            key = (triple.subject, triple.predicate.value)
            self._objects.setdefault(key, []).append(triple.object)

    def cases(self) -> Iterator[Case]:
        manifest = ox.NamedNode(self._path.as_uri())
        for entry in self._items(self._one(manifest, f"{MF}entries")):
            yield self._case(entry)

    def _case(self, entry: Term) -> Case:
        action = self._one(entry, f"{MF}action")
        query = self._one(action, f"{QT}query")
        result = self._one(entry, f"{MF}result")
        return Case(
            folder=self._path.parent,
            name=_local(entry),
            kind=_local(self._one(entry, f"{RDF}type")),
            query=self._file(query or action),
            data=self._files(action, f"{QT}data"),
            graph_data=self._files(action, f"{QT}graphData"),
            result=None if result is None else self._file(result),
            base=self._base(),
        )

    def _base(self) -> str:
        manifest = ox.NamedNode(self._path.as_uri())
        base = self._one(manifest, f"{MF}assumedTestBase")
        return _value(base) if base else f"{self._path.parent.as_uri()}/"

    def _files(self, subject: Term | None, predicate: str) -> tuple[Path, ...]:
        return tuple(self._file(each) for each in self._all(subject, predicate))

    def _file(self, term: Term | None) -> Path:
        folder = self._path.parent
        return folder / _value(term).removeprefix(f"{folder.as_uri()}/")

    def _all(self, subject: Term | None, predicate: str) -> list[Term]:
        return [] if subject is None else self._objects.get((subject, predicate), [])

    def _one(self, subject: Term | None, predicate: str) -> Term | None:
        return next(iter(self._all(subject, predicate)), None)

    def _items(self, head: Term | None) -> Iterator[Term]:
        while head is not None and _value(head) != f"{RDF}nil":
            yield from self._all(head, f"{RDF}first")
            head = self._one(head, f"{RDF}rest")


def _local(term: Term | None) -> str:
    return _value(term).rpartition("#")[2]


def _value(term: Term | None) -> str:
    if term is None or isinstance(term, ox.Triple):
        raise ValueError(f"{term} has no value")
    return term.value
