"""Our questions asked of an independent engine give the answers that ours gives.

`DEVIATIONS` lists those that do not, each with its reason; strictly.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox
import pytest

from knowledge_graph import vocabulary
from knowledge_graph.examples import Example, examples
from knowledge_graph.ontology import ontology_graph
from knowledge_graph.query.evaluate import Question, evaluate
from knowledge_graph.query.limits import Limits
from knowledge_graph.query.remote import RemoteQueryClient
from knowledge_graph.results_negotiation import JSON
from tests.knowledge_graph.museum import IDS, museum
from tests.knowledge_graph.virtuoso import is_installed, virtuoso

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not is_installed(),
        reason="no Virtuoso: apt-get install virtuoso-opensource-7-bin",
    ),
]

DEVIATIONS: dict[str, str] = {}  # none at 7.2.5

Answer = list[dict[str, str]]


@pytest.fixture(scope="module")
def graphs() -> dict[str, str]:
    """The small museum, its vocabularies and the ontology as N-Triples by graph."""
    shelves = {
        name: vocabulary.vocabulary_graph(name, IDS) for name in vocabulary.names()
    }
    shelves |= {"terms": vocabulary.terms_graph(IDS), "ontology": ontology_graph(IDS)}
    records = {IDS.graph("museum", "all"): museum()}
    records |= {IDS.graph("vocab", name): graph for name, graph in shelves.items()}
    return {str(iri): graph.serialize(format="nt") for iri, graph in records.items()}


@pytest.fixture(scope="module")
def ours(graphs: dict[str, str]) -> ox.Store:
    store = ox.Store()
    for iri, text in graphs.items():
        name = ox.NamedNode(iri)
        store.load(text.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=name)
    return store


@pytest.fixture(scope="module")
def theirs(
    graphs: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RemoteQueryClient]:
    with virtuoso(tmp_path_factory.mktemp("virtuoso"), graphs) as address:
        limits = Limits(time_s=60, rows=100_000, budget_s=1e9, concurrent=100)
        yield RemoteQueryClient(address, limits)


@pytest.mark.parametrize(
    ("example", "language"),
    [
        pytest.param(
            one,
            language,
            id=f"{one.slug}-{language}",
            marks=[pytest.mark.xfail(reason=DEVIATIONS[one.slug], strict=True)]
            if one.slug in DEVIATIONS
            else [],
        )
        for one in examples(IDS)
        for language in ("zh-hans", "en")
    ],
)
def test_an_independent_engine_answers_alike(
    ours: ox.Store, theirs: RemoteQueryClient, example: Example, language: str
) -> None:
    out, text = io.BytesIO(), example.text(language)
    evaluate(ours, Question(text, JSON, rows=100_000), out)
    answer = theirs.ask(text, media_type=JSON, client="test")
    assert rows_of(answer.read()) == rows_of(out.getvalue())


def test_most_questions_have_an_answer(theirs: RemoteQueryClient) -> None:
    """The comparison above is not of nothing with nothing."""
    found = []
    for one in examples(IDS):
        with theirs.ask(one.text("zh-hans"), media_type=JSON, client="test") as answer:
            found.append(answer.rows)
    assert sum(rows > 0 for rows in found) >= 20


@pytest.mark.parametrize(
    "asked",
    [
        "?x <{crm}P43i_is_dimension_of> ?y",
        "?x a <{crm}E70_Thing> ; <{crm}P1_is_identified_by> ?y",
        "?x <http://www.ics.forth.gr/isl/CRMdig/L1_digitized> ?y",
    ],
)
def test_it_is_asked_by_what_the_graph_states(
    ours: ox.Store, theirs: RemoteQueryClient, asked: str
) -> None:
    pattern = asked.format(crm="http://www.cidoc-crm.org/cidoc-crm/")
    # DISTINCT: Virtuoso gives a pair once for each path between, which the standard does not.
    text, out = f"SELECT DISTINCT ?x ?y {{ {pattern} }}", io.BytesIO()
    evaluate(ours, Question(text, JSON, rows=100_000), out)
    answer = theirs.ask(text, media_type=JSON, client="test")
    assert answer.notes
    rows = rows_of(answer.read())
    assert rows
    assert rows == rows_of(out.getvalue())


def rows_of(data: bytes) -> Answer:
    bindings = json.loads(data)["results"]["bindings"]
    rows = [{name: spelled(row[name]) for name in row} for row in bindings]
    return sorted(rows, key=lambda row: sorted(row.items()))


def spelled(term: dict[str, Any]) -> str:
    """Spell a number by its value: 11.30 and 11.3 are one."""
    if str(term.get("datatype", "")).endswith(("decimal", "integer", "double", "int")):
        return f"{float(term['value']):g}"
    return f"{term['value']}@{term.get('xml:lang', '').lower()}"
