"""Curators and projector at the same moment: needs a server that locks rows.

SQLite has one writer at a time, so there these cannot happen. `test_on_servers.py` runs
this file on PostgreSQL.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from heritage.catalogue.actions.release import release
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Agent, Collection, Relic
from heritage.linked_data.building import build_all
from heritage.linked_data.graphs import BuiltGraph, museum_ids
from heritage.linked_data.models import Mention
from heritage.linked_data.projector import take_rows, waiting
from knowledge_graph.namespaces import CRM
from tests.heritage.factories import make_collection, make_person, make_relic

from .museum import settled

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="run on PostgreSQL by test_on_servers.py",
    ),
]
PATIENCE_S = 300.0  # for a machine that computes other tests meanwhile


@pytest.fixture
def collection() -> Collection:
    return make_collection()


@pytest.fixture
def relic(collection: Collection) -> Relic:
    holder = make_person(collection, type=Agent.Type.GROUP)
    relic = make_relic(collection, holder=holder)
    release(relic, by=None)
    settled()
    return relic


def test_a_row_that_an_open_change_relies_on_is_not_taken(relic: Relic) -> None:
    relic.save()
    with transaction.atomic():
        relic.name_en = "Second"
        relic.save()
        assert waiting().count() == 1  # the change relies on the row that waits
        assert elsewhere(take_rows).result() == []
    assert len(elsewhere(take_rows).result()) == 1


def test_two_open_changes_do_not_wait_for_each_other(relic: Relic) -> None:
    relic.save()
    with transaction.atomic():
        relic.materials.create(material="iron")
        second = elsewhere(
            lambda: Relic.objects.get(pk=relic.pk).materials.create(material="tin")
        )
        second.result(PATIENCE_S)  # while the first is open
    assert waiting().count() >= 1
    settled()


def test_a_release_while_the_first_graph_is_built_is_not_missed(relic: Relic) -> None:
    """The release finds no mention yet, and the builder a holder not yet released."""
    Mention.objects.all().delete()
    name, holder = GraphName("relic", relic.key), relic.holder
    assert holder is not None
    with transaction.atomic():
        release(holder, by=None)
        building = elsewhere(lambda: build_all([name]).graphs[name])
        wait_until_blocked()
    keeper = museum_ids().thing("agent", holder.key)
    built: BuiltGraph = building.result(PATIENCE_S)
    assert keeper in {value for _, predicate, value in built.triples if predicate == CRM.P50_has_current_keeper}  # fmt: skip


def elsewhere(act: Callable[[], object]) -> Future:  # type: ignore[type-arg]
    """Do it in a thread with a connection of its own."""

    def run() -> object:
        try:
            return act()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)
    pool.shutdown(wait=False)
    return future


def wait_until_blocked() -> None:
    """Wait until somebody waits for a lock."""
    # Inside a transaction the server shows its activity as it first was.
    asked = "SELECT pg_stat_clear_snapshot()", "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"  # fmt: skip
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with connection.cursor() as cursor:
            for one in asked:
                cursor.execute(one)
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.01)
    raise AssertionError("nobody waited for the lock")
