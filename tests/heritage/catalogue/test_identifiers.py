"""Every kind of record has the numbers that others give it, each held to its form."""

from collections.abc import Callable
from typing import Final

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from heritage.archive.records import build_document
from heritage.catalogue.mentions import Mentions
from heritage.catalogue.models import (
    IDENTIFIERS,
    Collection,
    PlaceIdentifier,
    Record,
)
from heritage.exhibits.models import ExhibitIdentifier
from heritage.linked_data.graphs import SOURCES, museum_ids
from tests.heritage import factories as make
from tests.heritage.search.desk import found, keep_up

pytestmark = pytest.mark.django_db
MADE: Final[dict[str, Callable[[Collection], Record]]] = {
    "agent": make.make_person,
    "place": make.make_place,
    "period": make.make_period,
    "element": make.make_element,
    "bearer": lambda inside: make.make_bearer(make.make_element(inside)),
    "site": make.make_site,
    "find-batch": lambda inside: make.make_find_batch(make.make_site(inside)),
    "recording": lambda inside: make.make_recording(
        make.make_bearer(make.make_element(inside))
    ),
    "exhibit": make.make_exhibit,
}
FOUND: Final = {kind for kind in MADE if kind not in ("find-batch", "recording")}


def test_no_kind_is_forgotten() -> None:
    assert {model.kind for model in IDENTIFIERS} == set(MADE)


@pytest.mark.parametrize("kind", MADE)
def test_a_number_is_kept_as_it_is_written_told_and_found(
    kind: str, collection: Collection, curator: User
) -> None:
    record = MADE[kind](collection)
    numbers = IDENTIFIERS[type(record)]
    said = {numbers.owner: record, "type": "wikidata"}
    with pytest.raises(ValidationError):
        numbers(**said, identifier="42").full_clean()
    row = numbers(**said, identifier=" Ｑ４２ ")
    row.full_clean()
    keep_up()  # as it is without the number
    row.save()
    assert row.identifier == "Q42"
    told = SOURCES[kind].build(record, Mentions(museum_ids()))
    assert "Q42" in {str(value) for _subject, _verb, value in told}
    if kind in FOUND:
        keep_up()
        assert record.key in found("Q42", curator)


def test_one_number_names_one_thing_of_a_kind(collection: Collection) -> None:
    first, second = make.make_place(collection), make.make_place(collection)
    PlaceIdentifier.objects.create(place=first, type="wikidata", identifier="Q1")
    with pytest.raises(ValidationError):
        PlaceIdentifier(place=second, type="wikidata", identifier="Q1").full_clean()
    PlaceIdentifier(place=second, type="photograph", identifier="P-1").full_clean()


@pytest.mark.parametrize("kind", MADE)
def test_curators_write_them_on_the_page_of_the_record(
    kind: str, collection: Collection, client: Client, curator: User, stranger: User
) -> None:
    record = MADE[kind](collection)
    meta = type(record)._meta
    name = f"admin:{meta.app_label}_{meta.model_name}_change"
    address = reverse(name, args=[record.pk])
    client.force_login(curator)
    assert b'name="identifiers-TOTAL_FORMS"' in client.get(address).content
    client.force_login(stranger)
    assert client.get(address).status_code in (302, 403)


def test_an_exhibit_tells_its_numbers_on_its_page_and_keeps_them(
    collection: Collection, client: Client
) -> None:
    exhibit = make.make_exhibit(collection, state=Record.State.RELEASED)
    row = ExhibitIdentifier.objects.create(
        exhibit=exhibit, type="wikidata", identifier="Q7777"
    )
    page = client.get(reverse("exhibit", args=[exhibit.key])).content.decode()
    assert str(row) in page
    assert "wikidata.org/entity/Q7777" in page  # the same as, for search engines
    assert b"Q7777" in build_document("exhibit", exhibit.key)
