"""Things by their IRIs, as curator, volunteer and stranger; data in every format."""

import pyoxigraph as ox
import pytest
from django.contrib.auth.models import User
from django.test import Client
from rdflib import Graph

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Agent, Collection, Relic
from heritage.linked_data import graphs
from heritage.linked_data.graphs import museum_ids
from tests.heritage.factories import make_person, make_relic

from .samples import make_museum

FORMATS = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}


@pytest.fixture
def relic(collection: Collection) -> Relic:
    return make_relic(collection)


@pytest.fixture
def people(curator: User, volunteer: User, stranger: User) -> dict[str, Client]:
    clients = {"nobody": Client()}
    for name, user in (("curator", curator), ("volunteer", volunteer), ("stranger", stranger)):  # fmt: skip
        clients[name] = Client()
        clients[name].force_login(user)
    return clients


def test_an_iri_leads_to_a_page_or_to_data(client: Client, relic: Relic) -> None:
    release(relic, by=None)
    iri = f"/id/relic/{relic.key}"
    page = client.get(iri, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page["Location"]) == (303, f"/relics/{relic.key}")
    assert "Accept" in page["Vary"]
    for suffix, media_type in FORMATS.items():
        data = client.get(iri, headers={"Accept": media_type})
        assert data.status_code == 303
        assert data["Location"] == f"/data/relic/{relic.key}.{suffix}"


def test_a_node_inside_a_record_leads_to_the_record(
    client: Client, relic: Relic
) -> None:
    release(relic, by=None)
    iri = f"/id/relic/{relic.key}/production/span"
    assert client.get(iri)["Location"] == f"/relics/{relic.key}"


def test_a_draft_looks_unknown_to_all_but_its_staff(
    people: dict[str, Client], relic: Relic
) -> None:
    codes = {
        name: [
            client.get(f"/id/relic/{key}").status_code
            for key in (relic.key, "nosuchkey")
        ]
        for name, client in people.items()
    }
    assert codes == {
        "nobody": [404, 404],
        "stranger": [404, 404],
        "volunteer": [303, 404],
        "curator": [303, 404],
    }
    data = {
        client.get(f"/data/relic/{relic.key}.ttl").status_code
        for client in people.values()
    }
    assert data == {404}


def test_a_withdrawn_record_leaves_a_tombstone(
    people: dict[str, Client], relic: Relic
) -> None:
    release(relic, by=None)
    withdraw(relic, by=None)
    for path in (f"/id/relic/{relic.key}", f"/data/relic/{relic.key}.ttl"):
        assert people["stranger"].get(path).status_code == 410
    assert people["curator"].get(f"/id/relic/{relic.key}").status_code == 303
    assert people["curator"].get(f"/data/relic/{relic.key}.ttl").status_code == 410


@pytest.mark.parametrize("suffix", FORMATS)
def test_data_says_what_the_graph_says(
    client: Client, relic: Relic, suffix: str
) -> None:
    release(relic, by=None)
    media_type = FORMATS[suffix]
    response = client.get(f"/data/relic/{relic.key}.{suffix}")
    assert response["Content-Type"].startswith(media_type)
    assert response["Access-Control-Allow-Origin"] == "*"
    # RDFLib's reader of JSON-LD warns of itself.
    read = set(ox.parse(response.content, ox.RdfFormat.from_media_type(media_type)))
    wanted = graphs.build(GraphName("relic", relic.key)).triples
    assert len(read) == len(wanted)
    again = client.get(
        f"/data/relic/{relic.key}.{suffix}", headers={"If-None-Match": response["ETag"]}
    )
    assert again.status_code == 304


def test_data_can_be_read_as_a_page(client: Client, collection: Collection) -> None:
    person: Agent = make_person(collection)
    release(person, by=None)
    response = client.get(f"/id/agent/{person.key}", headers={"Accept": "text/html"})
    assert response["Location"] == f"/people/{person.key}"
    address = f"/data/agent/{person.key}"
    page = client.get(address, headers={"Accept": "text/html"})
    assert person.name_zh in page.content.decode()
    assert f"/data/agent/{person.key}.ttl" in page.content.decode()


def test_files_and_runs_lead_to_their_capture(
    client: Client, collection: Collection
) -> None:
    museum = make_museum(collection)
    row = museum.capture.files.first()
    assert row is not None
    paths = [f"/id/run/{museum.run.key}", f"/id/file/{row.stored_file.key}"]
    assert {client.get(path).status_code for path in paths} == {404}
    museum.release()
    for path in paths:
        response = client.get(path, headers={"Accept": "text/turtle"})
        assert response["Location"] == f"/data/capture/{museum.capture.key}.ttl"
    assert client.get(f"/data/capture/{museum.capture.key}.ttl").status_code == 200


def test_a_concept_has_a_page_and_data(client: Client, db: None) -> None:
    page = client.get("/vocab/material/copper", headers={"Accept": "text/html"})
    assert "铜" in page.content.decode()
    data = client.get("/vocab/material/copper", headers={"Accept": "text/turtle"})
    graph = Graph().parse(data.content, format="turtle")
    assert {str(one) for one in graph.subjects()} == {
        str(museum_ids().concept("material", "copper"))
    }
    assert client.get("/vocab/material").status_code == 200
    assert client.get("/vocab/learnedFrom").status_code == 200
    assert client.get("/vocab/material/nothing").status_code == 404
    assert client.get("/data/vocab/material.ttl").status_code == 200


@pytest.mark.parametrize("path", ["/id/nokind/1", "/data/relic/1.exe", "/vocab/no"])
def test_what_is_not_there_is_404(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


def test_the_editor_offers_the_questions(client: Client, db: None) -> None:
    page = client.get("/query", headers={"Accept-Language": "en"}).content.decode()
    assert "Which scanner files" in page
    assert "yasgui/yasgui.min.js" in page
    chinese = client.get("/query", headers={"Accept-Language": "zh-hans"})
    assert "由哪些扫描文件" in chinese.content.decode()
