"""Folders handed in by command: kept first, then given to records, or to the inbox."""

import io
from pathlib import Path

import bagit
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from heritage.archive.destinations import destination
from heritage.archive.models import Deposit
from heritage.captures.models import Capture
from heritage.catalogue.models import Collection, Relic
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def relic(collection: Collection) -> Relic:
    return make_relic(collection, register_no="A-123")


def make_folder(root: Path, name: str, **files: bytes) -> Path:
    folder = root / name
    folder.mkdir(parents=True)
    for file, data in files.items():
        (folder / f"{file}.ply").write_bytes(data)
    return folder


def deposit(*arguments: str) -> str:
    out = io.StringIO()
    call_command("deposit", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("by_key", [True, False])
def test_a_folder_becomes_a_capture_of_its_relic(
    relic: Relic, curator: User, tmp_path: Path, *, by_key: bool
) -> None:
    folder = make_folder(tmp_path, "scans", one=b"1", two=b"2")
    (folder / "photos").mkdir()
    (folder / "photos" / "三.jpg").write_bytes(b"3")
    name = relic.key if by_key else "A-123"
    deposit(str(folder), "--to", name, "--by", curator.username)
    capture = Capture.objects.get(relic=relic)
    assert {(row.stored_file.name, row.role) for row in capture.files.all()} == {
        ("one.ply", "scan"),
        ("two.ply", "scan"),
        ("photos/三.jpg", "photograph"),
    }
    kept = Deposit.objects.get()
    assert (kept.created_by, kept.inbox_name) == (curator, "")


def test_many_folders_are_matched_by_number_and_shown_before_anything_moves(
    relic: Relic, collection: Collection, tmp_path: Path
) -> None:
    other = make_relic(collection, register_no="12")
    root = tmp_path / "root"
    make_folder(root, "2024-05 A-123 正面", a=b"a")
    make_folder(root, "编号12", b=b"b")
    make_folder(root, "unknown", c=b"c")
    shown = deposit(str(root), "--match", "register-no")
    assert not Deposit.objects.exists()
    assert "A-123" in shown
    deposit(str(root), "--match", "register-no", "--yes")
    assert relic.captures.get().files.get().stored_file.name == "a.ply"
    assert other.captures.exists() is False  # 编号12 is one word: no guess is made
    waiting = Deposit.objects.exclude(inbox_name="")
    assert sorted(waiting.values_list("inbox_name", flat=True)) == ["unknown", "编号12"]


def test_the_inbox_is_emptied_by_hand(relic: Relic, tmp_path: Path) -> None:
    deposit(str(make_folder(tmp_path, "lost", a=b"a")))
    waiting = Deposit.objects.get()
    assert waiting.inbox_name == "lost"
    deposit("--assign", waiting.key, "--to", "A-123")
    assert relic.captures.get().files.count() == 1
    with pytest.raises(CommandError):
        deposit("--assign", waiting.key, "--to", "A-123")


def test_two_records_with_a_number_are_not_guessed_between(
    relic: Relic, tmp_path: Path, collection: Collection
) -> None:
    make_relic(Collection.objects.create(name_zh="他馆"), register_no="A-123")
    folder = make_folder(tmp_path / "root", "A-123", a=b"a")
    with pytest.raises(CommandError, match=relic.key):
        deposit(str(folder), "--to", "A-123")
    assert not Deposit.objects.exists()
    deposit(str(tmp_path / "root"), "--match", "register-no", "--yes")
    assert Deposit.objects.filter(inbox_name="A-123").exists()


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("A-123", ["A-123"]),
        ("x A-123.b", ["A-123"]),
        ("A-1234", []),
        ("CA-123", []),
        ("123", []),
    ],
)
def test_a_number_stands_in_a_name_as_a_word(
    relic: Relic, name: str, numbers: list[str]
) -> None:
    found = destination().match(name)
    assert [target.record.register_no for target in found] == numbers


def test_the_longest_number_wins(relic: Relic, collection: Collection) -> None:
    longer = make_relic(collection, register_no="A-123-4")
    (found,) = destination().match("A-123-4 back")
    assert found.key == longer.key


def test_identical_content_elsewhere_is_told(relic: Relic, tmp_path: Path) -> None:
    deposit(str(make_folder(tmp_path, "one", a=b"same", b=b"own")))
    told = deposit(str(make_folder(tmp_path, "two", a=b"same")))
    assert "1 of them" in told or "其中 1" in told


def test_a_bag_is_checked_before_it_is_kept(relic: Relic, tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "bag", a=b"a")
    bagit.make_bag(str(folder), checksums=["sha512"])
    (folder / "data" / "a.ply").write_bytes(b"b")
    with pytest.raises(CommandError):
        deposit(str(folder), "--to", "A-123")
    assert not Deposit.objects.exists()
    (folder / "data" / "a.ply").write_bytes(b"a")
    deposit(str(folder), "--to", "A-123")
    assert "data/a.ply" in Deposit.objects.get().files.values_list("name", flat=True)


def test_links_lead_outside(tmp_path: Path) -> None:
    folder = make_folder(tmp_path, "links", a=b"a")
    (folder / "b").symlink_to("/etc/hostname")
    with pytest.raises(CommandError):
        deposit(str(folder))
    assert not Deposit.objects.exists()


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    for arguments in ([str(tmp_path / "no")], [str(tmp_path), "--by", "nobody"]):
        with pytest.raises(CommandError):
            deposit(*arguments)
    folder = make_folder(tmp_path, "there", a=b"a")
    with pytest.raises(CommandError):
        deposit(str(folder), "--to", "nosuch")


def test_one_refused_keeps_no_other_out(tmp_path: Path) -> None:
    root = tmp_path / "root"
    bad = make_folder(root, "1-bad", a=b"a")
    bagit.make_bag(str(bad))
    (bad / "data" / "a.ply").write_bytes(b"b")
    make_folder(root, "2-good", a=b"a")
    (root / "3-empty").mkdir()
    with pytest.raises(CommandError, match="1-bad"):
        deposit(str(root), "--match", "register-no", "--yes")
    assert Deposit.objects.get().inbox_name == "2-good"


def test_a_number_may_be_in_a_photograph_s_name(relic: Relic, tmp_path: Path) -> None:
    root = make_folder(tmp_path, "root")
    (root / "A-123.jpg").write_bytes(b"jpg")
    deposit(str(root), "--match", "register-no", "--yes")
    assert relic.captures.get().files.get().role == "photograph"
