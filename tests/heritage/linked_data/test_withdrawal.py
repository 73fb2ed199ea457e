"""A bearer who withdraws is gone from everywhere that data goes out, with a tombstone."""

import json
from collections.abc import Callable

import pytest
from django.test import Client

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection
from heritage.linked_data.graphs import museum_ids
from heritage.linked_data.projector import Projector
from heritage.linked_data.words import find_iris
from tests.heritage.search.desk import keep_up

from .samples import Museum, make_museum
from .test_changes import told, walk
from .test_sparql import ask, body

pytestmark = [pytest.mark.usefixtures("queries"), pytest.mark.slow]

NAME = "沈无名氏"
LINKED_ART = 'application/ld+json;profile="https://linked.art/ns/v1/linked-art.json"'
FORMS = ("oai_dc", "lido")


@pytest.fixture
def museum(collection: Collection) -> Museum:
    """A released museum; the name of its living bearer stands nowhere else."""
    museum = make_museum(collection)
    for record in (museum.apprentice, museum.apprentice.person):
        record.name_zh, record.name_en = NAME, "Shen"
        record.save()
    museum.release()
    return museum


def outlets(client: Client, museum: Museum) -> dict[str, Callable[[], str]]:
    """Name the ways in which data on this bearer leaves the museum; each gives a text."""
    links = f"/data/transmission/{museum.transmission.key}.ttl"
    return {
        "graph by name": lambda: body(
            ask(client, f'SELECT ?s {{ ?s ?p ?o FILTER(STR(?o) = "{NAME}") }}')
        ),
        "graph by key": lambda: body(ask(client, f"SELECT ?s {{ {of(museum)} }}")),
        "search index": searched,
        "transmission": lambda: client.get(links).content.decode(),
        **{
            prefix: lambda prefix=prefix: client.get(  # type: ignore[misc]
                "/oai-pmh", {"verb": "ListRecords", "metadataPrefix": prefix}
            ).content.decode()
            for prefix in FORMS
        },
    }


def searched() -> str:
    keep_up()
    return " ".join(find_iris(NAME, 10).iris)


def of(museum: Museum) -> str:
    return f"?s ?p <{person(museum)}>"


def person(museum: Museum) -> str:
    return str(museum_ids().thing("agent", museum.apprentice.person.key))


def test_a_withdrawn_bearer_is_gone_from_every_outlet(
    client: Client, museum: Museum, queries: Projector
) -> None:
    queries.drain()
    bearer, agent = museum.apprentice, museum.apprentice.person
    marks = (NAME, bearer.key, agent.key)
    before = outlets(client, museum)
    assert any(mark in before["graph by name"]() for mark in marks)
    assert bearer.key in before["graph by key"]()
    assert agent.key in before["search index"]()
    addresses = (f"bearer/{bearer.key}", f"agent/{agent.key}")
    assert client.get(f"/linked-art/agent/{agent.key}").status_code == 200

    withdraw(bearer, by=None)
    withdraw(agent, by=None)
    # What is asked of the records themselves is gone at once, before any projection.
    for address in addresses:
        assert client.get(f"/id/{address}").status_code == 410
        assert client.get(f"/data/{address}.ttl").status_code == 410
    assert client.get(f"/linked-art/agent/{agent.key}").status_code == 410
    feed = {key: kind for kind, key in told(walk(client, "first", "next"))}
    assert feed[agent.key] == "Delete"
    assert feed.get(bearer.key, "Delete") == "Delete"  # no Linked Art, so no entry
    queries.drain()
    for name, read in outlets(client, museum).items():
        text = read()
        assert not [mark for mark in marks if mark in text], name


def test_what_comes_back_comes_back_under_its_name(
    client: Client, museum: Museum, queries: Projector
) -> None:
    agent = museum.apprentice.person
    withdraw(agent, by=None)
    queries.drain()
    release(agent, by=None)
    queries.drain()
    headers = {"Accept": LINKED_ART}
    assert client.get(f"/id/agent/{agent.key}", headers=headers).status_code == 303
    known = json.loads(client.get(f"/linked-art/agent/{agent.key}").content)
    assert known["id"] == f"{museum_ids().base}id/agent/{agent.key}"
    assert museum.apprentice.key in body(ask(client, f"SELECT ?s {{ {of(museum)} }}"))
