"""How much may be on its way, for how long, and who may send and see it."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from heritage.archive import due, room
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Upload
from heritage.archive.uploads.places import bytes_path, uploads_folder
from heritage.captures.models import Capture
from tests.heritage.factories import make_relic, make_user

from .tus import DATA, Sender, told


def test_limits_of_a_person(sender: Sender, settings: Any) -> None:
    settings.UPLOADS_OPEN_FILES = 2
    settings.UPLOADS_OPEN_BYTES = 100
    sender.begin(60, "a.ply")
    assert told(sender.create(60, "b.ply")) == (413, "too-much-unfinished")
    sender.begin(40, "b.ply")
    assert told(sender.create(0, "c.ply")) == (429, "too-many-uploads")


def test_a_set_is_no_larger_than_a_deposit_may_be(
    sender: Sender, settings: Any
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 100
    sender.begin(60, "a.ply")
    assert told(sender.create(41, "b.ply")) == (413, "too-large")


def test_room_is_promised_before_the_first_byte(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = room.RESERVE_BYTES + 100
    monkeypatch.setattr(room, "free_bytes", lambda place=None: free)
    address = sender.begin(60, "a.ply")
    assert told(sender.create(41, "b.ply")) == (507, "no-space")
    sender.ask("DELETE", address)
    sender.begin(41, "b.ply")


def test_nothing_is_taken_where_the_archives_disk_is_away(
    sender: Sender, settings: Any, tmp_path: Path
) -> None:
    deposit_files([("a.ply", io.BytesIO(b"points 1"))], by=None)
    settings.ARCHIVE_ROOT = tmp_path / "not-mounted"
    assert told(sender.create(5)) == (503, "store-absent")
    assert not (tmp_path / ".not-mounted-uploads").exists()


def test_an_upload_nobody_goes_on_with_expires(
    sender: Sender, curator: User, time_machine: Any, settings: Any
) -> None:
    time_machine.move_to(timezone.now(), tick=False)
    address = sender.begin(len(DATA))
    settings.UPLOAD_DAYS = 7
    time_machine.shift(timedelta(days=6))
    assert due.end_overdue_uploads() == 0
    sender.patch(address, 0, DATA[:3])  # which gives it another week
    time_machine.shift(timedelta(days=6))
    assert due.end_overdue_uploads() == 0
    time_machine.shift(timedelta(days=2))
    assert due.end_overdue_uploads() == 1
    assert due.end_overdue_uploads() == 0
    sender.client.force_login(curator)  # the session has expired as well
    assert sender.ask("HEAD", address).status_code == 410
    assert not list(uploads_folder().iterdir())
    time_machine.shift(timedelta(days=31))
    due.end_overdue_uploads()
    assert not Upload.objects.exists()


def test_bytes_nobody_knows_of_are_removed_after_a_day(
    sender: Sender, time_machine: Any
) -> None:
    sender.begin(5)
    bytes_path("orphan").write_bytes(b"of a row that was never written")
    time_machine.move_to(timezone.now() + timedelta(hours=23), tick=False)
    assert due.end_overdue_uploads() == 0
    time_machine.shift(timedelta(hours=2))
    assert due.end_overdue_uploads() == 1
    assert [path.name for path in uploads_folder().iterdir()] == [
        Upload.objects.get().key
    ]


def test_who_may_send(
    client: Client, capture: Capture, curator: User, volunteer: User, stranger: User
) -> None:
    """By the rule that deposits follow: those who work in the relic's collection."""
    elsewhere = make_user(is_staff=True)
    sender = Sender(client, capture)
    assert told(sender.create(5)) == (403, "not-logged-in")
    for person, status in ((curator, 201), (volunteer, 201), (stranger, 403)):
        client.force_login(person)
        assert sender.create(5).status_code == status
    client.force_login(elsewhere)
    assert sender.create(5).status_code == 404


def test_nobody_touches_the_upload_of_another(
    sender: Sender, volunteer: User, capture: Capture
) -> None:
    address = sender.begin(5)
    sender.client.force_login(volunteer)
    for method in ("HEAD", "DELETE"):
        assert sender.ask(method, address).status_code == 404
    assert sender.patch(address, 0, b"12345").status_code == 404


def test_no_other_site_can_send(capture: Capture, curator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(curator)
    sender = Sender(client, capture)
    assert sender.create(5).status_code == 403
    client.get("/admin/")
    token = client.cookies["csrftoken"].value
    address = sender.create(5, X_CSRFToken=token)["Location"]
    assert sender.patch(address, 0, b"12345").status_code == 403
    assert sender.ask("DELETE", address).status_code == 403
    assert sender.patch(address, 0, b"12345", X_CSRFToken=token).status_code == 204


def test_open_uploads_are_listed(sender: Sender, museum_folder: Path) -> None:
    address = sender.begin(len(DATA), "side/a.ply")
    sender.patch(address, 0, DATA[:7])
    (one,) = sender.client.get(f"{sender.start}open/").json()["uploads"]
    assert (one["name"], one["size"], one["offset"]) == ("side/a.ply", len(DATA), 7)
    assert address.endswith(one["address"])
    other = Capture.objects.create(
        relic=make_relic(Capture.objects.get().relic.collection)
    )
    theirs = Sender(sender.client, other)
    assert sender.client.get(f"{theirs.start}open/").json()["uploads"] == []


@pytest.mark.parametrize("page", ["keep/", "check/", "names/", "form/", "open/"])
def test_strangers_reach_none_of_it(
    client: Client, capture: Capture, stranger: User, page: str
) -> None:
    sender = Sender(client, capture)
    client.force_login(stranger)
    method = "GET" if page == "open/" else "POST"
    assert sender.ask(method, f"{sender.start}{page}").status_code == 403
