"""Uploads become a deposit: all of a set or none, after one look at it."""

import hashlib
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from heritage.archive.actions import keep_uploads
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.errors import EmptyDeposit
from heritage.archive.models import Deposit, StoredFile, Upload, UploadChunk
from heritage.archive.uploads.errors import NotAllHere, UploadDamaged
from heritage.archive.uploads.places import bytes_path, uploads_folder
from heritage.captures.actions.uploads import add_uploads
from heritage.captures.models import Capture

from .tus import DATA, Sender, told


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


def test_an_empty_file_is_whole_at_once(
    sender: Sender, capture: Capture, curator: User
) -> None:
    sender.begin(0, "empty.txt")
    _report, (row,) = add_uploads(capture, by=curator)
    assert row.stored_file.size_bytes == 0


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
