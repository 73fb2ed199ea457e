"""What is done to the bytes is written down, and stays written."""

from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.discard import discard_derived
from heritage.archive.errors import EventsStay
from heritage.archive.events import Type, log_event
from heritage.archive.formats import FORMATS, UNKNOWN, format_of
from heritage.archive.models import Deposit, PreservationEvent
from heritage.catalogue.actions import release, withdraw
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


def types(key: str) -> list[str]:
    events = PreservationEvent.objects.filter(subject_key=key)
    return sorted(events.values_list("type", flat=True))


def test_a_deposit_is_ingested_and_its_digests_calculated(curator: User) -> None:
    deposit = deposit_files([("a.ply", BytesIO(b"1"))], by=curator)
    assert types(deposit.key) == ["ingestion", "message digest calculation"]
    event = PreservationEvent.objects.get(type="ingestion")
    assert event.person is not None
    assert (event.person.name, event.program.name) == (curator.username, "Heritage")
    assert event.detail["files"] == 1


def test_computed_files_are_derived_and_may_be_deleted() -> None:
    deposit = deposit_files(
        [("a.glb", BytesIO(b"1"))], kind=Deposit.Kind.DERIVED, by=None
    )
    discard_derived(deposit)
    assert types(deposit.key) == [
        "deletion",
        "derivation",
        "message digest calculation",
    ]


def test_a_withdrawal_takes_access_away(collection: Collection, curator: User) -> None:
    relic = make_relic(collection)
    release(relic, by=curator)
    withdraw(relic, by=curator, reason="loan ended")
    event = PreservationEvent.objects.get(subject_key=f"relic/{relic.key}")
    assert event.type == Type.ACCESS_REMOVED
    assert event.detail == {"reason": "loan ended"}
    assert event.person is not None
    assert event.person.name == curator.username


def test_events_are_only_added_to() -> None:
    event = log_event(Type.FIXITY, "relic/x")
    for change in (
        event.save,
        event.delete,
        PreservationEvent.objects.all().delete,
        lambda: PreservationEvent.objects.update(outcome="failure"),
    ):
        with pytest.raises(EventsStay):
            change()


def test_the_database_refuses_too() -> None:
    log_event(Type.FIXITY, "relic/x")
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        connection.cursor().execute("UPDATE archive_preservationevent SET outcome=''")


def test_formats_are_told_apart_by_their_endings() -> None:
    suffixes = [suffix for form in FORMATS for suffix in form.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert format_of("扫描/A.PLY").puid == "fmt/831"
    assert format_of("a.stl").puid == ""  # ASCII and binary have one each
    assert format_of("a.exotic") is UNKNOWN


def test_administrators_see_it_all_and_change_nothing(
    admin_client: Client, collection: Collection
) -> None:
    one = deposit_files([("a.ply", BytesIO(b"same"))], by=None).files.get()
    two = deposit_files([("b.ply", BytesIO(b"same"))], by=None).files.get()
    make_relic(collection)
    for model in ("deposit", "storedfile", "preservedrecord", "preservationevent"):
        listed = admin_client.get(reverse(f"admin:archive_{model}_changelist"))
        assert listed.status_code == 200
    page = admin_client.get(reverse("admin:archive_storedfile_change", args=[one.pk]))
    assert two.deposit.key in page.content.decode()
    page = admin_client.get(
        reverse("admin:archive_deposit_change", args=[one.deposit_id])
    )
    assert "fixity" not in page.content.decode()
    changed = admin_client.post(
        reverse("admin:archive_deposit_change", args=[one.deposit_id]), {"note": "x"}
    )
    assert changed.status_code == 403


@pytest.mark.parametrize("who", ["curator", "volunteer", "stranger"])
def test_others_do_not(
    client: Client, who: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    listed = client.get(reverse("admin:archive_deposit_changelist"))
    assert listed.status_code in {302, 403}
