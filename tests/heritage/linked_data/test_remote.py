"""The same projector and endpoint with a SPARQL engine at a URL, by a setting."""

import json
from typing import Any

import pytest
from django.test import Client

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection
from heritage.linked_data.drift import find_drift
from heritage.linked_data.graphs import museum_ids
from heritage.linked_data.stores import open_store
from tests.heritage.factories import make_relic
from tests.knowledge_graph.processes import sparql_engine

from .museum import HastyProjector

pytestmark = pytest.mark.slow


def test_a_remote_engine_serves_as_well(
    client: Client, collection: Collection, settings: Any
) -> None:
    with sparql_engine() as settings.GRAPH_URL:
        projector = HastyProjector(open_store())
        projector.reconcile()
        relic = make_relic(collection)
        release(relic, by=None)
        projector.drain()
        assert find_drift() == []
        assert is_known(client, relic.key)
        withdraw(relic, by=None)
        projector.drain()
        assert not is_known(client, relic.key)
    assert client.get("/sparql", {"query": "ASK {}"}).status_code == 503


def is_known(client: Client, key: str) -> bool:
    query = f"ASK {{ <{museum_ids().thing('relic', key)}> ?p ?o }}"
    response: Any = client.get("/sparql", {"query": query})
    return bool(json.loads(response.getvalue())["boolean"])
