"""Living heritage in the admin: decisions are recorded, consents are for curators."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from heritage.archive.models import StoredFile
from heritage.catalogue.actions import record_act, release
from heritage.catalogue.models import (
    Bearer,
    Collection,
    Consent,
    Element,
    RecordingItem,
    Transmission,
)
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_person,
    make_recording,
)

from .test_admin import form_of

ENGLISH = {"Accept-Language": "en"}


def address(record: Any, view: str = "change") -> str:
    return reverse(
        f"admin:catalogue_{record._meta.model_name}_{view}", args=[record.pk]
    )


def added(data: dict[str, Any], prefix: str, **values: Any) -> dict[str, Any]:
    """Fill in one more row of an inline."""
    number = int(data[f"{prefix}-TOTAL_FORMS"])
    row = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return data | row | {f"{prefix}-TOTAL_FORMS": number + 1}


@pytest.fixture
def bearer(collection: Collection) -> Bearer:
    """A released living bearer with an apprentice, whose consent opens everything."""
    element = make_element(collection)
    bearer = make_bearer(element, status="living", generation=1, name_en="Old Chen")
    consent = Consent(
        bearer=bearer, until=date(2099, 5, 6), covers_lineage=True,
        covers_life=True, covers_recordings=True, evidence="secret-form",
    )  # fmt: skip
    record_act(consent, by=None)
    bearer.refresh_from_db()
    release(bearer, by=None)
    pupil = make_bearer(element, make_person(collection), name_en="Young Wu")
    Transmission.objects.create(master=bearer, apprentice=pupil, dissent="inside-talk")
    return bearer


def test_a_listing_is_recorded_by_the_form_and_the_level_follows(
    client: Client, volunteer: User, collection: Collection
) -> None:
    element = make_element(collection, code="Ⅷ-9")
    client.force_login(volunteer)
    data = form_of(client, element)
    assert "level" not in data
    row = added(data, "listings", level="provincial", listed_year="2009", batch="3")
    assert client.post(address(element), row).status_code == 302
    element.refresh_from_db()
    assert (element.level, element.listed_year, element.batch) == (
        "provincial",
        2009,
        3,
    )
    assert element.listings.get().recorded_by == volunteer


def test_a_wrong_code_is_said_on_the_form(
    client: Client, curator: User, collection: Collection
) -> None:
    element = make_element(collection)
    client.force_login(curator)
    data = form_of(client, element) | {"code": "Ⅱ-9"}
    answer = client.post(address(element), data, headers=ENGLISH)
    assert "numeral of the code is that of another category" in answer.content.decode()
    assert Element.objects.get().code == ""


def test_a_consent_is_taken_back_on_the_form(
    client: Client, curator: User, bearer: Bearer
) -> None:
    client.force_login(curator)
    data = form_of(client, bearer)
    assert data["consents-0-until"] == date(2099, 5, 6)
    data["consents-0-taken_back"] = "on"
    client.post(address(bearer), data)
    bearer.refresh_from_db()
    assert (bearer.state, bearer.open_life) == ("withdrawn", False)
    assert bearer.consents.get().withdrawn_on is not None


@pytest.mark.parametrize(("who", "sees"), [("curator", True), ("volunteer", False)])
def test_consents_are_for_curators(
    client: Client, bearer: Bearer, who: str, sees: bool, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    text = client.get(address(bearer)).content.decode()
    assert ("secret-form" in text) == sees
    assert ("2099" in text) == sees
    bearer.consent_until = date(2097, 1, 1)
    bearer.name_zh = "改名"
    bearer.save()
    told = client.get(address(bearer, "history")).content.decode()
    assert "改名" in told
    assert ("2097" in told) == sees


def test_a_volunteers_save_touches_no_consent(
    client: Client, volunteer: User, bearer: Bearer
) -> None:
    Bearer.objects.filter(pk=bearer.pk).update(state="draft")
    client.force_login(volunteer)
    data = form_of(client, bearer) | {"name_zh": "新名", "consents-0-taken_back": "on"}
    client.post(address(bearer), data)
    bearer.refresh_from_db()
    assert (bearer.name_zh, bearer.state) == ("新名", "draft")
    assert bearer.consents.get().withdrawn_on is None


def test_a_stranger_enters_no_form(
    client: Client, stranger: User, bearer: Bearer
) -> None:
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    for view in ("change", "history"):
        assert client.get(address(bearer, view)).status_code in (302, 403)


def test_the_lineage_is_on_the_form_and_leads_to_forms(
    client: Client, volunteer: User, bearer: Bearer
) -> None:
    client.force_login(volunteer)
    for record in (bearer, bearer.element):
        text = client.get(address(record), headers=ENGLISH).content.decode()
        assert "Old Chen → Young Wu" in text
        assert f'href="{address(bearer)}"' in text


def test_who_dies_needs_no_consent_any_more(
    client: Client, curator: User, bearer: Bearer
) -> None:
    client.force_login(curator)
    data = form_of(client, bearer) | {"status": "deceased"}
    client.post(address(bearer), data)
    bearer.refresh_from_db()
    assert (bearer.status, bearer.state, bearer.open_lineage) == (
        "deceased", "released", True,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_a_file_goes_into_the_archive(
    client: Client, volunteer: User, bearer: Bearer
) -> None:
    recording = make_recording(bearer)
    item = RecordingItem.objects.create(
        recording=recording, kind="practice", title_zh="片"
    )
    client.force_login(volunteer)
    upload = SimpleUploadedFile("片.mp4", b"frames")
    data = form_of(client, recording) | {"items-0-upload": upload}
    assert client.post(address(recording), data).status_code == 302
    item.refresh_from_db()
    stored = StoredFile.objects.get()
    assert item.stored_file == stored
    assert (stored.original_name or stored.name, stored.size_bytes) == ("片.mp4", 6)
