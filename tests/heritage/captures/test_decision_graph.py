"""Decisions by people stand in the graph as E13; who they were does not."""

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.models import User
from rdflib import PROV, Graph, Literal

from heritage.archive.models import StoredFile
from heritage.captures.actions import start_run
from heritage.captures.actions.compare import compare_runs, keep_as_condition
from heritage.captures.actions.decide import decide_run
from heritage.captures.actions.follow import confirm_motion
from heritage.captures.actions.hand import add_act, start_by_hand
from heritage.captures.comparison import kept_change
from heritage.captures.decision_graph import changes_kept
from heritage.captures.models import (
    Calibration,
    Capture,
    ChangeRecord,
    Device,
    FieldSheet,
    MasterMotion,
    Run,
    RunStage,
)
from heritage.catalogue.actions.acts import strike_act
from heritage.catalogue.actions.release import release
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import ConditionCheck
from heritage.linked_data import graphs
from heritage.linked_data.models import Outbox
from knowledge_graph.namespaces import CRM
from knowledge_graph.shacl import check_shapes

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
    before = work(start_run(filled, by=curator))
    change = work(compare_runs(before, run, by=curator))
    keep_as_condition(change, by=curator)
    RunStage.objects.filter(run=run).delete()
    told_once = {"seconds": 1.0, "peak_bytes": 1, "digest": "", "attempt": 1}
    RunStage.objects.create(
        run=run, name="read", number=1, taken_from=before, **told_once
    )
    way_found = MasterMotion.objects.get(before=before, after=run)
    confirm_motion(way_found, is_right=True, by=curator)
    release(filled.relic, by=curator)
    told = graph_of(filled)
    said = set(told.subjects(predicate=CRM.P140_assigned_attribute_to))
    notes = {note for one in said for note in told.objects(one, CRM.P3_has_note)}
    assert len(said) == 4
    lost = (
        "1 place has changed by more than 0.100 mm: lost: 4.00 cm², up to 0.50 mm deep."
    )
    [kept] = (str(note) for note in notes if str(note).startswith(lost))
    assert "Scale not certified" in kept
    assert {Literal("left a scan out", "en"), Literal("accepted", "en")} <= notes
    ids = graphs.museum_ids()
    first, second = (ids.thing("run", one.key) for one in (before, run))
    assert (second, CRM.P134_continued, first) in told
    assert (second, PROV.wasInformedBy, first) in told
    [way] = told.subjects(CRM.P141_assigned, first)
    basis = "laid on the earlier master: the surfaces were laid on each other"
    assert Literal(basis, "en") in set(told.objects(way, CRM.P3_has_note))
    broken = {one.shape for one in check_shapes(told, ids)}
    assert not broken & {"run-continues", "attribution"}
    assert Literal("C-77", "en") in set(told.objects())
    assert curator.username not in " ".join(map(str, told.objects()))
    strike(change, by=curator)
    assert lost not in " ".join(map(str, graph_of(filled).objects()))


def test_a_master_that_was_replaced_is_told_as_withdrawn(
    filled: Capture, curator: User, work: Work
) -> None:
    first, second = (work(start_run(filled, by=curator)) for _ in range(2))
    for run in (first, second, first, second):
        decide_run(run, verdict="accepted", by=curator)
    release(filled.relic, by=curator)
    told, ids = graph_of(filled), graphs.museum_ids()
    old, new = (
        ids.thing("derivative", run.derivatives.get(role="master").key)
        for run in (first, second)
    )
    last = second.decisions.first()
    assert last is not None
    [at] = told.objects(old, PROV.invalidatedAtTime)
    assert datetime.fromisoformat(str(at)) == last.at
    assert list(told.subjects(PROV.wasRevisionOf, old)) == [new]
    assert not list(told.objects(new, PROV.invalidatedAtTime))
    assert "withdrawn-version" not in {one.shape for one in check_shapes(told, ids)}
    file = first.derivatives.get(role="master").stored_file
    StoredFile.objects.filter(pk=file.pk).update(retired_at=last.at)
    assert not list(graph_of(filled).triples((old, None, None)))


def test_a_check_that_was_struck_is_told_no_more_and_may_be_kept_anew(
    filled: Capture, curator: User, work: Work
) -> None:
    before, run = (
        work(start_run(filled, by=curator)),
        work(start_run(filled, by=curator)),
    )
    change = work(compare_runs(before, run, by=curator))
    first = keep_as_condition(change, by=curator).check_key
    assert kept_change(change) is not None
    Outbox.objects.all().delete()
    strike(change, by=curator)
    assert Outbox.objects.filter(kind="capture", key=filled.key).exists()
    assert kept_change(change) is None
    assert changes_kept(run) == []
    again = keep_as_condition(change, by=curator)
    assert again.check_key != first
    assert changes_kept(run) == [change]


def graph_of(capture: Capture) -> Graph:
    told = Graph()
    for triple in graphs.build(GraphName("capture", capture.key)).triples:
        told.add(triple)
    return told


def strike(change: Run, *, by: User) -> None:
    key = ChangeRecord.objects.get(run=change).check_key
    strike_act(ConditionCheck.objects.get(key=key), by=by, reason="another object")
