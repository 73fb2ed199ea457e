"""Uploads by tus 1.0.0: every status, every header, and who may."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heritage.archive import due, room
from heritage.archive.actions import keep_uploads
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.errors import EmptyDeposit
from heritage.archive.models import Deposit, StoredFile, Upload, UploadChunk
from heritage.archive.uploads import receiving
from heritage.archive.uploads.errors import NotAllHere, UploadDamaged
from heritage.archive.uploads.places import bytes_path, held, uploads_folder
from heritage.captures.actions.uploads import add_uploads
from heritage.captures.models import Capture
from tests.heritage.factories import make_relic, make_user

from .tus import BODY, Sender, checksum, encoded, told

DATA = b"points 1 and the rest of a scan"


@pytest.fixture
def sender(client: Client, curator: User, capture: Capture) -> Sender:
    client.force_login(curator)
    return Sender(client, capture)


def test_a_server_says_what_it_can(sender: Sender, settings: Any) -> None:
    answer = sender.client.options(sender.start)
    assert answer.status_code == 204
    assert answer["Tus-Resumable"] == answer["Tus-Version"] == "1.0.0"
    extensions = set(answer["Tus-Extension"].split(","))
    assert extensions >= {"creation", "checksum", "termination", "expiration"}
    assert answer["Tus-Max-Size"] == str(settings.UPLOAD_LIMIT_BYTES)
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256,sha512"


def test_an_upload_is_begun_continued_and_told(sender: Sender) -> None:
    created = sender.create(len(DATA), "side/a.ply")
    assert created.status_code == 201
    assert (created["Tus-Resumable"], created["Upload-Offset"]) == ("1.0.0", "0")
    assert created["Location"].startswith("http://")
    assert created["Upload-Expires"].endswith("GMT")
    address = created["Location"]
    first = sender.patch(address, 0, DATA[:10])
    assert (first.status_code, first["Upload-Offset"]) == (204, "10")
    assert first["Upload-Expires"]
    head = sender.ask("HEAD", address)
    assert (head.status_code, head["Upload-Offset"]) == (200, "10")
    assert head["Upload-Length"] == str(len(DATA))
    assert head["Upload-Metadata"] == encoded(filename="side/a.ply")
    assert "no-store" in head["Cache-Control"]
    assert sender.patch(address, 10, DATA[10:])["Upload-Offset"] == str(len(DATA))
    upload = Upload.objects.get()
    assert upload.is_complete
    assert upload.name == "side/a.ply"
    assert bytes_path(upload.key).read_bytes() == DATA
    digests = list(upload.chunks.values_list("digest", flat=True))
    parts = (DATA[:10], DATA[10:])
    assert digests == [hashlib.sha256(part).hexdigest() for part in parts]
    # Arrived is not accepted.
    assert not Deposit.objects.exists()


def test_bytes_may_come_with_the_beginning(sender: Sender) -> None:
    answer = sender.ask(
        "POST", sender.start, DATA, Content_Type=BODY, Upload_Length=str(len(DATA)),
        Upload_Metadata=encoded(filename="a.ply"), Upload_Checksum=checksum(DATA),
    )  # fmt: skip
    assert (answer.status_code, answer["Upload-Offset"]) == (201, str(len(DATA)))


def test_a_bad_beginning_leaves_nothing(sender: Sender) -> None:
    answer = sender.ask(
        "POST", sender.start, DATA, Content_Type=BODY, Upload_Length=str(len(DATA)),
        Upload_Metadata=encoded(filename="a.ply"), Upload_Checksum=checksum(b"other"),
    )  # fmt: skip
    assert told(answer) == (460, "checksum-mismatch")
    assert not Upload.objects.open().exists()
    assert not list(uploads_folder().iterdir())


@pytest.mark.parametrize("version", ["", "0.2.2", "2.0.0"])
def test_another_version_is_not_spoken(sender: Sender, version: str) -> None:
    answer = sender.create(5, Tus_Resumable=version)
    assert told(answer) == (412, "wrong-version")
    assert answer["Tus-Version"] == "1.0.0"
    assert not Upload.objects.exists()


def test_a_method_may_be_told_by_a_header(sender: Sender) -> None:
    address = sender.begin(len(DATA))
    headers = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    answer = sender.ask("POST", address, DATA, Content_Type=BODY, **headers)
    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(DATA)))
    assert told(sender.ask("GET", address)) == (405, "wrong-method")


@pytest.mark.parametrize("key", ["nobody0000", "desk-capture-1", "x" * 300])
def test_what_is_no_upload_of_ours_is_not_written_to(sender: Sender, key: str) -> None:
    answer = sender.patch(f"{sender.start}{key}", 0, b"x")
    assert told(answer)[0] == 404
    assert not uploads_folder().exists() or not list(uploads_folder().iterdir())


@pytest.mark.parametrize("offset", [0, 9, 11, 10**12])
def test_only_the_very_offset_is_taken(sender: Sender, offset: int) -> None:
    address = sender.begin(len(DATA))
    sender.patch(address, 0, DATA[:10])
    answer = sender.patch(address, offset, b"x")
    assert told(answer) == (409, "wrong-offset")
    assert answer["Upload-Offset"] == "10"
    assert sender.offset(address) == 10


@pytest.mark.parametrize("offset", ["", "-1", "1.0", "many", "0x1", "١"])
def test_an_offset_that_is_no_number_is_refused(sender: Sender, offset: str) -> None:
    address = sender.begin(9)
    answer = sender.ask("PATCH", address, b"x", Content_Type=BODY, Upload_Offset=offset)
    assert told(answer) == (400, "bad-header")


def test_other_media_types_are_refused(sender: Sender) -> None:
    address = sender.begin(9)
    answer = sender.patch(address, 0, b"x", Content_Type="text/plain")
    assert told(answer) == (415, "wrong-media-type")


def test_a_body_of_unknown_length_is_refused(sender: Sender) -> None:
    address = sender.begin(9)
    answer = sender.client.generic(
        "PATCH", address, b"x", BODY, CONTENT_LENGTH="",
        headers={"Tus-Resumable": "1.0.0", "Upload-Offset": "0"},
    )  # fmt: skip
    assert told(answer) == (411, "length-missing")


def test_more_than_was_said_is_refused(sender: Sender) -> None:
    address = sender.begin(5)
    assert told(sender.patch(address, 0, b"123456")) == (413, "beyond-length")
    assert sender.offset(address) == 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_a_chunk_counts_only_if_its_checksum_agrees(
    sender: Sender, algorithm: str
) -> None:
    address = sender.begin(len(DATA))
    good = checksum(DATA[:10], algorithm)
    wrong = sender.patch(address, 0, b"0123456789", Upload_Checksum=good)
    assert told(wrong) == (460, "checksum-mismatch")
    assert sender.offset(address) == 0
    assert bytes_path(Upload.objects.get().key).stat().st_size == 0
    assert sender.patch(address, 0, DATA[:10], Upload_Checksum=good).status_code == 204
    chunk = UploadChunk.objects.get()
    assert chunk.algorithm == algorithm
    assert chunk.digest == hashlib.new(algorithm, DATA[:10]).hexdigest()


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("md5 abc=", "unknown-algorithm"),
        ("crc32", "unknown-algorithm"),
        ("", "unknown-algorithm"),
        ("sha1 ???", "bad-header"),
        ("sha1 YWJj", "bad-header"),
        ("sha256", "bad-header"),
    ],
)
def test_a_checksum_that_cannot_be_read_is_refused(
    sender: Sender, header: str, code: str
) -> None:
    address = sender.begin(3)
    answer = sender.patch(address, 0, b"abc", Upload_Checksum=header)
    assert told(answer) == (400, code)
    assert sender.offset(address) == 0


def test_chunks_are_no_longer_than_they_may_be(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "CHUNK_BYTES", 8)
    monkeypatch.setattr("heritage.archive.uploads.protocol.CHUNK_BYTES", 8)
    address = sender.begin(len(DATA))
    answer = sender.patch(address, 0, DATA[:9], Upload_Checksum=checksum(DATA[:9]))
    assert told(answer) == (413, "chunk-too-large")
    # Without a checksum of the sender's, a long body is cut into chunks of our own.
    assert sender.patch(address, 0, DATA).status_code == 204
    sizes = list(UploadChunk.objects.values_list("size_bytes", flat=True))
    assert sizes == [8, 8, 8, 7]


def test_an_upload_is_cancelled_and_gone(sender: Sender) -> None:
    address = sender.send(DATA)
    assert sender.ask("DELETE", address).status_code == 204
    assert not list(uploads_folder().iterdir())
    for method in ("HEAD", "DELETE"):
        answer = sender.ask(method, address)
        assert answer.status_code == 410
        assert "Upload-Offset" not in answer
    assert told(sender.patch(address, len(DATA), b"x")) == (410, "upload-gone")
    assert told(sender.ask("DELETE", f"{sender.start}nobody"))[0] == 404
    sender.begin(3)  # its name is free again


def test_two_do_not_write_to_one_upload(sender: Sender) -> None:
    address = sender.begin(len(DATA))
    with held(Upload.objects.get().key):
        assert told(sender.patch(address, 0, DATA)) == (423, "upload-busy")
        assert told(sender.ask("DELETE", address)) == (423, "upload-busy")
    assert sender.patch(address, 0, DATA).status_code == 204


@pytest.mark.parametrize(
    ("length", "metadata", "status", "code"),
    [
        ("", "", 400, "bad-header"),
        ("-1", "", 400, "bad-header"),
        ("9" * 30, "", 400, "bad-header"),
        (str(10**15), "", 413, "too-large"),
        ("5", "filename ???", 400, "bad-header"),
        ("5", "filename YQ==,filename YQ==", 400, "bad-header"),
        ("5", encoded(filename="../a.ply"), 422, "unsafe-name"),
        ("5", encoded(filename="/etc/a.ply"), 422, "unsafe-name"),
        ("5", encoded(filename="C:\\a.ply"), 422, "unsafe-name"),
        ("5", encoded(filename="a/" * 130 + "a.ply"), 422, "unsafe-name"),
    ],
)
def test_what_cannot_be_begun(
    sender: Sender, length: str, metadata: str, status: int, code: str
) -> None:
    answer = sender.ask(
        "POST", sender.start, Upload_Length=length, Upload_Metadata=metadata
    )
    assert told(answer) == (status, code)
    assert ("Tus-Max-Size" in answer) == (code == "too-large")
    assert not Upload.objects.exists()


def test_one_name_is_sent_once_at_a_time(sender: Sender) -> None:
    sender.begin(5, "caf\u00e9.ply")
    assert told(sender.create(5, "cafe\u0301.ply")) == (409, "name-taken")


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


def test_a_set_becomes_one_deposit(
    sender: Sender, capture: Capture, curator: User
) -> None:
    names = ["front/a.ply", "back/a.ply", "note.md"]
    for number, name in enumerate(names):
        sender.send(f"points {number}".encode(), name)
    _report, rows = add_uploads(capture, by=curator)
    assert Deposit.objects.count() == 1
    assert {row.stored_file.name for row in rows} == set(names)
    for number, name in enumerate(names):
        file = StoredFile.objects.get(name=name)
        data = f"points {number}".encode()
        assert file.absolute_path().read_bytes() == data
        assert file.sha512 == hashlib.sha512(data).hexdigest()
    assert not list(uploads_folder().iterdir())
    assert set(Upload.objects.values_list("state", flat=True)) == {"kept"}
    assert not UploadChunk.objects.exists()
    with pytest.raises(EmptyDeposit):
        add_uploads(capture, by=curator)


def test_a_set_is_not_kept_before_it_is_whole(
    sender: Sender, capture: Capture, curator: User
) -> None:
    sender.send(b"points 1", "a.ply")
    sender.begin(5, "b.ply")
    with pytest.raises(NotAllHere):
        add_uploads(capture, by=curator)
    assert not Deposit.objects.exists()


def test_bytes_that_changed_on_the_disk_are_not_kept(
    sender: Sender, capture: Capture, curator: User
) -> None:
    sender.send(b"points 1", "a.ply")
    bytes_path(Upload.objects.get().key).write_bytes(b"points 2")
    with pytest.raises(UploadDamaged):
        add_uploads(capture, by=curator)
    assert Deposit.objects.get().state == Deposit.State.REFUSED
    assert Upload.objects.get().is_open


def test_what_is_being_kept_is_not_cancelled(
    sender: Sender, capture: Capture, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = sender.send(b"points 1", "a.ply")
    asked = []

    def cancels_first(items: Any, **options: Any) -> Deposit:
        asked.append(told(sender.ask("DELETE", address)))
        return deposit_files(items, **options)

    monkeypatch.setattr(keep_uploads, "deposit_files", cancels_first)
    _report, (row,) = add_uploads(capture, by=curator)
    assert asked == [(409, "being-kept")]
    assert row.stored_file.absolute_path().read_bytes() == b"points 1"
    assert Upload.objects.get().state == Upload.State.KEPT


def test_after_a_kill_what_is_kept_is_not_cancelled_as_well(
    sender: Sender, capture: Capture, curator: User
) -> None:
    address = sender.send(b"points 1", "a.ply")
    deposit = deposit_files([("a.ply", io.BytesIO(b"points 1"))], by=curator)
    Upload.objects.update(deposit_key=deposit.key)  # and killed before it said so
    assert told(sender.ask("DELETE", address)) == (409, "being-kept")
    _report, (row,) = add_uploads(capture, by=curator)
    assert row.stored_file.deposit == deposit


def test_what_could_not_be_kept_is_cancelled(
    sender: Sender, capture: Capture, curator: User
) -> None:
    address = sender.send(b"points 1", "a.ply")
    bytes_path(Upload.objects.get().key).write_bytes(b"points 2")
    with pytest.raises(UploadDamaged):
        add_uploads(capture, by=curator)
    assert sender.ask("DELETE", address).status_code == 204
    assert not list(uploads_folder().iterdir())


def test_a_zero_byte_reaches_no_database(sender: Sender) -> None:
    metadata = encoded(filename="a.ply", lastModified="17\0\x1f20")
    answer = sender.ask(
        "POST", sender.start, Upload_Length="5", Upload_Metadata=metadata
    )
    assert answer.status_code == 201
    assert Upload.objects.get().modified == "1720"


def test_an_empty_file_is_whole_at_once(
    sender: Sender, capture: Capture, curator: User
) -> None:
    sender.begin(0, "empty.txt")
    _report, (row,) = add_uploads(capture, by=curator)
    assert row.stored_file.size_bytes == 0


def test_a_file_shorter_than_recorded_is_gone(sender: Sender) -> None:
    address = sender.begin(len(DATA))
    sender.patch(address, 0, DATA[:10])
    bytes_path(Upload.objects.get().key).write_bytes(DATA[:4])
    assert told(sender.patch(address, 10, DATA[10:])) == (410, "upload-gone")


def test_what_a_killed_request_wrote_beyond_its_record_is_cut_off(
    sender: Sender, capture: Capture, curator: User
) -> None:
    address = sender.begin(len(DATA))
    sender.patch(address, 0, DATA[:10])
    with bytes_path(Upload.objects.get().key).open("ab") as file:
        file.write(b"never recorded")
    assert sender.offset(address) == 10
    sender.patch(address, 10, DATA[10:])
    _report, (row,) = add_uploads(capture, by=curator)
    assert row.stored_file.absolute_path().read_bytes() == DATA


@given(cuts=st.lists(st.integers(0, 100), max_size=6), summed=st.booleans())
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_cut_at_any_percentage_and_resumed_it_is_the_same(
    sender: Sender, cuts: list[int], summed: bool
) -> None:
    """The connection breaks at each of these percentages; the sender asks and goes on."""
    Upload.objects.all().delete()
    data = bytes(range(256)) * 13
    address = sender.begin(len(data))
    for percent in sorted(cuts):
        offset = sender.offset(address)
        there = max(offset, len(data) * percent // 100)
        rest = data[offset:]
        headers = {"Upload_Checksum": checksum(rest)} if summed else {}
        # It promised all of the rest, and broke off.
        broken: Any = {"wsgi.input": io.BytesIO(data[offset:there])}
        answer = sender.client.generic(
            "PATCH", address, data[offset:there], BODY,
            CONTENT_TYPE=BODY, CONTENT_LENGTH=str(len(rest)),
            headers={"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset)}
            | {name.replace("_", "-"): value for name, value in headers.items()},
            **broken,
        )  # fmt: skip
        is_all = there == len(data)
        assert answer.status_code == (204 if is_all else 400)
        expected = there if is_all or not summed else offset
        assert sender.offset(address) == expected
    offset = sender.offset(address)
    assert sender.patch(address, offset, data[offset:]).status_code == 204
    upload = Upload.objects.open().get()
    assert bytes_path(upload.key).read_bytes() == data
    assert sum(chunk.size_bytes for chunk in upload.chunks.all()) == len(data)


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


def test_a_plain_form_takes_the_same_way(
    sender: Sender, capture: Capture, curator: User
) -> None:
    files = [
        SimpleUploadedFile("a.ply", b"points 1"),
        SimpleUploadedFile("b.ply", b"broken"),
    ]
    address = f"{sender.start}form/"
    answer = sender.client.post(address, {"files": files})
    # An error stops the set: the page says which, and the files wait.
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'data-code="unreadable-scan"' in page
    assert Upload.objects.open().count() == 2
    assert not Deposit.objects.exists()
    kept = sender.client.post(f"{sender.start}keep/", {"despite": "1"})
    assert kept.status_code == 302
    assert capture.files.count() == 2
    assert Deposit.objects.get().files.count() == 2


def test_a_form_with_nothing_chosen_is_told(sender: Sender) -> None:
    answer = sender.client.post(f"{sender.start}form/", follow=True)
    assert [str(one) for one in answer.context["messages"]] == [str(EmptyDeposit())]


def test_errors_stop_a_set_and_warnings_do_not(
    sender: Sender, capture: Capture
) -> None:
    headers = {"Accept": "application/json"}
    sender.send(b"points 1", "a.ply")
    sender.send(b"points 1", "b.ply")
    bad = sender.send(b"broken", "c.ply")
    told = sender.client.post(f"{sender.start}keep/", headers=headers)
    assert told.status_code == 422
    assert (told.json()["errors"], told.json()["files"]) == (1, 3)
    assert 'data-file="c.ply"' in told.json()["html"]
    sender.ask("DELETE", bad)
    checked = sender.client.post(f"{sender.start}check/", headers=headers).json()
    assert (checked["errors"], checked["warnings"]) == (0, 1)
    assert not Deposit.objects.exists()
    assert (
        sender.client.post(f"{sender.start}keep/", headers=headers).status_code == 200
    )
    assert capture.files.count() == 2
    report = sender.client.get(
        reverse("admin:captures_capture_report", args=[capture.pk])
    ).json()
    assert [one["code"] for one in report["findings"]] == ["same-content"]


def test_names_are_looked_at_before_they_are_sent(sender: Sender) -> None:
    names = {"names": ["a/b.ply", "a\\b.ply", "../c.ply", "A/B.PLY"]}
    told = sender.client.post(
        f"{sender.start}names/", names, content_type="application/json",
        headers={"Accept": "application/json"},
    ).json()  # fmt: skip
    found = {(one["code"], one["file"]) for one in told["findings"]}
    assert found == {
        ("name-twice", "a\\b.ply"), ("name-unsafe", "../c.ply"), ("name-alike", "A/B.PLY"),
    }  # fmt: skip
    wrong = sender.client.post(f"{sender.start}names/", "[]", "application/json")
    assert wrong.status_code == 400


def test_what_waits_is_shown_and_cancelled_without_a_script(sender: Sender) -> None:
    address = sender.begin(len(DATA), "half.ply")
    sender.patch(address, 0, DATA[:9])
    work = sender.start.removesuffix("uploads/")
    assert "half.ply" in sender.client.get(work).content.decode()
    sender.client.post(f"{address}/cancel/")
    assert "half.ply" not in sender.client.get(work).content.decode()


@pytest.mark.parametrize("page", ["keep/", "check/", "names/", "form/", "open/"])
def test_strangers_reach_none_of_it(
    client: Client, capture: Capture, stranger: User, page: str
) -> None:
    sender = Sender(client, capture)
    client.force_login(stranger)
    method = "GET" if page == "open/" else "POST"
    assert sender.ask(method, f"{sender.start}{page}").status_code == 403
