"""Linked Art records: valid by the official schemas and shapes, and only what is public."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from rdflib import Graph

from heritage.catalogue.actions.release import withdraw
from heritage.catalogue.models import Collection
from heritage.linked_data import graphs
from heritage.linked_data.graphs import museum_ids
from knowledge_graph.namespaces import CRM, LA
from tests.conformance.linked_art_schema import faults
from tests.conformance.linked_art_shapes import expanded, messages
from tests.heritage.factories import make_relic

from .museum import rebuilt
from .samples import Museum, make_museum

PROFILE = 'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json"'


@pytest.fixture
def museum(collection: Collection) -> Museum:
    museum = make_museum(collection)
    museum.release()
    return museum


def record(client: Client, path: str) -> dict[str, Any]:
    response = client.get(f"/linked-art/{path}")
    assert response.status_code == 200, path
    assert response["Content-Type"] == PROFILE
    known: dict[str, Any] = json.loads(response.content)
    return known


def paths(museum: Museum) -> list[str]:
    """Name every record that the museum has."""
    relic = f"relic/{museum.relic.key}"
    things = [
        f"{name.kind}/{name.key}"
        for name in graphs.every_name()
        if name.kind in {"relic", "agent", "place", "period", "element", "exhibit"}
        and graphs.build(name).triples
    ]
    files = [
        f"derivative/{row.key}" for row in museum.run.derivatives.filter(role="model")
    ]
    parts = [f"{relic}/acquisition", f"exhibit/{museum.exhibit.key}/set"]
    terms = ["material/copper", "category/bronze", "language/en", "unit/cm"]
    return [*things, *files, *parts, *(f"vocab/{term}" for term in terms)]


def test_every_record_is_valid_by_its_schema(
    museum: Museum, client: Client, shared_data: Path
) -> None:
    folder = shared_data / "rdf/linked-art/schema"
    for path in paths(museum):
        known = record(client, path)
        schema = "provenance" if path.endswith("acquisition") else ""
        assert faults(folder, known, schema=schema) == [], path


# What the SHACL shapes of Linked Art's validator find in our records, and why it stays. They
# are older than version 1.0 of model and API, by whose JSON Schemas all records are valid.
TOLD_BY_SHAPES = {
    "v1": "they want xsd:double; JSON-LD reads a whole number as xsd:integer",
    "v3": "follows from v10",
    "v9": "they want units and materials of another site; ours name the register's terms, "
    "whose own records say which of AAT they equal",
    "v10": "they want an IRI for each picture's VisualItem; the API embeds it without",
    "v12": "follows from v10",
    "v13": "follows from v9: a reference to a record of ours",
    "v15": "asks for AAT's hierarchy, which is not in the record",
    "v30": "their pattern has no years before Christ",
    "v36": "follows from v1",
    "v37": "follows from v9",
    "v40": "its path is a sequence with sh:inversePath as a step: nothing meets it",
    "v48": "follows from v15",
}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib reads JSON-LD so
def test_the_shapes_find_what_is_known_and_nothing_else(
    museum: Museum, client: Client, shared_data: Path
) -> None:
    suite, told = shared_data / "suites/linked-art-validator", set()
    for path in paths(museum):
        graph = expanded(record(client, path), shared_data)
        told |= messages(suite, graph, str(museum_ids().base))
    grave = {text.partition(":")[0] for text in told if text.startswith("v")}
    assert grave == set(TOLD_BY_SHAPES)


def test_the_schema_would_find_a_fault(
    museum: Museum, client: Client, shared_data: Path
) -> None:
    known = record(client, f"relic/{museum.relic.key}")
    del known["dimension"][0]["unit"]
    assert faults(shared_data / "rdf/linked-art/schema", known)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib reads JSON-LD so
def test_read_by_the_official_context_a_record_says_what_the_graph_says(
    museum: Museum, client: Client, shared_data: Path
) -> None:
    """Parts are unnamed in a record, so what is compared are values, property by one."""
    known = expanded(record(client, f"relic/{museum.relic.key}"), shared_data)
    relic = museum_ids().thing("relic", museum.relic.key)
    ours = rebuilt_graph()
    for predicate in (CRM.P45_consists_of, CRM.P50_has_current_keeper, LA.member_of):
        there = set(known.objects(relic, predicate))
        assert there
        assert there == set(ours.objects(relic, predicate)), predicate
    for predicate in (CRM.P90_has_value, CRM.P82a_begin_of_the_begin):
        # RDFLib writes the zone of a moment its own way.
        told = known.objects(None, predicate)
        values = {str(one).replace("+00:00", "Z") for one in told}
        assert values
        assert values <= {
            str(one).removesuffix(".0") for one in ours.objects(None, predicate)
        }


def test_what_conservators_did_is_told(museum: Museum, client: Client) -> None:
    (done,) = record(client, f"relic/{museum.relic.key}")["modified_by"]
    assert done["type"] == "Modification"
    assert done["classified_as"][0]["_label"] == "cleaning"
    assert done["timespan"]["begin_of_the_begin"].startswith("2021-03-01")


def rebuilt_graph() -> Graph:
    graph = Graph()
    for triples in rebuilt().values():
        for triple in triples:
            graph.add(triple)
    return graph


def test_the_profile_leads_from_the_name_to_the_record(
    museum: Museum, client: Client
) -> None:
    path = f"relic/{museum.relic.key}"
    asked = client.get(f"/id/{path}", headers={"accept": PROFILE})
    assert (asked.status_code, asked["Location"]) == (303, f"/linked-art/{path}")
    links = record(client, path)["_links"]
    assert links["self"]["href"].endswith(asked["Location"])
    assert links["la:apiVersion"]["name"] == "v1.0.0"


def test_pages_tell_of_the_record(museum: Museum, client: Client) -> None:
    page = client.get(f"/relics/{museum.relic.key}").content.decode()
    assert f'href="/linked-art/relic/{museum.relic.key}"' in page


def test_other_sites_may_ask(museum: Museum, client: Client) -> None:
    path = f"/linked-art/relic/{museum.relic.key}"
    for answer in (client.options(path), client.get(path)):
        assert answer["Access-Control-Allow-Origin"] == "*"
    again = client.get(path, headers={"if-none-match": client.get(path)["ETag"]})
    assert again.status_code == 304
    assert client.post(path).status_code == 405


def test_a_record_names_nothing_that_is_not_public(
    museum: Museum, client: Client, admin_client: Client
) -> None:
    path = f"relic/{museum.relic.key}"
    assert "Master Wang" in json.dumps(record(client, path))
    assert museum.relic.maker
    withdraw(museum.relic.maker, by=None, reason="error")
    for person in (client, admin_client):  # the same for everybody
        assert "Master Wang" not in json.dumps(record(person, path))


def test_what_is_not_there_is_not_found(
    museum: Museum, client: Client, collection: Collection
) -> None:
    draft = make_relic(collection)
    relic = f"relic/{museum.relic.key}"
    for path in (
        f"relic/{draft.key}",
        "relic/none",
        "nothing/at-all",
        "vocab/material",
        "vocab/material/none",
        f"{relic}/nothing",
        f"bearer/{museum.master.key}",  # an act, for which Linked Art has no record
    ):
        assert client.get(f"/linked-art/{path}").status_code == 404, path
    withdraw(museum.relic, by=None, reason="error")
    assert client.get(f"/linked-art/{relic}").status_code == 410
