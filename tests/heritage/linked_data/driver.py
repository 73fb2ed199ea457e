"""Run as a program in a museum of its own: what a curator and a scholar do.

`python -m tests.heritage.linked_data.driver ACT` prints one line of JSON. It speaks to the
projector and the query process that a test has started on the same folder.
"""

import json
import random
import sys
import time
from typing import Any
from urllib.parse import quote

import django

django.setup()

from django.test import Client  # noqa: E402

from heritage.catalogue.actions.release import (  # noqa: E402
    find_gaps,
    release,
    withdraw,
)
from heritage.catalogue.models import Record, Relic  # noqa: E402
from heritage.linked_data.drift import find_drift  # noqa: E402
from heritage.linked_data.graphs import museum_ids  # noqa: E402
from heritage.linked_data.models import PublishedGraph  # noqa: E402
from heritage.linked_data.projector import Projector, waiting  # noqa: E402
from heritage.linked_data.stores import open_store  # noqa: E402
from knowledge_graph.examples import examples  # noqa: E402
from tests.heritage.factories import make_collection, make_relic  # noqa: E402

from .samples import Museum, make_museum  # noqa: E402

PATIENCE_S = 300.0  # for a machine that computes other tests meanwhile


def ask(query: str) -> dict[str, Any]:
    response = Client(headers={"host": "localhost"}).get(
        f"/sparql?query={quote(query)}&format=json"
    )
    assert response.status_code == 200, response
    answer: dict[str, Any] = json.loads(response.getvalue())
    return answer


def seconds_until(key: str, *, there: bool) -> float:
    """Ask until the relic is there, or is not; give how long that took."""
    started = time.monotonic()
    query = f"ASK {{ <{museum_ids().thing('relic', key)}> ?p ?o }}"
    while ask(query)["boolean"] is not there:
        assert time.monotonic() - started < PATIENCE_S, "the graph did not follow"
        time.sleep(0.005)
    return round(time.monotonic() - started, 3)


def release_and_ask() -> dict[str, list[float]]:
    """Measure five releases and withdrawals, from the act to the answer."""
    collection = make_collection()
    came, went = [], []
    for _ in range(5):
        relic = make_relic(collection)
        release(relic, by=None)
        came.append(seconds_until(relic.key, there=True))
        withdraw(relic, by=None)
        went.append(seconds_until(relic.key, there=False))
    return {"released_s": came, "withdrawn_s": went}


def fill_and_query() -> dict[str, Any]:
    """Make a small museum and ask every example question of it."""
    museum = make_museum(make_collection())
    museum.relic.dimensions.filter(origin="scan").update(run_key=museum.run.key)
    museum.release()
    wait_for_the_projector()
    model = museum.run.derivatives.get(role="model")
    answers = {
        one.slug.split("-")[0]: ask(one.text("zh-hans"))["results"]["bindings"]
        for one in examples(museum_ids())
    }
    known = {
        "relic": museum_ids().thing("relic", museum.relic.key),
        "bearer": museum_ids().thing("agent", museum.apprentice.person.key),
        "element": museum_ids().thing("element", museum.element.key),
        "model": museum_ids().thing("derivative", model.key),
        "run": museum_ids().thing("run", museum.run.key),
    }
    return {"answers": answers, "known": known}


def work_on() -> dict[str, int]:
    """Change the register without a pause, for another process to be killed meanwhile."""
    collection = make_collection()
    for number in range(60):
        relic = make_relic(collection)
        release(relic, by=None)
        if number % 3 == 0:
            withdraw(relic, by=None)
        Relic.objects.filter(pk=relic.pk).update(name_en=f"Relic {number}")
    return {"relics": Relic.objects.count()}


def storm() -> dict[str, int]:
    """Make random edits, as many as the second argument says, while others are killed."""
    chance, done = random.Random(5), 0  # noqa: S311 - the same edits every time
    museum = make_museum(make_collection())
    museum.release()
    relics = [make_relic(museum.relic.collection) for _ in range(20)]
    while done < int(sys.argv[2]):
        _edit(chance, chance.choice([*museum.records, *relics]), museum, done)
        done += 1
    return {"edits": done}


def _edit(chance: random.Random, record: Record, museum: Museum, number: int) -> None:
    """Do one of the things that change what the public may see."""
    record.refresh_from_db()
    act = chance.randrange(4)
    if act == 0:
        record.name_en = f"Name {number}"
        record.save(update_fields=["name_en", "modified_at"])
    elif act == 1 and record.is_released:
        withdraw(record, by=None)
    elif act == 2 and isinstance(record, Relic):
        record.holder = museum.master.person if number % 2 else None
        record.save(update_fields=["holder", "modified_at"])
    elif not record.is_released and not find_gaps(record):
        release(record, by=None)


def save_and_ask() -> dict[str, list[float]]:
    """Save relics at a steady rate; time some of the saves until queries see them.

    The arguments: how many saves, how many a second, one in how many is asked for.
    """
    count, rate, every = (int(word) for word in sys.argv[2:5])
    relics = list(Relic.objects.order_by("pk")[:count])
    committed: dict[str, tuple[str, float]] = {}
    seconds: list[float] = []
    begun = time.monotonic()
    for number in range(count):
        relic = relics[number % len(relics)]
        relic.name_en = f"Saved {number}"
        relic.save(update_fields=["name_en", "modified_at"])
        if number % every == 0:
            committed[relic.key] = (relic.name_en, time.monotonic())
        _look_for(committed, seconds)
        time.sleep(max(0.0, begun + (number + 1) / rate - time.monotonic()))
    while committed:
        assert time.monotonic() - begun < PATIENCE_S + count / rate
        _look_for(committed, seconds)
    return {"seconds": seconds}


def _look_for(committed: dict[str, tuple[str, float]], seconds: list[float]) -> None:
    """Ask at once for all that were committed, and note what has come."""
    if not committed:
        return
    names = " ".join(f'"{name}"@en' for name, _ in committed.values())
    query = f"SELECT ?s {{ VALUES ?n {{ {names} }} ?s rdfs:label ?n }}"
    prefix = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    for row in ask(prefix + query)["results"]["bindings"]:
        _, moment = committed.pop(row["s"]["value"].rpartition("/")[2])
        seconds.append(time.monotonic() - moment)


def keys() -> dict[str, list[str]]:
    rows = Relic.objects.order_by("pk").values_list("key", flat=True)
    return {"keys": list(rows[:500])}


def look_for_drift() -> dict[str, Any]:
    """Project what is left, as a projector that starts again does, and compare."""
    store = open_store()
    projector = Projector(store)
    projector.reconcile()
    projector.drain()
    store.close()
    rows = PublishedGraph.objects.filter(kind="relic")
    return {"drift": [str(one) for one in find_drift()], "published": rows.count()}


def wait_for_the_projector() -> None:
    started = time.monotonic()
    while waiting().exists():
        assert time.monotonic() - started < PATIENCE_S, "the projector did not follow"
        time.sleep(0.02)


ACTS = {
    "release-and-ask": release_and_ask,
    "fill-and-query": fill_and_query,
    "work-on": work_on,
    "storm": storm,
    "save-and-ask": save_and_ask,
    "keys": keys,
    "look-for-drift": look_for_drift,
}

if __name__ == "__main__":
    print(json.dumps(ACTS[sys.argv[1]]()))  # noqa: T201
