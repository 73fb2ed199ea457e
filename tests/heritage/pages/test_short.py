"""Short addresses and their codes: of relics, buildings, practices and exhibits."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.actions.release import withdraw
from heritage.catalogue.models import Collection, Record
from heritage.custody.codes import label_address
from tests.heritage.factories import make_element, make_exhibit, make_relic, make_site

MAKERS = {
    "relic": make_relic,
    "element": make_element,
    "site": make_site,
    "exhibit": make_exhibit,
}


@pytest.fixture(params=sorted(MAKERS))
def record(request: pytest.FixtureRequest, collection: Collection) -> Record:
    made: Record = MAKERS[request.param](collection, state="released")
    return made


def test_a_label_leads_to_the_thing_and_on_to_its_page(
    client: Client, record: Record
) -> None:
    path = "/" + label_address(record).split("/", 3)[3]
    first = client.get(path.upper().replace("/R/", "/r/"))
    assert first["Location"] == f"/id/{record.kind}/{record.key}"
    there = client.get(first["Location"], headers={"Accept": "text/html"})
    page = client.get(there["Location"])
    assert page.status_code == 200
    assert record.name_zh in page.content.decode()


def test_the_code_is_a_picture_for_whoever_sees_the_record(
    client: Client, record: Record, curator: User, stranger: User, volunteer: User
) -> None:
    shown = client.get(f"/r/{record.key}.svg")
    assert shown["Content-Type"] == "image/svg+xml"
    assert b"<svg" in shown.content
    type(record)._default_manager.filter(pk=record.pk).update(state="draft")
    for person, status in ((curator, 200), (volunteer, 200), (stranger, 404)):
        client.force_login(person)
        assert client.get(f"/r/{record.key}.svg").status_code == status


def test_a_hidden_record_is_as_one_that_never_was(
    client: Client, record: Record
) -> None:
    type(record)._default_manager.filter(pk=record.pk).update(state="draft")
    hidden = client.get(f"/r/{record.key}")["Location"]
    never = client.get("/r/0000000000")["Location"]
    assert hidden.replace(record.key, "") == never.replace("0000000000", "")
    assert client.get("/r/not-a-key").status_code == 404


def test_a_withdrawn_record_says_so(client: Client, record: Record) -> None:
    withdraw(record, by=None)
    there = client.get(f"/r/{record.key}")["Location"]
    assert there == f"/id/{record.kind}/{record.key}"
    assert client.get(there).status_code == 410
