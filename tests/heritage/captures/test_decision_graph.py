"""Decisions by people stand in the graph as E13; who they were does not."""

from collections.abc import Callable

from django.contrib.auth.models import User
from rdflib import Graph, Literal

from heritage.captures.actions.decide import decide_run
from heritage.captures.actions.hand import add_act, start_by_hand
from heritage.captures.models import Calibration, Capture, Device, FieldSheet, Run
from heritage.catalogue.actions.release import release
from heritage.catalogue.mentions import GraphName
from heritage.linked_data import graphs
from knowledge_graph.namespaces import CRM

Work = Callable[..., Run]


def test_acts_acceptance_and_certificate_are_told(
    filled: Capture, curator: User, work: Work
) -> None:
    device = Device.objects.create(name="Atos 5", serial="S-1")
    Calibration.objects.create(
        device=device, certificate="C-77", calibrated_on=filled.captured_on
    )
    FieldSheet.objects.create(capture=filled, device=device)
    filled.device, filled.device_serial = device.name, device.serial
    filled.save()
    add_act(filled, "leave-out", {"scan": "back.ply"}, after=0, by=curator)
    run = work(start_by_hand(filled, is_exact=True, by=curator))
    decide_run(run, verdict="accepted", by=curator)
    release(filled.relic, by=curator)
    told = Graph()
    for triple in graphs.build(GraphName("capture", filled.key)).triples:
        told.add(triple)
    said = set(told.subjects(predicate=CRM.P140_assigned_attribute_to))
    notes = {note for one in said for note in told.objects(one, CRM.P3_has_note)}
    assert len(said) == 2
    assert {Literal("left a scan out", "en"), Literal("accepted", "en")} <= notes
    assert Literal("C-77", "en") in set(told.objects())
    assert curator.username not in " ".join(map(str, told.objects()))
