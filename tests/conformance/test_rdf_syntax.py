"""The W3C Turtle, N-Triples and RDF/XML suites: what we read, and what we write again.

Reading is the engine's. Each graph that is read well is written in every format that the
endpoint offers, and read back: the same graph must come out.
"""

import io

import pyoxigraph as ox
import pytest

from knowledge_graph.results import write_graph
from knowledge_graph.results_negotiation import OFFERED
from tests.conformance.known_failures import W3C_RDF
from tests.conformance.w3c_manifests import Case, parameters, read_cases, read_triples
from tests.conformance.w3c_results import canonical_triples

pytestmark = pytest.mark.conformance

SUITES: dict[str, list[Case]] = {
    "w3c-rdf11-turtle": read_cases("rdf/rdf11/rdf-turtle"),
    "w3c-rdf11-n-triples": read_cases("rdf/rdf11/rdf-n-triples"),
    "w3c-rdf11-rdf-xml": read_cases("rdf/rdf11/rdf-xml"),
}
ALL = [case for cases in SUITES.values() for case in cases]
EVALUATION = [case for case in ALL if case.kind.endswith("Eval")]
NEGATIVE = [case for case in ALL if case.kind.endswith("NegativeSyntax")]
POSITIVE = [case for case in ALL if case.kind.endswith("PositiveSyntax")]


@pytest.mark.parametrize("case", parameters(EVALUATION, W3C_RDF))
def test_reads_as_expected(case: Case) -> None:
    assert case.result is not None
    expected = canonical_triples(read_triples(case.result, case.iri(case.result)))
    assert canonical_triples(_read(case)) == expected


@pytest.mark.parametrize("case", parameters(POSITIVE, W3C_RDF))
def test_good_syntax_is_read(case: Case) -> None:
    _read(case)


@pytest.mark.parametrize("case", parameters(NEGATIVE, W3C_RDF))
def test_bad_syntax_is_refused(case: Case) -> None:
    with pytest.raises(SyntaxError):
        _read(case)


@pytest.mark.parametrize("case", parameters(EVALUATION + POSITIVE, {}))
def test_what_is_written_reads_back(case: Case) -> None:
    triples = _read(case)
    for media_type in OFFERED["CONSTRUCT"]:
        assert _written_and_read(triples, media_type) == canonical_triples(triples)


def test_every_case_is_of_a_kind_that_is_run() -> None:
    assert len(ALL) == sum(map(len, (EVALUATION, POSITIVE, NEGATIVE)))


def _read(case: Case) -> tuple[ox.Triple, ...]:
    return read_triples(case.query, case.iri(case.query))


def _written_and_read(triples: tuple[ox.Triple, ...], media_type: str) -> set[str]:
    out = io.BytesIO()
    write_graph(triples, media_type, out, prefixes={"ex": "http://example.org/ns/"})
    rdf_format = ox.RdfFormat.from_media_type(media_type)
    quads = ox.parse(out.getvalue(), rdf_format)
    return canonical_triples(quad.triple for quad in quads)
