"""Files go into the archive whole or not at all, and stay as they came."""

import hashlib
import io
import json
import shutil
from pathlib import Path

import pytest
from django.conf import settings

from heritage.archive import ocfl
from heritage.archive.actions.deposit import deposit_files, finish_interrupted
from heritage.archive.errors import DuplicateName, EmptyDeposit, TooLarge, UnsafeName
from heritage.archive.models import Deposit, StoredFile
from heritage.archive.places import incoming, staging_folder
from heritage.archive.receiving import CHUNK_BYTES

pytestmark = pytest.mark.django_db


def items(**files: bytes) -> list[tuple[str, io.BytesIO]]:
    return [(name, io.BytesIO(data)) for name, data in files.items()]


def test_bytes_come_back_as_they_went_in() -> None:
    deposit = deposit_files([("扫描/一.ply", io.BytesIO(b"ply\n"))], by=None)
    file = deposit.files.get()
    assert file.absolute_path().read_bytes() == b"ply\n"
    assert file.sha512 == hashlib.sha512(b"ply\n").hexdigest()
    assert file.name == "扫描/一.ply"
    assert deposit.state == Deposit.State.SEALED


def test_a_name_is_normalised_and_the_one_handed_in_kept() -> None:
    decomposed = "cafe\u0301.ply"
    file = deposit_files([(decomposed, io.BytesIO(b"x"))], by=None).files.get()
    assert (file.name, file.original_name) == ("caf\u00e9.ply", decomposed)


def test_identical_content_is_kept_once() -> None:
    deposit = deposit_files(items(a=b"same", b=b"same", c=b"other"), by=None)
    assert deposit.files.count() == 3
    content = Path(settings.ARCHIVE_ROOT) / deposit.object_path / "v1" / "content"
    assert sorted(path.name for path in content.iterdir()) == ["a", "c"]


def test_the_object_is_as_ocfl_demands() -> None:
    deposit = deposit_files(items(a=b"1"), by=None)
    root = Path(settings.ARCHIVE_ROOT)
    folder = root / deposit.object_path
    assert (root / "0=ocfl_1.1").read_text() == "ocfl_1.1\n"
    assert (folder / "0=ocfl_object_1.1").read_text() == "ocfl_object_1.1\n"
    raw = (folder / "inventory.json").read_bytes()
    digest, name = (folder / "inventory.json.sha512").read_text().split()
    assert (digest, name) == (hashlib.sha512(raw).hexdigest(), "inventory.json")
    inventory = json.loads(raw)
    assert inventory["head"] == "v1"
    assert list(inventory["manifest"].values()) == [["v1/content/a"]]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../b", "", "C:\\x", "a\x00b"])
def test_a_name_that_climbs_is_refused(name: str) -> None:
    with pytest.raises(UnsafeName):
        deposit_files([(name, io.BytesIO(b"x"))], by=None)


def test_a_refused_deposit_leaves_nothing(settings, museum_folder: Path) -> None:  # type: ignore[no-untyped-def]
    settings.UPLOAD_LIMIT_BYTES = 10
    with pytest.raises(TooLarge):
        deposit_files(items(a=b"12345", b=b"67890a"), by=None)
    assert not StoredFile.objects.exists()
    assert Deposit.objects.get().state == Deposit.State.REFUSED
    assert not [p for p in museum_folder.rglob("*") if p.is_file()]


def test_a_file_twice_is_refused() -> None:
    with pytest.raises(DuplicateName):
        deposit_files([("a", io.BytesIO(b"1")), ("a", io.BytesIO(b"2"))], by=None)


def test_nothing_handed_in_is_said() -> None:
    with pytest.raises(EmptyDeposit):
        deposit_files([], by=None)


def test_killed_after_the_object_was_placed_is_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is left by a kill between rename and commit: the object, no rows."""
    deposit = deposit_files(items(a=b"1", b=b"2"), by=None)
    StoredFile.objects.all().forget()
    Deposit.objects.update(
        state=Deposit.State.RECEIVING, sealed_at=None, object_path=""
    )
    assert finish_interrupted() == 1
    deposit.refresh_from_db()
    assert deposit.state == Deposit.State.SEALED
    assert sorted(deposit.files.values_list("name", flat=True)) == ["a", "b"]


def test_killed_while_receiving_leaves_no_half_object(museum_folder: Path) -> None:
    deposit = Deposit.objects.create()
    staging = incoming() / deposit.key / "v1" / "content"
    staging.mkdir(parents=True)
    (staging / "half").write_bytes(b"ha")
    assert finish_interrupted() == 1
    deposit.refresh_from_db()
    assert deposit.state == Deposit.State.REFUSED
    assert not staging.exists()


def test_a_deposit_under_way_is_left_alone() -> None:
    deposit = Deposit.objects.create()
    with staging_folder(deposit.key):
        assert finish_interrupted() == 0
    deposit.refresh_from_db()
    assert deposit.state == Deposit.State.RECEIVING


def test_the_index_can_be_read_back_from_the_object() -> None:
    deposit = deposit_files(items(a=b"1", b=b"1"), by=None)
    folder = Path(settings.ARCHIVE_ROOT) / deposit.object_path
    read = {(c.name, c.sha512) for c in ocfl.read_contents(folder)}
    assert read == set(deposit.files.values_list("name", "sha512"))
    shutil.rmtree(folder)


def test_a_hole_takes_no_room_and_reads_as_it_did(tmp_path: Path) -> None:
    source = tmp_path / "sparse.e57"
    with source.open("wb") as out:
        out.write(b"head")
        out.seek(30 * 1024**2)
        out.write(b"middle")
        out.truncate(60 * 1024**2)
    file = deposit_files([("sparse.e57", source)], by=None).files.get()
    kept = file.absolute_path()
    assert (kept.stat().st_size, file.size_bytes) == (60 * 1024**2, 60 * 1024**2)
    assert kept.read_bytes() == source.read_bytes()
    with kept.open("rb") as opened:
        assert hashlib.file_digest(opened, "sha512").hexdigest() == file.sha512
    assert kept.stat().st_blocks * 512 < 4 * 1024**2


@pytest.mark.parametrize(
    "data",
    [
        bytes(CHUNK_BYTES),
        bytes(CHUNK_BYTES - 1),
        bytes(CHUNK_BYTES + 1),
        bytes(2 * CHUNK_BYTES),
        b"head" + bytes(CHUNK_BYTES),
        b"x" * CHUNK_BYTES + bytes(CHUNK_BYTES),
        bytes(CHUNK_BYTES) + b"x",
    ],
    ids=["one", "less", "more", "two", "odd-end", "end", "begin"],
)
def test_zeros_are_kept_to_the_last(data: bytes, tmp_path: Path) -> None:
    """Also where a hole is all there is, or the last there is, or just not one."""
    (tmp_path / "a").write_bytes(data)
    deposit = deposit_files([("a", tmp_path / "a"), ("b", io.BytesIO(data + b"b"))], by=None)  # fmt: skip
    first, second = (file.absolute_path() for file in deposit.files.order_by("name"))
    assert first.stat().st_size == len(data)
    assert first.read_bytes() == data
    assert second.read_bytes() == data + b"b"
