"""What only a bucket can do: break off, answer wrongly, not answer, keep half uploads."""

import io
import os
import time
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from django.test import RequestFactory
from django.utils import timezone

from heritage.archive import due, s3_sending
from heritage.archive.actions.check import check_kept
from heritage.archive.actions.deposit import deposit_files
from heritage.archive.errors import NotAsSent, StoreAbsent, StoreUnreachable
from heritage.archive.local_copies import lay_out, local_path, trim_copies
from heritage.archive.models import Deposit
from heritage.archive.s3_bucket import Bucket
from heritage.archive.s3_paths import S3Path
from heritage.archive.s3_store import S3Store
from heritage.archive.serve import serve_file
from heritage.archive.stores import archive
from heritage.operations.checks import check_stores

from .buckets import SECRET, Bytes
from .conftest import Choose

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PART = 5 * 1024**2  # the least that S3 allows
LARGE = os.urandom(2 * PART + 12_345)


@pytest.fixture
def store(choose: Choose, settings: Any, monkeypatch: pytest.MonkeyPatch) -> S3Store:
    settings.ARCHIVE_S3 = choose("s3")
    monkeypatch.setattr(s3_sending, "PART_BYTES", PART)
    found = archive()
    assert isinstance(found, S3Store)
    return found


def make_deposit(data: bytes = b"first") -> Deposit:
    return deposit_files([("a.ply", io.BytesIO(data))], by=None)


def open_uploads(store: S3Store) -> list[Any]:
    pages = store.bucket.pages("list_multipart_uploads", "")
    return [one for page in pages for one in page.get("Uploads", ())]


def break_off(
    store: S3Store, operation: str, change: Callable[..., Any]
) -> Callable[[], None]:
    """Have something happen before each request of an operation, until undone."""
    event = f"before-send.s3.{operation}"
    events = store.whole.client.meta.events
    events.register(event, change)
    return lambda: events.unregister(event, change)


def test_a_large_file_goes_in_parts_and_comes_back(store: S3Store) -> None:
    file = make_deposit(LARGE).files.get()
    assert file.place().read_bytes() == LARGE
    assert open_uploads(store) == []
    with file.place().open("rb") as reader:
        reader.seek(PART - 3)
        assert reader.read(6) == LARGE[PART - 3 : PART + 3]
        assert (reader.tell(), reader.seek(0, 2)) == (PART + 3, len(LARGE))


def test_a_part_that_cannot_be_sent_ends_the_upload(store: S3Store) -> None:
    def refuse(**_words: Any) -> None:
        raise EndpointConnectionError(endpoint_url="nowhere")

    undo = break_off(store, "UploadPart", refuse)
    try:
        with pytest.raises(StoreUnreachable, match="EndpointConnectionError"):
            make_deposit(LARGE)
    finally:
        undo()
    assert Deposit.objects.get().state == "refused"
    assert open_uploads(store) == []
    assert list(store.objects()) == []
    assert make_deposit(LARGE).state == "sealed"


