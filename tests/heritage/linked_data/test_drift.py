"""The graph that queries see is compared with the records, hash by hash."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from rdflib import Literal, URIRef

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Relic
from heritage.linked_data.drift import Drift, find_drift
from heritage.linked_data.stores import open_store
from knowledge_graph.store import Triple
from tests.heritage.factories import make_relic

TRIPLE: Triple = (URIRef("urn:s"), URIRef("urn:p"), Literal("spoilt"))
BASE = "http://localhost:8000/graph/"


@pytest.fixture
def relic(collection: Collection) -> Relic:
    relic = make_relic(collection)
    release(relic, by=None)
    project()
    return relic


def project() -> str:
    out = StringIO()
    call_command("project_graph", "--once", stdout=out)
    return out.getvalue()


def spoil(iri: str, *triples: Triple) -> None:
    store = open_store()
    store.replace(iri, triples)
    store.publish()
    store.close()


def test_what_was_projected_agrees(relic: Relic) -> None:
    assert find_drift() == []


@pytest.mark.parametrize("fault", ["missing", "differs", "should-not-be-there"])
def test_drift_is_named_and_mended(relic: Relic, fault: str) -> None:
    key = "ghost" if fault == "should-not-be-there" else relic.key
    iri = f"{BASE}relic/{key}"
    spoil(iri, *([] if fault == "missing" else [TRIPLE]))
    assert [(one.iri, one.fault) for one in find_drift()] == [(iri, fault)]
    with pytest.raises(CommandError):
        call_command("graph", "check", stdout=StringIO())
    call_command("graph", "rebuild", stdout=StringIO())
    assert find_drift() == []


def test_a_graph_that_waits_is_no_drift(relic: Relic) -> None:
    relic.name_en = "Other"
    relic.save()
    assert find_drift() == []
    release(make_relic(relic.collection), by=None)
    assert find_drift() == []


def test_a_change_behind_the_back_of_the_outbox_is_drift(relic: Relic) -> None:
    super(type(Relic.objects.all()), Relic.objects.all()).update(name_en="Silent")
    assert find_drift() == [Drift(f"{BASE}relic/{relic.key}", "differs")]


def test_a_dump_repeats_byte_for_byte(relic: Relic, tmp_path: Path) -> None:
    first, second = tmp_path / "1.nq", tmp_path / "2.nq"
    call_command("graph", "dump", first)
    call_command("graph", "dump", second)
    assert first.read_bytes() == second.read_bytes()
    assert f"<{BASE}relic/{relic.key}> .".encode() in first.read_bytes()
