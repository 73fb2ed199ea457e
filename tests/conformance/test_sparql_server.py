"""The W3C SPARQL 1.1 query suites with an Oxigraph server as the engine.

What is asked goes the way of a museum whose HERITAGE_GRAPH_URL names a server: by the
Protocol, the answer read and written anew.
"""

import contextlib
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from knowledge_graph.errors import EvaluationFailed, QueryRefused
from knowledge_graph.query.check import check_query
from knowledge_graph.query.limits import Limits
from knowledge_graph.query.remote import RemoteQueryClient
from knowledge_graph.results_negotiation import CSV, OFFERED
from knowledge_graph.store_http import Call, Response
from knowledge_graph.store_remote import Endpoints
from tests.conformance.known_failures import W3C_SPARQL
from tests.conformance.test_sparql_query import (
    BAD_SYNTAX,
    CSV_ONLY,
    EVALUATION,
    GOOD_SYNTAX,
    load_case,
    read_answer,
    read_expected,
)
from tests.conformance.w3c_manifests import Case, parameters
from tests.conformance.w3c_results import canonical_csv
from tests.knowledge_graph.processes import sparql_engine

pytestmark = [pytest.mark.conformance, pytest.mark.thorough]

N_QUADS = {"Content-Type": "application/n-quads"}
UPDATE = {"Content-Type": "application/sparql-update"}


@pytest.fixture(scope="module")
def engine() -> Iterator[str]:
    # The suites keep the default graph and the named ones apart.
    with sparql_engine(union=False) as url:
        yield url


@pytest.mark.parametrize("case", parameters(EVALUATION, W3C_SPARQL))
def test_answers_as_expected(case: Case, engine: str) -> None:
    form = check_query(case.query.read_text()).form
    expected = read_expected(case)
    for media_type in OFFERED[form]:
        if media_type != CSV:
            assert read_answer(_ask(engine, case, media_type), media_type) == expected


@pytest.mark.parametrize("case", parameters(CSV_ONLY, W3C_SPARQL))
def test_csv_as_expected(case: Case, engine: str) -> None:
    assert case.result is not None
    told = canonical_csv(_ask(engine, case, CSV))
    assert told == canonical_csv(case.result.read_bytes())


@pytest.mark.parametrize("case", parameters(GOOD_SYNTAX, W3C_SPARQL))
def test_good_syntax_is_accepted(case: Case, engine: str) -> None:
    with contextlib.suppress(EvaluationFailed):  # of a function that nobody defines
        _ask_in_first_format(engine, case)


@pytest.mark.parametrize("case", parameters(BAD_SYNTAX, W3C_SPARQL))
def test_bad_syntax_is_refused(case: Case, engine: str) -> None:
    with pytest.raises(QueryRefused):
        _ask_in_first_format(engine, case)


def _ask_in_first_format(engine: str, case: Case) -> bytes:
    return _ask(engine, case, OFFERED[check_query(case.query.read_text()).form][0])


def _ask(engine: str, case: Case, media_type: str) -> bytes:
    _put(engine, load_case(case))
    limits = Limits(time_s=60, rows=100_000, budget_s=1e9)
    answer = RemoteQueryClient(Endpoints.at(engine).query, limits).ask(
        case.query.read_text(),
        media_type=media_type,
        client="suite",
        base_iri=case.iri(case.query),
    )
    return answer.read()


def _put(engine: str, store: ox.Store) -> None:
    """Have the server hold what a store holds, its empty graphs too."""
    data = store.dump(format=ox.RdfFormat.N_QUADS) or b""
    graphs = "".join(f"CREATE GRAPH {name};" for name in store.named_graphs())
    update = f"DROP ALL; {graphs}".encode()
    at = Endpoints.at(engine)
    for call in (
        Call("POST", at.update, body=update, headers=UPDATE),
        Call("POST", at.graph_store, body=data, headers=N_QUADS),
    ):
        with Response(call, 60) as response:
            assert response.status < 300, response.read()
