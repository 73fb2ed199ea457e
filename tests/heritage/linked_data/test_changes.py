"""The feed of changes: whole, in order, walked from either end, and nothing of drafts."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection
from heritage.linked_data import changes
from heritage.linked_data.graphs import museum_ids
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


def read(client: Client, address: str) -> dict[str, Any]:
    response = client.get(address.removeprefix(museum_ids().base.rstrip("/")))
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    known: dict[str, Any] = json.loads(response.content)
    return known


def walk(client: Client, start: str, key: str) -> list[dict[str, Any]]:
    """Follow the pages from one end; give them."""
    pages, reference = [], read(client, "/changes")[start]
    while reference:
        pages.append(read(client, reference["id"]))
        reference = pages[-1].get(key)
    return pages


def told(pages: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [
        (item["type"], item["object"]["id"].rsplit("/", 1)[1])
        for page in pages
        for item in page["orderedItems"]
    ]


def test_an_empty_museum_has_no_pages(client: Client, collection: Collection) -> None:
    make_relic(collection)  # a draft
    known = read(client, "/changes")
    assert known["totalItems"] == 0
    assert "first" not in known


def test_changes_are_walked_from_either_end(
    client: Client, collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAGE", 2)
    start = timezone.now() - timedelta(days=3)
    wanted = []
    for number in range(5):
        # Three on one day, two on another.
        with time_machine.travel(start + timedelta(days=number // 3, seconds=number)):
            relic = make_relic(collection)
            release(relic, by=None)
            wanted.append(relic.key)
    pages = walk(client, "first", "next")
    assert [key for _, key in told(pages)] == wanted
    assert {kind for kind, _ in told(pages)} == {"Create"}
    assert walk(client, "last", "prev") == pages[::-1]
    indices = [page["startIndex"] for page in pages]
    counts = [len(page["orderedItems"]) for page in pages]
    assert indices == [sum(counts[:number]) for number in range(len(counts))]
    assert read(client, "/changes")["totalItems"] == sum(counts) == 5
    assert pages[0]["orderedItems"][0]["object"]["type"] == "HumanMadeObject"


def test_a_change_is_told_as_what_it_is(client: Client, collection: Collection) -> None:
    changed, gone = make_relic(collection), make_relic(collection)
    for relic in (changed, gone):
        release(relic, by=None)
        relic.refresh_from_db()
    with time_machine.travel(timezone.now() + timedelta(seconds=5)):
        changed.save()
        withdraw(gone, by=None)
    known = {key: kind for kind, key in told(walk(client, "first", "next"))}
    assert known == {changed.key: "Update", gone.key: "Delete"}


@pytest.mark.parametrize(
    "name", ["20261121-0", "20261121-9", "x", "20269999-1", "1-1", f"20261121-{10**30}"]
)
def test_a_page_that_is_not_there_is_not_found(client: Client, name: str) -> None:
    assert client.get(f"/changes/{name}").status_code == 404
