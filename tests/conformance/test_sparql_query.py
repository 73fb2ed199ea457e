"""The W3C SPARQL 1.1 query, syntax and result format suites, through `evaluate`.

Every solution is asked for in JSON, XML and TSV (and CSV where the suite has it), so that
the suites check our writers as well as the engine.
"""

import contextlib
import io

import pyoxigraph as ox
import pytest

from knowledge_graph.errors import EvaluationFailed, QueryRefused
from knowledge_graph.query.check import check_query
from knowledge_graph.query.evaluate import Question, evaluate
from knowledge_graph.results_negotiation import CSV, OFFERED
from tests.conformance.known_failures import W3C_SPARQL
from tests.conformance.w3c_manifests import Case, parameters, read_cases, read_triples
from tests.conformance.w3c_results import (
    canonical_csv,
    canonical_result_set,
    canonical_results,
    canonical_triples,
)

pytestmark = pytest.mark.conformance

SPARQL_11 = "sparql/sparql11"
QUERY_GROUPS = (
    "aggregates", "bind", "bindings", "cast", "construct", "exists", "functions",
    "grouping", "negation", "project-expression", "property-path", "subquery",
)  # fmt: skip

SUITES: dict[str, list[Case]] = {
    "w3c-sparql11-query": [
        case for group in QUERY_GROUPS for case in read_cases(f"{SPARQL_11}/{group}")
    ],
    "w3c-sparql11-syntax-query": read_cases(f"{SPARQL_11}/syntax-query"),
    "w3c-sparql11-csv-tsv": read_cases(f"{SPARQL_11}/csv-tsv-res"),
    "w3c-sparql11-json": read_cases(f"{SPARQL_11}/json-res"),
}
ALL = [case for cases in SUITES.values() for case in cases]
EVALUATION = [case for case in ALL if case.kind == "QueryEvaluationTest"]
CSV_ONLY = [case for case in ALL if case.kind == "CSVResultFormatTest"]
GOOD_SYNTAX = [case for case in ALL if case.kind == "PositiveSyntaxTest11"]
BAD_SYNTAX = [case for case in ALL if case.kind == "NegativeSyntaxTest11"]


@pytest.mark.parametrize("case", parameters(EVALUATION, W3C_SPARQL))
def test_answers_as_expected(case: Case) -> None:
    form = check_query(case.query.read_text()).form
    expected = read_expected(case)
    for media_type in OFFERED[form]:
        if media_type != CSV:  # which has its own tests: it tells less than the others
            assert read_answer(_ask(case, media_type), media_type) == expected


@pytest.mark.parametrize("case", parameters(CSV_ONLY, W3C_SPARQL))
def test_csv_as_expected(case: Case) -> None:
    assert case.result is not None
    assert canonical_csv(_ask(case, CSV)) == canonical_csv(case.result.read_bytes())


@pytest.mark.parametrize("case", parameters(GOOD_SYNTAX, W3C_SPARQL))
def test_good_syntax_is_accepted(case: Case) -> None:
    # One calls a function that nobody defines: it can be read, which is what is tested.
    with contextlib.suppress(EvaluationFailed):
        _ask_in_first_format(case)


@pytest.mark.parametrize("case", parameters(BAD_SYNTAX, W3C_SPARQL))
def test_bad_syntax_is_refused(case: Case) -> None:
    with pytest.raises(QueryRefused):
        _ask_in_first_format(case)


def test_every_case_is_of_a_kind_that_is_run() -> None:
    assert len(ALL) == sum(map(len, (EVALUATION, CSV_ONLY, GOOD_SYNTAX, BAD_SYNTAX)))


def _ask_in_first_format(case: Case) -> bytes:
    return _ask(case, OFFERED[check_query(case.query.read_text()).form][0])


def _ask(case: Case, media_type: str) -> bytes:
    question = Question(
        case.query.read_text(),
        media_type,
        rows=100_000,
        base_iri=case.iri(case.query),
        union=False,  # the suites keep the default graph and the named ones apart
    )
    out = io.BytesIO()
    evaluate(load_case(case), question, out)
    return out.getvalue()


def load_case(case: Case) -> ox.Store:
    store = ox.Store()
    for path in case.data:
        for triple in read_triples(path, case.iri(path)):
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object))
    for path in case.graph_data:
        name = ox.NamedNode(case.iri(path))
        store.add_graph(name)  # An empty named graph is still one to GRAPH ?g {}.
        for triple in read_triples(path, case.iri(path)):
            store.add(ox.Quad(triple.subject, triple.predicate, triple.object, name))
    return store


def read_expected(case: Case) -> set[str]:
    assert case.result is not None
    results_format = ox.QueryResultsFormat.from_extension(case.result.suffix[1:])
    if results_format is not None:
        return canonical_results(case.result.read_bytes(), results_format)
    base = case.iri(case.result)
    described = canonical_result_set(case.result, base)
    return described or canonical_triples(read_triples(case.result, base))


def read_answer(data: bytes, media_type: str) -> set[str]:
    results_format = ox.QueryResultsFormat.from_media_type(media_type)
    # JSON-LD and RDF/XML have media types that both registries know.
    rdf_format = ox.RdfFormat.from_media_type(media_type)
    if rdf_format is not None:
        return canonical_triples(quad.triple for quad in ox.parse(data, rdf_format))
    assert results_format is not None
    return canonical_results(data, results_format)
