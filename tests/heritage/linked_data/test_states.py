"""The published state: in step with the graphs, in every answer, and kept in dumps."""

import gzip
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Collection
from heritage.linked_data import due, dumps, states
from heritage.linked_data.dumps import path_of
from heritage.linked_data.models import Dump
from heritage.linked_data.outbox import queue
from heritage.linked_data.projector import Projector, queue_everything
from knowledge_graph.dump_query import ask_dump
from tests.heritage.factories import make_person, make_relic

from .museum import HastyProjector, MemoryStore, settled

RELICS = """PREFIX crm: <http://www.cidoc-crm.org/cidoc-crm/>
SELECT ?relic { ?relic a crm:E22_Human-Made_Object } ORDER BY ?relic"""


@pytest.fixture(autouse=True)
def dumps_folder(tmp_path: Path, settings: Any) -> Path:
    settings.DUMPS_ROOT = tmp_path / "dumps"
    return tmp_path / "dumps"


@pytest.mark.django_db
def test_the_state_changes_with_the_graphs_and_with_nothing_else(
    collection: Collection,
) -> None:
    release(make_relic(collection), by=None)
    store = settled()
    before = states.current_state()
    relic = make_relic(collection)
    release(relic, by=None)
    settled(store)
    full = states.current_state()
    assert before
    assert full
    assert full.serial > before.serial
    assert full.graphs == before.graphs + 1
    assert full.digest != before.digest
    assert full.triples > before.triples
    assert store.state == full
    queue({GraphName("relic", relic.key)})  # which says nothing new
    settled(store)
    assert states.current_state() == full
    relic.refresh_from_db()
    withdraw(relic, by=None)
    settled(store)
    gone = states.current_state()
    assert gone
    assert gone.digest == before.digest
    assert gone.serial > full.serial


@pytest.mark.django_db
def test_what_is_kept_is_the_sum_of_what_is_published(collection: Collection) -> None:
    for _ in range(3):
        release(make_relic(collection), by=None)
    settled()
    kept, counted = states.current_state(), states.recount()
    assert kept
    assert (kept.digest, kept.graphs, kept.triples) == (
        counted.digest,
        counted.graphs,
        counted.triples,
    )


@pytest.mark.django_db
def test_a_lost_store_is_not_said_to_be_whole(collection: Collection) -> None:
    release(make_relic(collection), by=None)
    first = HastyProjector(MemoryStore())
    first.reconcile()
    first.drain()
    whole = states.current_state()
    projector = HastyProjector(MemoryStore())
    projector.reconcile()
    lost = states.current_state()
    assert whole
    assert lost
    assert (lost.graphs, lost.digest) != (whole.graphs, whole.digest)
    projector.drain()
    again = states.current_state()
    assert again
    assert again.digest == whole.digest


@pytest.mark.slow
def test_every_answer_names_its_state(
    client: Client, queries: Projector, collection: Collection
) -> None:
    release(make_relic(collection), by=None)
    queries.drain()
    state = states.current_state()
    assert state
    table = client.get("/sparql", {"query": RELICS})
    assert table["Graph-State"].startswith(f"{state.serial}; date=")
    assert state.digest in table["Graph-State"]
    head = json.loads(table.getvalue())["head"]
    assert head["link"][0].endswith(f"/dataset/state/{state.serial}")
    asked = json.loads(client.get("/sparql", {"query": "ASK {}"}).getvalue())
    assert asked["head"]["link"] == head["link"]
    construct = {"query": "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 1"}
    graph = client.get("/sparql", construct).getvalue().decode()
    assert graph.startswith(f"# graph state {state.serial} of ")
    page = client.get(f"/dataset/state/{state.serial}")
    assert page.status_code == 200
    assert state.digest in page.content.decode()


@pytest.fixture
def tidied(queries: Projector) -> Projector:
    """The projector of a store that holds nothing of other tests."""
    queries.reconcile()
    queries.drain()
    return queries


@pytest.mark.slow
def test_a_dump_gives_the_cited_answer_again_and_forgets_what_is_withdrawn(
    client: Client, tidied: Projector, collection: Collection
) -> None:
    kept, taken = make_relic(collection), make_relic(collection)
    for relic in (kept, taken):
        release(relic, by=None)
    tidied.drain()
    cited = client.get("/sparql", {"query": RELICS, "format": "csv"})
    serial = int(cited["Graph-State"].partition(";")[0])
    answer = cited.getvalue()
    assert due.dump_each_month() == 1
    assert due.dump_each_month() == 0
    dump = Dump.objects.get(serial=serial)
    address = f"/dataset/dumps/{serial}.nq.gz"
    assert _asked(path_of(dump)) == answer
    assert client.get(address).getvalue() == path_of(dump).read_bytes()

    withdraw(taken, by=None)
    tidied.drain()
    refused = client.get(address)
    assert (refused.status_code, refused["Retry-After"]) == (503, "60")
    assert due.reissue_dumps() > 0
    text = gzip.decompress(path_of(dump).read_bytes()).decode()
    assert taken.key not in text
    assert kept.key in text
    dump.refresh_from_db()
    assert dump.removed_graphs == 1
    assert dump.sha512 != ""
    assert client.get(address).getvalue() == path_of(dump).read_bytes()
    page = client.get("/dataset", headers={"accept-language": "en"}).content.decode()
    assert "without 1 graph that was withdrawn" in page
    assert f'title="{dump.sha512}"' in page


