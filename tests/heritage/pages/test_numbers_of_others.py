"""Numbers that others give stand on the page of each kind of record, and in its head."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.models import IDENTIFIERS, Collection, Record
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_person,
    make_place,
    make_site,
)

from .test_found import ENGLISH, schema_of

pytestmark = pytest.mark.django_db
PAGES = {
    "agent": ("people", "Person"),
    "place": ("places", "Place"),
    "element": ("elements", "CreativeWork"),
    "bearer": ("bearers", "Person"),
    "site": ("sites", "LandmarksOrHistoricalBuildings"),
}


def made(kind: str, collection: Collection, **values: Any) -> Record:
    if kind == "bearer":
        element = make_element(collection, state="released")
        person = make_person(collection, state="released")
        bearer: Record = make_bearer(element, person, **values)
        return bearer
    makers = {"agent": make_person, "place": make_place, "element": make_element, "site": make_site}  # fmt: skip
    record: Record = makers[kind](collection, **values)
    return record


def with_number(record: Record) -> str:
    numbers = IDENTIFIERS[type(record)]
    numbers._default_manager.create(
        **{numbers.owner: record}, type="wikidata", identifier="Q42"
    )
    return f"/{PAGES[record.kind][0]}/{record.key}"


@pytest.mark.parametrize("kind", PAGES)
def test_the_public_reads_them_and_programs_follow_them(
    kind: str, collection: Collection, client: Client
) -> None:
    record = made(kind, collection, state="released")
    page = client.get(with_number(record), headers=ENGLISH).content.decode()
    assert page.count("Q42</dd>") == 1
    told = schema_of(page)
    assert told["@type"] == PAGES[kind][1]
    assert told["sameAs"] == ["http://www.wikidata.org/entity/Q42"]
    assert [one["value"] for one in told["identifier"]] == ["Q42"]


@pytest.mark.parametrize("kind", PAGES)
def test_of_a_draft_only_those_read_them_who_read_it(
    kind: str, collection: Collection, curator: User, volunteer: User, stranger: User
) -> None:
    address = with_number(made(kind, collection))
    for user, status in ((curator, 200), (volunteer, 200), (stranger, 404)):
        client = Client(headers=ENGLISH)
        client.force_login(user)
        answer = client.get(address)
        assert answer.status_code == status
        page = answer.content.decode()
        assert ("Q42" in page) is (status == 200)
        assert "sameAs" not in page
