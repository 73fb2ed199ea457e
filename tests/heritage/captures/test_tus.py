"""Uploads by tus 1.0.0: every status, every header."""

import hashlib
import io
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heritage.archive.models import Deposit, Upload, UploadChunk
from heritage.archive.uploads import receiving
from heritage.archive.uploads.places import bytes_path, held, uploads_folder

from .tus import BODY, DATA, Sender, checksum, encoded, told


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


def test_a_zero_byte_reaches_no_database(sender: Sender) -> None:
    metadata = encoded(filename="a.ply", lastModified="17\0\x1f20")
    answer = sender.ask(
        "POST", sender.start, Upload_Length="5", Upload_Metadata=metadata
    )
    assert answer.status_code == 201
    assert Upload.objects.get().modified == "1720"


def test_a_file_shorter_than_recorded_is_gone(sender: Sender) -> None:
    address = sender.begin(len(DATA))
    sender.patch(address, 0, DATA[:10])
    bytes_path(Upload.objects.get().key).write_bytes(DATA[:4])
    assert told(sender.patch(address, 10, DATA[10:])) == (410, "upload-gone")


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
