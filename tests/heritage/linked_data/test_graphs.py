"""What the graphs say: whole, by the shapes, and nothing that is not public."""

import pytest
from rdflib import RDFS, BNode, Graph, URIRef

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Collection
from heritage.catalogue.rules import PRIVATE_FIELDS
from heritage.linked_data import graphs
from heritage.linked_data.graphs import museum_ids
from knowledge_graph.namespaces import CRM, CRMDIG
from knowledge_graph.shacl import check_shapes

from .museum import rebuilt
from .samples import Museum, make_museum, make_run


@pytest.fixture
def museum(collection: Collection) -> Museum:
    museum = make_museum(collection)
    museum.relic.dimensions.filter(origin="scan").update(run_key=museum.run.key)
    return museum


def whole_graph() -> Graph:
    graph = Graph()
    for triples in rebuilt().values():
        for triple in triples:
            graph.add(triple)
    return graph


def test_nothing_is_said_of_drafts(museum: Museum) -> None:
    assert rebuilt() == {}


def test_a_released_museum_holds_to_the_shapes(museum: Museum) -> None:
    museum.release()
    graph = whole_graph()
    assert check_shapes(graph, museum_ids()) == []
    assert not any(isinstance(term, BNode) for triple in graph for term in triple)


def test_half_a_museum_holds_to_the_shapes_too(museum: Museum) -> None:
    for record in museum.records[::2]:
        release(record, by=None)
    assert check_shapes(whole_graph(), museum_ids()) == []


def test_no_private_field_leaves(museum: Museum) -> None:
    museum.release()
    text = "\n".join(str(term) for triple in whole_graph() for term in triple)
    checked = set()
    for record in museum.records:
        for name in PRIVATE_FIELDS.get(type(record), ()):
            if value := getattr(record, name):
                assert str(value) not in text, f"{record.kind}.{name}"
                checked.add((type(record), name))
    private = {
        (model, name) for model, names in PRIVATE_FIELDS.items() for name in names
    }
    assert checked == private
    assert museum.capture.note not in text


def test_an_unreleased_record_is_not_named_and_comes_in_by_itself(
    museum: Museum,
) -> None:
    release(museum.relic, by=None)
    name, holder = GraphName("relic", museum.relic.key), museum.relic.holder
    assert holder is not None
    keeper = museum_ids().thing("agent", holder.key)
    assert keeper not in {
        term for triple in graphs.build(name).triples for term in triple
    }
    assert GraphName("agent", holder.key) in graphs.build(name).mentions
    release(holder, by=None)
    relic = museum_ids().thing("relic", museum.relic.key)
    assert (relic, CRM.P50_has_current_keeper, keeper) in graphs.build(name).triples


def test_a_link_is_public_only_while_both_ends_are(museum: Museum) -> None:
    name = GraphName("transmission", museum.transmission.key)
    release(museum.master, by=None)
    assert not graphs.build(name).triples
    release(museum.apprentice, by=None)
    assert graphs.build(name).triples
    withdraw(museum.master, by=None)
    assert not graphs.build(name).triples


def test_a_lineage_holds_before_the_people_have_records_of_their_own(
    museum: Museum,
) -> None:
    """A bearer's own record is enough; his record as a person takes over once public."""
    release(museum.master, by=None)
    release(museum.apprentice, by=None)
    learned = list(whole_graph().subject_objects(museum_ids().vocab.learnedFrom))
    parts = [
        museum_ids().part("bearer", bearer.key, "person")
        for bearer in (museum.apprentice, museum.master)
    ]
    assert learned == [tuple(parts)]
    assert all((part, RDFS.label, None) in whole_graph() for part in parts)
    release(museum.master.person, by=None)
    ((_, master),) = whole_graph().subject_objects(museum_ids().vocab.learnedFrom)
    assert master == museum_ids().thing("agent", museum.master.person.key)


def test_a_question_by_the_vocabulary_of_periods_finds_the_relic(
    museum: Museum,
) -> None:
    period = museum.relic.period
    assert period is not None
    period.slug = "han"
    period.save()
    museum.release()
    graph = whole_graph()
    han = museum_ids().concept("period", "han")
    making = museum_ids().part("relic", museum.relic.key, "production")
    assert han in set(graph.transitive_objects(making, CRM.P10_falls_within))


def test_a_model_leads_back_to_its_files_and_parameters(museum: Museum) -> None:
    museum.release()
    graph = whole_graph()
    model = museum.run.derivatives.get(role="model")
    derivation = graph.value(
        None, CRMDIG.L22_created_derivative, museum_ids().thing("derivative", model.key)
    )
    master = graph.value(derivation, CRMDIG.L21_used_as_derivation_source)
    run = graph.value(None, CRMDIG.L11_had_output, master)
    log = graph.value(run, CRMDIG.L24_created_logfile)
    assert str(graph.value(log, RDFS.label)) == "report.json"
    assert run == museum_ids().thing("run", museum.run.key)
    assert len(list(graph.objects(run, CRMDIG.L2_used_as_source))) == 2
    parameters = graph.value(run, CRMDIG.L13_used_parameters)
    assert '"voxel_m":0.001' in str(
        graph.value(parameters, CRM.P190_has_symbolic_content)
    )
    assert list(graph.objects(model_iri(museum), URIRef("https://linked.art/ns/terms/access_point")))  # fmt: skip


def test_a_scanned_height_names_the_mesh_it_was_read_from(museum: Museum) -> None:
    museum.release()
    graph = whole_graph()
    master = museum.run.derivatives.get(role="master")
    act = museum_ids().part("relic", museum.relic.key, "measurement", "height-scan")
    mesh = museum_ids().thing("derivative", master.key)
    assert (act, CRMDIG.L2_used_as_source, mesh) in graph


def test_only_the_accepted_run_is_told(museum: Museum) -> None:
    museum.release()
    museum.run.is_accepted = False
    museum.run.save()
    assert not graphs.build(GraphName("capture", museum.capture.key)).triples
    run = make_run(museum.capture)
    text = str(list(graphs.build(GraphName("capture", museum.capture.key)).triples))
    assert run.key in text
    assert museum.run.key not in text


def model_iri(museum: Museum) -> URIRef:
    return museum_ids().thing(
        "derivative", museum.run.derivatives.get(role="model").key
    )
