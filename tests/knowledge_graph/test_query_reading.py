"""A fact is stated once, and found by whatever direction, class or older name is asked."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef

from knowledge_graph.errors import MalformedQuery
from knowledge_graph.namespaces import CRM
from knowledge_graph.ontology import number_of, ontology, ontology_graph
from knowledge_graph.query.evaluate import Outcome, Question, evaluate
from knowledge_graph.query.reading import MOST_NOTES, read_query
from knowledge_graph.results_negotiation import JSON
from tests.knowledge_graph.museum import IDS, museum

PREFIXES = (
    "PREFIX crm: <http://www.cidoc-crm.org/cidoc-crm/>\n"
    "PREFIX crmdig: <http://www.cidoc-crm.org/extensions/crmdig/>\n"
)
STATED = URIRef("https://museum.example/vocab/isStated")


@pytest.fixture(scope="module")
def whole() -> Graph:
    return museum() + ontology_graph(IDS)


@pytest.fixture(scope="module")
def store(whole: Graph) -> ox.Store:
    return fill(whole)


def fill(graph: Graph) -> ox.Store:
    store = ox.Store()
    text = graph.serialize(format="nt")
    name = ox.NamedNode("https://museum.example/graph/all/1")
    store.load(text.encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=name)
    return store


def ask(store: ox.Store, text: str) -> tuple[list[dict[str, str]], Outcome]:
    out = io.BytesIO()
    outcome = evaluate(store, Question(PREFIXES + text, JSON, rows=100_000), out)
    rows = json.loads(out.getvalue())["results"]["bindings"]
    return [{name: row[name]["value"] for name in row} for row in rows], outcome


def stated_properties() -> Iterator[URIRef]:
    for iri in sorted(ontology().stated):
        if number_of(iri).partition(":")[2][:1] in {"P", "L", "O"}:
            yield URIRef(iri)


def test_each_property_is_found_from_its_other_end(
    store: ox.Store, whole: Graph, shared_data: Path
) -> None:
    schema = Graph().parse(shared_data / "rdf" / "cidoc-crm" / "cidoc.rdf")
    asked = 0
    for iri in stated_properties():
        other = schema.value(iri, OWL.inverseOf) or schema.value(
            None, OWL.inverseOf, iri
        )
        if other is None:
            continue
        rows, outcome = ask(store, f"SELECT ?s ?o {{ ?s <{other}> ?o }}")
        assert sorted((row["o"], row["s"]) for row in rows) == sorted(
            {(str(s), str(o)) for s, o in whole.subject_objects(iri)}
            | {(str(o), str(s)) for s, o in whole.subject_objects(other)}
        )
        assert outcome.notes
        asked += 1
    assert asked > 40


def test_each_class_above_finds_what_is_below(store: ox.Store, whole: Graph) -> None:
    classes = set(whole.subjects(RDF.type, RDFS.Class))
    above = {one for one in classes if not whole.value(one, STATED)}
    assert CRM.E70_Thing in above
    for one in above:
        rows, outcome = ask(store, f"SELECT ?x {{ ?x a <{one}> }}")
        below = set(whole.transitive_subjects(RDFS.subClassOf, one))
        expected = {
            str(thing) for kind in below for thing in whole.subjects(RDF.type, kind)
        }
        assert sorted(row["x"] for row in rows) == sorted(expected), one
        assert outcome.notes, one


def test_the_ontology_is_what_the_official_schema_says(shared_data: Path) -> None:
    schema = Graph().parse(shared_data / "rdf" / "cidoc-crm" / "cidoc.rdf")
    ours = ontology_graph(IDS)
    for kind in ours.subjects(RDF.type, RDFS.Class):
        if kind in set(schema.subjects(RDF.type, RDFS.Class)):
            above = set(schema.objects(kind, RDFS.subClassOf))
            assert set(ours.objects(kind, RDFS.subClassOf)) == above, kind


def test_what_the_patterns_say_is_stated(whole: Graph) -> None:
    stated = set(whole.subjects(STATED))
    said = {
        term
        for _, predicate, value in museum()
        for term in (predicate, value)
        if number_of(str(term))
    }
    assert said <= stated, said - stated


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("^crm:P43i_is_dimension_of", "crm:P43_has_dimension"),
        ("crm:P1_is_identified_by/crm:P37i_was_assigned_by",
         "crm:P1_is_identified_by/^crm:P37_assigned"),
        ("(crm:P46_is_composed_of|crm:P43i_x)+",
         "(^crm:P46i_forms_part_of|^crm:P43_has_dimension)+"),
        ("<http://www.ics.forth.gr/isl/CRMdig/L1_digitized>", "crmdig:L1_digitized"),
    ],
)  # fmt: skip
def test_paths_are_read_too(store: ox.Store, path: str, asked: str) -> None:
    plain, _ = ask(store, f"SELECT ?s ?o {{ ?s {asked} ?o }}")
    rows, outcome = ask(store, f"SELECT ?s ?o {{ ?s {path} ?o }}")
    assert sorted(map(str, rows)) == sorted(map(str, plain))
    assert outcome.notes


def test_an_older_name_of_a_class_is_known_by_its_number(store: ox.Store) -> None:
    rows, outcome = ask(store, "SELECT ?x { ?x a crm:E22_Man-Made_Object }")
    assert rows
    assert outcome.notes[0] == (
        "crm:E22_Man-Made_Object read as crm:E22_Human-Made_Object"
    )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x { ?x ?p ?o FILTER(?p = crm:P43i_is_dimension_of) }",
        "SELECT ?x { VALUES ?p { crm:P43i_is_dimension_of } ?x ?p ?o }",
        "SELECT ?x { ?x !(crm:P43i_is_dimension_of|crm:P1_is_identified_by) ?o }",
    ],
)
def test_where_it_cannot_be_read_otherwise_it_is_told(
    store: ox.Store, text: str
) -> None:
    _, outcome = ask(store, text)
    assert any(
        "not read otherwise: crm:P43i_is_dimension_of" in one for one in outcome.notes
    )


def test_a_negated_property_is_never_turned(store: ox.Store) -> None:
    """`!^p` would follow other edges than `!q`."""
    text = "SELECT ?x { ?x !crm:P43i_is_dimension_of ?o }"
    reading = read_query(PREFIXES + text)
    assert reading.text == PREFIXES + text
    assert reading.hints == (
        "crm:P43i_is_dimension_of is stated as ^crm:P43_has_dimension",
    )


def test_a_verb_with_more_objects_is_left_alone() -> None:
    for kinds, is_read in (
        ("crm:E2_Temporal_Entity, ?kind", False),
        ("?kind, crm:E2_Temporal_Entity", False),
        ("crm:E2_Temporal_Entity ; crm:P1_is_identified_by ?kind", True),
    ):
        text = f"{PREFIXES}SELECT * {{ ?x a {kinds} }}"
        reading = read_query(text)
        assert ("subClassOf>*" in reading.text) is is_read
        assert any("E2_Temporal_Entity" in note for note in reading.notes)


def test_one_graph_knows_no_ontology(store: ox.Store) -> None:
    for text in (
        "SELECT ?x { GRAPH ?g { ?x a crm:E70_Thing } }",
        "SELECT ?x FROM <https://museum.example/graph/all/1> { ?x a crm:E70_Thing }",
    ):
        _, outcome = ask(store, text)
        assert outcome.notes[0].startswith("nothing is stated to be crm:E70_Thing")


def test_a_plain_query_is_left_alone(store: ox.Store) -> None:
    text = "SELECT ?x { ?x crm:P43_has_dimension ?o ; a crm:E12_Production }"
    reading = read_query(PREFIXES + text)
    assert (reading.text, reading.notes) == (PREFIXES + text, ())


def test_a_template_keeps_the_authors_names() -> None:
    text = (
        "CONSTRUCT { ?x a crm:E70_Thing ; crm:P46_is_composed_of ?y } "
        "WHERE { ?y crm:P46i_forms_part_of ?x }"
    )
    assert read_query(PREFIXES + text).text == PREFIXES + text


def test_a_syntax_error_is_told_at_its_own_place(store: ox.Store) -> None:
    text = "SELECT ?x { ?x crm:P43i_is_dimension_of ?o ; a crm:E70_Thing . } LIMIT x"
    with pytest.raises(MalformedQuery) as refused:
        ask(store, text)
    assert refused.value.facts["line"] == 3
    assert refused.value.facts["column"] == text.index("LIMIT x") + 7


def test_many_names_give_few_notes() -> None:
    names = " ".join(f"crm:P{number}_x ?o ;" for number in range(900, 990))
    assert len(read_query(f"{PREFIXES} SELECT * {{ ?s {names} }}").notes) == MOST_NOTES
