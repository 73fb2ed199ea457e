"""What a bearer has agreed to decides what is public: pages, graph, lineage, media."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from time_machine import TimeMachineFixture

from heritage.catalogue import due
from heritage.catalogue.actions import (
    follow_status,
    record_act,
    release,
    strike_act,
    withdraw_consent,
)
from heritage.catalogue.actions.recordings import keep_file
from heritage.catalogue.errors import NotPermitted, NotReady
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import (
    SCOPES,
    Bearer,
    Collection,
    Consent,
    RecordingItem,
    Transmission,
)
from heritage.catalogue.policy import STRANGER, Person, allows
from heritage.linked_data import graphs
from heritage.linked_data.models import Outbox
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_person,
    make_recording,
)

ALL = {"covers_lineage": True, "covers_life": True, "covers_recordings": True}


@pytest.fixture
def pass_days(time_machine: TimeMachineFixture) -> Callable[[int], None]:
    time_machine.move_to(timezone.now(), tick=False)
    return lambda days: time_machine.shift(timedelta(days=days))


@pytest.fixture
def living(collection: Collection) -> Bearer:
    """A living bearer who has learned from one who is dead, and was recorded."""
    element = make_element(collection, state="released")
    person = make_person(collection, birth_year=1960, name_en="Living Li")
    bearer = make_bearer(
        element, person, status="living", works_en="A jar", generation=2
    )
    master = make_bearer(
        element, make_person(collection, name_en="Old Chen"), generation=1
    )
    for record in (person, master):
        release(record, by=None)
    Transmission.objects.create(master=master, apprentice=bearer)
    return bearer


def agree(
    bearer: Bearer, by: User | None, *, days: int = 30, **covers: bool
) -> Consent:
    until = timezone.localdate() + timedelta(days=days)
    consent = Consent(bearer=bearer, until=until, evidence="signed form", **covers)
    record_act(consent, by=by)
    bearer.refresh_from_db()
    return consent


def text_of(client: Client, bearer: Bearer) -> str:
    answer = client.get(f"/bearers/{bearer.key}", headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return str(answer.content.decode())


def triples_of(kind: str, row: Any) -> str:
    return str(graphs.build(GraphName(kind, row.key)).triples)


def test_without_a_consent_nothing_is_released(living: Bearer) -> None:
    with pytest.raises(NotReady):
        release(living, by=None)


def test_who_was_never_asked_is_closed_from_the_first_day(
    client: Client, living: Bearer, curator: User, volunteer: User
) -> None:
    """The person's own record is public, and the bearer's still a draft."""
    assert not any(getattr(living, f"open_{scope}") for scope in SCOPES)
    assert "1960" not in triples_of("agent", living.person)
    seen = [
        allows(person, living.person, "birth_year")
        for person in (Person.of(curator), Person.of(volunteer), STRANGER)
    ]
    assert seen == [True, True, False]
    dead = make_bearer(living.element, make_person(living.collection))
    assert all(getattr(dead, f"open_{scope}") for scope in SCOPES)


def test_the_persons_graph_hears_of_a_new_bearer(collection: Collection) -> None:
    person = make_person(collection, birth_year=1960)
    Outbox.objects.all().delete()
    make_bearer(make_element(collection), person, status="living")
    assert Outbox.objects.filter(kind="agent", key=person.key).exists()


def test_the_first_consent_of_the_dead_opens_what_it_covers(
    collection: Collection, curator: User
) -> None:
    dead = make_bearer(make_element(collection))
    agree(dead, curator, covers_life=True)
    assert (dead.open_life, dead.open_lineage) == (True, False)
    assert dead.consents.count() == 1


def test_a_bare_consent_opens_name_and_craft_alone(
    client: Client, living: Bearer, curator: User
) -> None:
    agree(living, curator)
    release(living, by=curator)
    text = text_of(client, living)
    assert living.element.title in text or living.element.name_en in text
    for private in ("1960", "A jar", "Old Chen", "Lineage", "signed form"):
        assert private not in text
    element = client.get(f"/elements/{living.element.key}").content.decode()
    assert living.name_en not in element
    assert "1960" not in triples_of("agent", living.person)
    assert "A jar" not in triples_of("bearer", living)
    assert not graphs.build(GraphName("transmission", living.learned.get().key)).triples


def test_each_scope_opens_its_own(
    client: Client, living: Bearer, curator: User
) -> None:
    agree(living, curator, covers_lineage=True)
    agree(living, curator, covers_life=True)
    release(living, by=curator)
    text = text_of(client, living)
    assert "Old Chen" in text
    assert "A jar" in text
    assert "1960" in triples_of("agent", living.person)
    assert "learnedFrom" in triples_of("transmission", living.learned.get())


def test_what_runs_out_closes_by_the_tick_and_the_graph_is_told(
    client: Client, living: Bearer, curator: User, pass_days: Callable[[int], None]
) -> None:
    agree(living, curator, days=90)
    agree(living, curator, days=10, **ALL)
    release(living, by=curator)
    pass_days(10)
    assert due.close_what_no_consent_covers() == 0
    pass_days(1)
    Outbox.objects.all().delete()
    assert due.close_what_no_consent_covers() == 1
    assert due.close_what_no_consent_covers() == 0
    assert due.withdraw_bearers_without_consent() == 0
    assert "A jar" not in text_of(client, living)
    queued = set(Outbox.objects.values_list("kind", flat=True))
    assert queued >= {"bearer", "transmission", "agent"}
    pass_days(80)
    assert due.withdraw_bearers_without_consent() == 1
    assert client.get(f"/bearers/{living.key}").status_code == 410


def test_taken_back_it_goes_at_once(
    client: Client, living: Bearer, curator: User, volunteer: User
) -> None:
    consent = agree(living, curator, **ALL)
    release(living, by=curator)
    with pytest.raises(NotPermitted):
        withdraw_consent(consent, by=volunteer)
    withdraw_consent(consent, by=curator)
    assert client.get(f"/bearers/{living.key}").status_code == 410
    living.refresh_from_db()
    assert (living.open_life, living.consent_until) == (False, None)


def test_a_consent_recorded_in_error_is_struck_through(
    living: Bearer, curator: User
) -> None:
    consent = agree(living, curator, **ALL)
    strike_act(consent, by=curator, reason="another person's form")
    living.refresh_from_db()
    assert not living.has_consent
    assert not living.open_recordings


def test_what_the_dead_agreed_to_lasts(living: Bearer, curator: User) -> None:
    agree(living, curator, days=1, covers_lineage=True)
    living.status = Bearer.Status.DECEASED
    living.save()
    Consent.objects.update(until=date(2000, 1, 1))
    follow_status(living, by=curator)
    living.refresh_from_db()
    assert (living.open_lineage, living.open_life) == (True, False)


def test_the_consent_that_was_there_before_is_kept(
    collection: Collection, curator: User
) -> None:
    """Of a record from before there were consents: its day, and all was public."""
    bearer = make_bearer(
        make_element(collection), status="living", consent_until=date(2099, 1, 1)
    )
    agree(bearer, curator, covers_life=True)
    assert bearer.consent_until == date(2099, 1, 1)
    assert bearer.open_lineage


@pytest.mark.parametrize(
    ("who", "status"),
    [("curator", 200), ("volunteer", 200), ("stranger", 404), (None, 404)],
)
@pytest.mark.parametrize("agreed", [True, False])
def test_recordings_play_for_whom_the_consent_allows(
    client: Client,
    living: Bearer,
    who: str | None,
    status: int,
    agreed: bool,
    request: pytest.FixtureRequest,
) -> None:
    agree(living, None, covers_recordings=True)
    recording = make_recording(living)
    release(living, by=None)
    release(recording, by=None)
    shown, inner = (
        RecordingItem.objects.create(
            recording=recording, kind="practice", title_zh="片", is_public=is_public
        )
        for is_public in (True, False)
    )
    for item in (shown, inner):
        keep_file(item, "film.txt", io.BytesIO(b"frames"), by=None)
    if not agreed:
        strike_act(living.consents.get(), by=None, reason="revoked")
    if who:
        client.force_login(request.getfixturevalue(who))
    answer = client.get(reverse("recorded", args=[shown.key]))
    assert answer.status_code == (200 if agreed else status)
    if answer.status_code == 200:
        assert b"".join(answer) == b"frames"
        assert answer["Cache-Control"] == "private, no-store"
        assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(reverse("recorded", args=[inner.key])).status_code == status
    named = shown.key in triples_of("recording", recording)
    assert named == agreed


def test_a_recording_waits_for_agreement_and_consent(living: Bearer) -> None:
    agree(living, None)
    recording = make_recording(living, agreement_signed_on=None)
    with pytest.raises(NotReady):
        release(recording, by=None)
    recording.agreement_signed_on = date(2020, 1, 1)
    with pytest.raises(NotReady):
        release(recording, by=None)
    agree(living, None, covers_recordings=True)
    recording.refresh_from_db()
    recording.agreement_signed_on = date(2020, 1, 1)
    recording.bearer = living
    release(recording, by=None)


def test_a_stranger_keeps_no_file_in_a_project(living: Bearer, stranger: User) -> None:
    item = RecordingItem.objects.create(
        recording=make_recording(living), kind="practice", title_zh="片"
    )
    with pytest.raises(NotPermitted):
        keep_file(item, "a.mp4", io.BytesIO(b"x"), by=stranger)


@pytest.mark.parametrize(
    ("who", "status"),
    [("curator", 200), ("volunteer", 200), ("stranger", 404), (None, 404)],
)
def test_the_lineage_file_holds_whom_the_reader_may_see(
    client: Client,
    living: Bearer,
    who: str | None,
    status: int,
    request: pytest.FixtureRequest,
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    address = reverse("lineage-picture", args=[living.element.key])
    answer = client.get(address, headers={"Accept-Language": "en"})
    picture = answer.content.decode()
    assert answer["Content-Type"] == "image/svg+xml"
    assert "Old Chen" in picture
    assert ("Living Li" in picture) == (status == 200)
    living.element.state = "draft"
    living.element.save()
    assert client.get(address).status_code == status
