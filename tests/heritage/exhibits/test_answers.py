"""Answers are compressed for who takes that, and kept until anything changes."""

import gzip
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from heritage.catalogue.models import Collection
from heritage.exhibits.models import Exhibit
from heritage.exhibits.scene import device_out
from heritage.lib.moments import moment_now
from tests.heritage.factories import make_collection, make_exhibit


def elsewhere(act: Any) -> None:
    """Do something to the database on a connection of its own."""

    def do() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=do)
    thread.start()
    thread.join()


def test_json_is_packed_for_who_takes_it(client: Client, exhibit: Exhibit) -> None:
    url = f"/api/exhibits/{exhibit.key}/scene"
    plain = client.get(url)
    packed = client.get(url, headers={"Accept-Encoding": "br, gzip;q=0.8"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert "Accept-Encoding" in packed["Vary"]
    again = {"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]}
    assert client.get(url, headers=again).status_code == 304
    for refused in ("gzip;q=0", "identity", "br"):
        answer = client.get(url, headers={"Accept-Encoding": refused})
        assert "Content-Encoding" not in answer


@pytest.mark.django_db(transaction=True)
def test_a_moment_lasts_until_somebody_commits() -> None:
    before = moment_now()
    assert before == moment_now()
    make_collection()
    after = moment_now()
    assert after != before
    elsewhere(make_collection)
    assert moment_now() != after
    with transaction.atomic():
        assert moment_now() is None


@pytest.mark.django_db(transaction=True)
def test_a_list_is_built_once_and_again_after_a_change(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    collection: Collection = make_collection()
    exhibit = make_exhibit(collection, state="released")
    built: list[str] = []

    def counted(device: Any) -> Any:
        built.append(device.name)
        return device_out(device)

    monkeypatch.setattr("heritage.exhibits.api.device_out", counted)
    first = client.get("/api/exhibits").json()
    once = len(built)
    assert client.get("/api/exhibits").json() == first
    assert len(built) == once
    elsewhere(lambda: Exhibit.objects.filter(pk=exhibit.pk).update(state="withdrawn"))
    assert client.get("/api/exhibits").json()["items"] == []
    assert len(built) == 2 * once
