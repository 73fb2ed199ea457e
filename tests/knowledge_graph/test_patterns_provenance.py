"""PROV says what CRMdig says, and nothing else."""

import pytest
from rdflib import PROV, RDF, Graph, Literal

from knowledge_graph.namespaces import CRM, CRMDIG, part
from knowledge_graph.patterns import parameters_of, provenance
from tests.knowledge_graph.museum import (
    BELL,
    CAPTURE,
    DELIVERY,
    EARLIER_RUN,
    HEADSET,
    IDS,
    MASTER,
    OPEN3D,
    OPERATOR,
    PARAMETERS,
    RUN,
    SCANS,
    graph_of,
    museum,
)


@pytest.fixture(scope="module")
def prov() -> Graph:
    return graph_of(provenance(museum()))


def test_only_prov_is_said(prov: Graph) -> None:
    spaces = {str(p).split("#")[0] for p in prov.predicates()}
    assert spaces == {str(PROV.Entity).split("#")[0], str(RDF.type).split("#")[0]}


def test_a_model_is_derived_from_the_raw_scans(prov: Graph) -> None:
    origins = set(prov.transitive_objects(HEADSET, PROV.wasDerivedFrom))
    assert origins == {HEADSET, MASTER, *SCANS}


def test_a_log_is_generated_but_derived_from_nothing(prov: Graph) -> None:
    log = IDS.thing("file", "log")
    assert (RUN, PROV.generated, log) in prov
    assert prov.value(log, PROV.wasDerivedFrom) is None


def test_runs_used_and_generated_what_crmdig_says(prov: Graph) -> None:
    assert set(prov.objects(RUN, PROV.used)) == set(SCANS)
    assert set(prov.objects(CAPTURE, PROV.generated)) == set(SCANS)
    assert set(prov.objects(DELIVERY, PROV.generated)) == {HEADSET}


def test_a_run_that_took_stages_over_was_informed_by_theirs(prov: Graph) -> None:
    assert set(prov.objects(RUN, PROV.wasInformedBy)) == {EARLIER_RUN}


def test_programs_act_by_the_parameters_as_plan(prov: Graph) -> None:
    association = part(RUN, "association", "open3d-0.20.0")
    assert prov.value(RUN, PROV.qualifiedAssociation) == association
    assert prov.value(association, PROV.agent) == OPEN3D.iri(IDS)
    assert prov.value(association, PROV.hadPlan) == parameters_of(RUN, PARAMETERS)
    assert (OPERATOR, RDF.type, PROV.Agent) in prov


def test_times_come_from_the_time_span(prov: Graph) -> None:
    assert str(prov.value(RUN, PROV.startedAtTime)) == "2026-03-03T09:30:00Z"
    assert str(prov.value(RUN, PROV.endedAtTime)) == "2026-03-03T10:30:00Z"


def test_what_is_no_digital_thing_is_left_alone(prov: Graph) -> None:
    assert BELL not in set(prov.subjects())


def test_nothing_comes_of_nothing() -> None:
    other = Graph()
    other.add((BELL, CRM.P3_has_note, Literal("x")))
    other.add((BELL, CRMDIG.L2_used_as_source, MASTER))
    assert not list(provenance(other))