@pytest.mark.slow
def test_killed_after_its_file_was_replaced_a_dump_tells_the_right_digest(
    tidied: Projector, collection: Collection
) -> None:
    release(make_relic(collection), by=None)
    tidied.drain()
    due.dump_each_month()
    right = Dump.objects.get().sha512
    Dump.objects.update(sha512="0" * 128, stale_at=timezone.now())
    due.reissue_dumps()
    dump = Dump.objects.get()
    assert (dump.sha512, dump.is_stale) == (right, False)


@pytest.mark.slow
def test_restored_beside_an_older_database_it_does_so_after_the_rebuild(
    tidied: Projector, collection: Collection
) -> None:
    release(make_relic(collection), by=None)
    tidied.drain()
    due.dump_each_month()
    right = Dump.objects.get().sha512
    Dump.objects.update(sha512="0" * 128)
    queue_everything()
    due.reissue_dumps()
    dump = Dump.objects.get()
    assert (dump.sha512, dump.is_stale) == (right, False)


@pytest.mark.slow
def test_a_dump_forgets_what_is_no_longer_told(
    client: Client, tidied: Projector, collection: Collection
) -> None:
    person = make_person(collection, name_en="Once Known", birth_date=date(1901, 2, 3))
    release(person, by=None)
    tidied.drain()
    assert due.dump_each_month() == 1
    dump = Dump.objects.get()
    assert "Once Known" in gzip.decompress(path_of(dump).read_bytes()).decode()
    person.refresh_from_db()
    person.name_en = ""
    person.save()
    tidied.drain()
    dump.refresh_from_db()
    assert dump.is_stale
    assert due.reissue_dumps() == 1
    text = gzip.decompress(path_of(dump).read_bytes()).decode()
    assert "Once Known" not in text
    assert person.name_zh in text


@pytest.mark.slow
def test_what_is_withdrawn_during_a_reissue_is_seen_to_the_next_time(
    tidied: Projector, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    relic = make_relic(collection)
    release(relic, by=None)
    tidied.drain()
    due.dump_each_month()
    dump = Dump.objects.get()
    Dump.objects.update(stale_at=timezone.now())
    dump.refresh_from_db()

    packed = dumps._packed

    def packed_late(path: Path) -> Any:
        withdraw(relic, by=None)
        tidied.drain()
        return packed(path)

    monkeypatch.setattr(dumps, "_packed", packed_late)
    dumps.reissue(dump)
    dump.refresh_from_db()
    assert dump.is_stale
    monkeypatch.undo()
    assert due.reissue_dumps() == 1
    assert relic.key not in gzip.decompress(path_of(dump).read_bytes()).decode()


def _asked(file: Path) -> bytes:
    out = io.BytesIO()
    ask_dump(file, RELICS, out)
    return out.getvalue()


@pytest.mark.slow
def test_each_month_has_its_dump(queries: Projector, collection: Collection) -> None:
    release(make_relic(collection), by=None)
    queries.drain()
    assert due.dump_each_month() == 1
    later = timezone.now() + timedelta(days=32)
    with time_machine.travel(later):
        assert due.dump_each_month() == 0  # the state is the same, and is kept
        release(make_relic(collection), by=None)
        queries.drain()
        assert due.dump_each_month() == 1
    assert Dump.objects.count() == 2


@pytest.mark.django_db
def test_the_dataset_describes_itself(client: Client, collection: Collection) -> None:
    release(make_relic(collection), by=None)
    settled()
    state = states.current_state()
    assert state
    void = client.get("/dataset", headers={"accept": "text/turtle"})
    assert void["Content-Type"].startswith("text/turtle")
    assert f"void:triples {state.triples}" in void.content.decode()
    assert client.get("/dataset").status_code == 200


@pytest.mark.django_db
def test_a_state_that_was_not_kept_shows_what_lies_next_to_it(client: Client) -> None:
    settled()
    for serial in (20010101000000000, 99, 10**18):
        assert client.get(f"/dataset/state/{serial}").status_code == 404
    assert client.get("/dataset/dumps/99.nq.gz").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("form", "sign"),
    [
        ("text", "/query#"),
        ("bibtex", "@misc{graph-"),
        ("ris", "TY  - DATA"),
        ("csl", ""),
    ],
)
def test_an_answer_is_cited(
    client: Client, collection: Collection, form: str, sign: str, settings: Any
) -> None:
    settings.DATA_LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
    release(make_relic(collection), by=None)
    settled()
    state = states.current_state()
    assert state
    query = f"# Relics {{all}}\n{RELICS}"
    cited = client.get("/query/cite", {"query": query, "format": form})
    text = cited.content.decode()
    assert cited.status_code == 200
    for part in (sign, str(state.serial), settings.DATA_LICENCE, "/query#query="):
        assert part in text
    titled = client.get(
        "/query/cite",
        {"query": f"# en: In English\n# zh-Hans: 中文\n{RELICS}", "format": form},
        headers={"accept-language": "en"},
    ).content.decode()
    assert "In English" in titled
    assert "中文" not in titled
    if form == "csl":
        assert json.loads(text)[0]["title"] == "Relics {all}"


@pytest.mark.django_db
def test_what_cannot_be_cited_is_refused(client: Client) -> None:
    for asked in (
        {"query": RELICS, "format": "word"},
        {"query": ""},
        {"query": "INSERT DATA { <urn:a> <urn:b> 1 }"},
        {"query": "x" * 30_000},
    ):
        refused = client.get("/query/cite", asked)
        assert refused.status_code in {400, 403}, asked
        assert refused.json()["detail"]
    assert client.get("/query/cite", {"query": RELICS}).status_code == 503