@pytest.mark.parametrize(
    ("operation", "data"),
    [("UploadPart", LARGE), ("PutObject", b"first")],
    ids=["large", "small"],
)
def test_what_the_store_holds_is_what_was_sent_or_nothing(
    store: S3Store, operation: str, data: bytes
) -> None:
    store.ensure_root()

    def corrupt(request: Any, **_words: Any) -> None:
        body = bytearray(request.body.read())
        body[len(body) // 2] ^= 0x01
        request.body = bytes(body)

    undo = break_off(store, operation, corrupt)
    try:
        with pytest.raises(NotAsSent):
            make_deposit(data)
    finally:
        undo()
    assert list(store.objects()) == []


@pytest.mark.parametrize("data", [b"first", LARGE], ids=["small", "large"])
def test_what_is_not_what_was_received_is_not_taken(
    store: S3Store, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    """A bit of the staging disk flips between the sealing and the sending."""
    real = S3Store.put_object

    def put(self: S3Store, draft: Path, object_path: str) -> None:
        path = draft / "v1" / "content" / "a.ply"
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        real(self, draft, object_path)

    monkeypatch.setattr(S3Store, "put_object", put)
    with pytest.raises(NotAsSent):
        make_deposit(data)
    assert Deposit.objects.get().state == "refused"
    assert list(store.objects()) == []


def test_an_upload_broken_off_is_swept_unless_parts_still_come(store: S3Store) -> None:
    begun = store.bucket.ask(
        "create_multipart_upload", "x/y", ChecksumAlgorithm="SHA256"
    )
    words = {"UploadId": begun["UploadId"], "PartNumber": 1, "Body": b"x" * PART}
    store.bucket.ask("upload_part", "x/y", **words)
    assert store.sweep(before=timezone.now() - timedelta(days=1)) == 0
    assert store.sweep(before=timezone.now() + timedelta(days=1)) == 1
    assert open_uploads(store) == []
    store.bucket.ask("create_multipart_upload", "x/z", ChecksumAlgorithm="SHA256")
    assert due.remove_leftovers() == 1  # this server dates all uploads in 2010


def begin_upload(bucket: Bucket, key: str, parts: int = 0) -> None:
    begun = bucket.ask("create_multipart_upload", key)
    words = {"UploadId": begun["UploadId"], "Body": b"x"}
    for number in range(1, parts + 1):
        bucket.ask("upload_part", key, PartNumber=number, **words)


def test_uploads_into_quarantine_are_swept_as_well(store: S3Store) -> None:
    begin_upload(store.aside, "20261121T080000.0/x")
    assert store.sweep(before=timezone.now()) == 1  # this server dates all in 2010
    assert store.sweep(before=timezone.now()) == 0


def test_an_upload_of_many_parts_is_seen_to_live(store: S3Store) -> None:
    """A store tells of a thousand parts at a time: here, of one."""
    begin_upload(store.bucket, "x/y", parts=3)
    day = timedelta(days=1)

    def one(params: Any, **_words: Any) -> Any:
        return {**params, "MaxParts": 1}

    def date(parsed: Any, **_words: Any) -> None:
        for part in parsed["Parts"]:
            if part["PartNumber"] < 3:
                part["LastModified"] -= 3 * day

    events = store.whole.client.meta.events
    hooks = (("provide-client-params.s3.ListParts", one), ("after-call.s3.ListParts", date))  # fmt: skip
    for hook in hooks:
        events.register(*hook)
    try:
        assert store.sweep(before=timezone.now() - day) == 0
        assert store.sweep(before=timezone.now() + day) == 1
    finally:
        for hook in hooks:
            events.unregister(*hook)


def test_a_large_file_is_set_aside_in_steps(store: S3Store) -> None:
    file = make_deposit(LARGE).files.get()
    assert len(list(store.set_aside_steps(file.path))) >= 3
    assert Bytes(store).aside() == [file.path]
    assert not file.place().exists()


def test_no_network_is_no_damage_and_no_secret_is_told(
    store: S3Store, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    deposit = make_deposit()

    def refuse(**_words: Any) -> None:
        raise EndpointConnectionError(endpoint_url="http://museum:never-to-be-seen@x")

    undos = [break_off(store, name, refuse) for name in ("HeadBucket", "HeadObject", "GetObject", "PutObject", "ListObjectsV2")]  # fmt: skip
    try:
        for ask in (make_deposit, lambda: check_kept(deposit)):
            with pytest.raises(StoreUnreachable) as told:
                ask()
            assert SECRET not in str(told.value)
        assert due.look_after_objects() == due.finish_deposits() == 0
        answer: Any = serve_file(
            RequestFactory().get("/"), deposit.files.get(), immutable=True
        )
        assert answer.status_code == 503
        (warning,) = check_stores()
        assert warning.id == "heritage.W002"
        assert "EndpointConnectionError" in warning.msg
    finally:
        for undo in undos:
            undo()
    assert SECRET not in caplog.text
    deposit.refresh_from_db()
    assert deposit.condition == "intact"
    assert check_kept(deposit).faults == []
    assert check_stores() == []


def test_another_bucket_is_not_taken_for_the_archive(
    store: S3Store, settings: Any, choose: Choose
) -> None:
    make_deposit()
    settings.ARCHIVE_S3 = choose("s3")
    with pytest.raises(StoreAbsent):
        make_deposit()
    assert Bytes(archive()).names() == []
    settings.ARCHIVE_S3 = "s3://no-such-bucket/x"
    with pytest.raises(StoreUnreachable, match=r"NoSuchBucket|404"):
        Bytes(archive()).names()


def test_an_address_that_is_none_is_told(settings: Any) -> None:
    settings.ARCHIVE_S3 = "bucket/x"
    assert [one.id for one in check_stores()] == ["heritage.E004"]


def test_engines_get_a_verified_copy_that_stays_while_they_work(
    store: S3Store, tmp_path: Path, settings: Any
) -> None:
    deposit = make_deposit(LARGE)
    file = deposit.files.get()
    path, target = local_path(file), tmp_path / "mine.ply"
    assert path.read_bytes() == LARGE
    lay_out(file, target)
    assert trim_copies(0) == 0  # asked for a moment ago
    os.utime(path, (time.time() - 3600,) * 2)
    assert trim_copies(0) == 1
    assert (path.exists(), target.read_bytes() == LARGE) == (False, True)
    Bytes(store).flip(file.path)
    with pytest.raises(NotAsSent):
        local_path(file)
    assert not path.exists()


def test_copies_of_a_local_archive_are_none(tmp_path: Path) -> None:
    file = make_deposit().files.get()
    assert local_path(file) == file.absolute_path()
    lay_out(file, tmp_path / "linked")
    assert (tmp_path / "linked").is_symlink()
    file.absolute_path().unlink()
    with pytest.raises(FileNotFoundError):
        lay_out(file, tmp_path / "again")


def test_browsers_may_be_sent_to_the_bucket_for_five_minutes(
    store: S3Store, settings: Any
) -> None:
    settings.S3_SIGNED_URLS = True
    file = make_deposit().files.get()
    answer = serve_file(
        RequestFactory().get("/"), file, immutable=True, download_name="一.ply"
    )
    assert (answer.status_code, answer["Cache-Control"]) == (302, "private, no-store")
    assert SECRET not in answer["Location"]
    with urllib.request.urlopen(answer["Location"], timeout=90) as told:  # noqa: S310
        assert told.read() == b"first"
    head = serve_file(RequestFactory().head("/"), file, immutable=True)
    assert (head.status_code, head["Content-Length"]) == (200, "5")


def test_a_body_that_breaks_off_is_gone_on_with(
    store: S3Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make_deposit(LARGE).files.get()
    breaks = [False, True, False, True]

    class Breaking:
        def __init__(self, body: Any) -> None:
            self.body = body

        def read(self, size: int) -> bytes:
            if breaks and breaks.pop():
                raise EndpointConnectionError(endpoint_url="gone")
            return bytes(self.body.read(min(size, 100_000)))

        def close(self) -> None:
            self.body.close()

    real = type(store.bucket).ask

    def ask(self: Any, operation: str, *words: Any, **more: Any) -> Any:
        answer = real(self, operation, *words, **more)
        if operation == "get_object":
            answer["Body"] = Breaking(answer["Body"])
        return answer

    monkeypatch.setattr(type(store.bucket), "ask", ask)
    place = file.place()
    assert isinstance(place, S3Path)
    with place.open() as reader:
        assert reader.read() == LARGE
    assert breaks == []
