"""A running museum is saved as of one moment, and given back whole."""

import io
import shutil
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import override_settings

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.actions.discard import discard_derived, finish_discards
from heritage.archive.actions.erase import ask_erasure, confirm_erasure
from heritage.archive.actions.preserve import preserve_due
from heritage.archive.actions.reapply import reapply_erasures
from heritage.archive.models import Deposit, Erasure, PreservedRecord, StoredFile
from heritage.archive.ocfl_check import errors_of
from heritage.archive.places import BACKUP, archive_root, staging_folder
from heritage.archive.stores import archive
from heritage.catalogue.models import Relic
from heritage.operations.backup import databases, restoring
from heritage.operations.backup.errors import (
    AnotherBackup,
    BucketNotEmpty,
    DamagedBackup,
    MuseumNotEmpty,
    NoBackup,
    ToolMissing,
)
from heritage.operations.backup.generations import (
    STORE,
    generations,
    locked,
    read_manifest,
)
from heritage.operations.backup.restoring import restore
from heritage.operations.backup.taking import Taken, back_up
from tests.heritage.archive.buckets import Bytes, access, make_bucket, s3_server
from tests.heritage.captures.museum import Museum, await_that
from tests.heritage.captures.museums import museum_of, on_servers
from tests.heritage.factories import make_collection, make_relic, make_user

from . import busy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def _own_data(museum_folder: Path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.DATA_DIR = museum_folder
    settings.DUMPS_ROOT = museum_folder / "dumps"
    (museum_folder / "secret-key").write_text("of this museum")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def relic() -> Relic:
    deposit_files([("a.ply", io.BytesIO(b"points")), ("照片 一.jpg", io.BytesIO(b"odd"))], by=None)  # fmt: skip
    relic = make_relic(make_collection())
    preserve_due()
    return relic


def save(target: Path, keep: int = 0) -> Taken:
    taken = back_up(target, keep=keep)
    assert taken.faults == []
    return taken


def empty() -> None:
    call_command("flush", "--no-input", verbosity=0)
    shutil.rmtree(archive_root())
    archive_root().mkdir()


def contents(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def content_of(folder: Path) -> Path:
    (path,) = folder.rglob("a.ply")
    return path


def test_it_comes_back_as_it_was(relic: Relic, target: Path) -> None:
    before = contents(archive_root())
    save(target)
    empty()
    done = restore(target, replace=False)
    assert contents(archive_root()) == before
    assert Relic.objects.get() == relic
    assert Deposit.objects.get().files.count() == 2
    assert PreservedRecord.objects.filter(kind="relic", version=1).exists()
    assert (done.from_others, done.other_settings) == ([], [])


def test_a_stranger_can_check_it_and_secrets_are_kept_apart(
    relic: Relic, target: Path
) -> None:
    folder = save(target).folder
    check = ["sha512sum", "--check", "--quiet", "manifest-sha512.txt"]
    subprocess.run(check, cwd=folder, check=True)
    assert len(dict(read_manifest(folder))) == len(contents(folder)) - 2
    for name in ("secret-key", "settings.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_what_has_not_changed_takes_no_room(relic: Relic, target: Path) -> None:
    first = save(target).folder
    relic.name_zh = "后来"
    relic.save()
    PreservedRecord.objects.update(preserved_at=None)
    preserve_due()
    second = save(target)
    assert content_of(first).samefile(content_of(second.folder))
    assert 0 < second.new_bytes < second.bytes / 4
    assert save(target).new_bytes == 0


def test_as_many_as_asked_for_are_kept(relic: Relic, target: Path) -> None:
    first, second = save(target).folder, save(target).folder
    third = save(target, keep=2)
    assert third.dropped == [first.name]
    assert generations(target) == [second, third.folder]
    empty()
    restore(target, generation=second.name, replace=False)
    assert Relic.objects.get() == relic


def test_a_damaged_backup_is_refused_or_mended_from_another(
    relic: Relic, target: Path
) -> None:
    first, second = save(target).folder, save(target).folder
    shared = content_of(second)
    shared.unlink()
    shared.write_bytes(b"rotten")  # now of its own
    empty()
    done = restore(target, replace=False)
    assert done.from_others == [shared.relative_to(second).as_posix()]
    content_of(first).write_bytes(b"rotten as well")
    empty()
    with pytest.raises(DamagedBackup) as refused:
        restore(target, replace=False)
    assert refused.value.names == done.from_others
    assert not Relic.objects.exists()
    assert list(archive_root().iterdir()) == []


def test_a_museum_is_not_written_over_unless_told(relic: Relic, target: Path) -> None:
    save(target)
    relic.name_en = "Later"
    relic.save()
    with pytest.raises(MuseumNotEmpty):
        restore(target, replace=False)
    assert Relic.objects.get().name_en == "Later"
    done = restore(target, replace=True)
    assert Relic.objects.get().name_en != "Later"
    assert [path.exists() for path in done.aside] == [True, True]


def test_a_damaged_object_is_named_and_the_last_whole_copy_kept(
    relic: Relic, target: Path
) -> None:
    late = deposit_files([("late", io.BytesIO(b"late"))], by=None)
    (archive_root() / late.files.get().path).write_bytes(b"rott")
    (fault,) = back_up(target, keep=0).faults
    assert fault == f"{late.object_path}: v1/content/late"
    with pytest.raises(SystemExit) as end:
        call_command("backup", str(target), stderr=io.StringIO(), stdout=io.StringIO())
    assert end.value.code == 1


def test_nothing_is_taken_away_while_it_is_saved() -> None:
    deposit = deposit_files([("m", io.BytesIO(b"m"))], kind="derived", by=None)
    folder = archive_root() / deposit.object_path
    with staging_folder(BACKUP):
        discard_derived(deposit)
        finish_discards()
        assert folder.is_dir()
    finish_discards()
    assert not folder.exists()


def test_one_at_a_time_and_what_a_killed_one_left_goes(target: Path) -> None:
    with locked(target), pytest.raises(AnotherBackup):
        back_up(target, keep=0)
    (target / ".partial-1").mkdir()
    save(target)
    assert not (target / ".partial-1").exists()
    with pytest.raises(NoBackup):
        restore(target / "elsewhere", replace=False)


def test_without_the_tool_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ToolMissing, match="pg_dump"):
        databases._postgresql("pg_dump")


@override_settings(ARCHIVE_ROOT="/nowhere/archive")
def test_the_command_ends_with_a_sentence(target: Path) -> None:
    Deposit(state="sealed", sealed_at="2026-01-01T00:00Z").save()
    with pytest.raises(CommandError, match="/nowhere/archive"):
        call_command("backup", str(target))


@pytest.mark.thorough
@pytest.mark.parametrize(
    "kind", ["sqlite", pytest.param("servers", marks=pytest.mark.servers)]
)
def test_writes_go_on_meanwhile(kind: str, tmp_path: Path) -> None:
    """Every record that came along names a deposit that came along, whole."""
    stop, target = tmp_path / "stop", tmp_path / "backups"
    with (
        museum_of(kind, tmp_path / "museum") as museum,
        ThreadPoolExecutor() as threads,
    ):
        saver = Museum(museum.environment, tmp_path / "museum")
        writing = threads.submit(museum.ask, busy.write_until, stop)
        try:
            await_that((tmp_path / "museum" / "archive" / "0=ocfl_1.1").exists)
            for _ in range(3):
                saver.ask(busy.back_up, target)
        finally:
            stop.touch()
            written = writing.result()
            saver.close()
    with empty_museum(kind, tmp_path / "second") as second:
        second.ask(busy.give_back, target)
        count, faults = second.ask(busy.count_and_check)
    assert faults == []
    assert 0 < count <= written


@contextmanager
def empty_museum(kind: str, folder: Path) -> Iterator[Museum]:
    """Give a museum without a table."""
    museum = Museum(on_servers() if kind == "servers" else {}, folder)
    try:
        yield museum
    finally:
        museum.close()


@pytest.fixture
def two_people(db: None) -> tuple[User, User]:
    rights = Permission.objects.filter(codename__in=["ask_erasure", "confirm_erasure"])
    people = make_user(is_staff=True), make_user(is_staff=True)
    for person in people:
        person.user_permissions.set(rights)
    return people


@pytest.mark.parametrize("lost", ["database", "disk"])
def test_what_was_erased_since_does_not_come_back(
    relic: Relic, target: Path, two_people: tuple[User, User], lost: str
) -> None:
    """The older backup holds it; the ledger beside the archive, or the later one, tells."""
    assert relic
    first = save(target).folder
    asker, confirmer = two_people
    file = StoredFile.objects.get(name="a.ply")
    erasure = ask_erasure([file], ground="PIPL 47", by=asker)
    confirm_erasure(erasure, by=confirmer)
    later = save(target)
    assert contents(first / STORE) != contents(later.folder / STORE)
    empty()
    if lost == "disk":
        shutil.rmtree(archive_root().with_name(f".{archive_root().name}-erasures"))
    done = restore(target, generation=first.name, replace=False)
    assert (done.purged, done.reapplied) == (1, 1)
    assert b"points" not in contents(archive_root()).values()
    again = Erasure.objects.get()
    assert (again.key, again.state, again.asked_by.username) == (erasure.key, "done", asker.username)  # fmt: skip
    file = StoredFile.objects.get(name="a.ply")
    assert file.erased_by == again
    assert errors_of(archive_root() / file.deposit.object_path) == []
    assert reapply_erasures() == 0


def test_what_nobody_erased_stays_though_it_has_the_same_bytes(
    relic: Relic, target: Path, two_people: tuple[User, User]
) -> None:
    """A licence text, say, that was lawfully handed in again after the erasure."""
    assert relic
    asker, confirmer = two_people
    erasure = ask_erasure(
        [StoredFile.objects.get(name="a.ply")], ground="PIPL 47", by=asker
    )
    confirm_erasure(erasure, by=confirmer)
    again = deposit_files([("again.ply", io.BytesIO(b"points"))], by=None)
    save(target)
    empty()
    done = restore(target, replace=False)
    assert (done.purged, done.reapplied) == (0, 0)
    file = again.files.get()
    assert file.erased_by is None
    assert file.place().read_bytes() == b"points"


class Killed(BaseException):
    """What a kill looks like from within."""


def test_killed_after_the_load_what_was_erased_is_still_erased_again(
    relic: Relic,
    target: Path,
    two_people: tuple[User, User],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert relic
    first = save(target).folder
    asker, confirmer = two_people
    file = StoredFile.objects.get(name="a.ply")
    confirm_erasure(ask_erasure([file], ground="PIPL 47", by=asker), by=confirmer)
    empty()

    def kill(_staging: Path) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "_put_in_place", kill)
        with pytest.raises(Killed):
            restore(target, generation=first.name, replace=False)
    assert StoredFile.objects.get(name="a.ply").erased_by is None  # as it was saved
    reapply_erasures()
    assert StoredFile.objects.get(name="a.ply").erased_by is not None


def test_restoring_into_a_bucket_is_gone_on_with_though_it_purged_something(
    target: Path, two_people: tuple[User, User], settings: Any
) -> None:
    deposit_files([("a.ply", io.BytesIO(b"points")), ("b.ply", io.BytesIO(b"b"))], by=None)  # fmt: skip
    first = save(target).folder
    asker, confirmer = two_people
    file = StoredFile.objects.get(name="a.ply")
    confirm_erasure(ask_erasure([file], ground="PIPL 47", by=asker), by=confirmer)
    save(target)
    with s3_server() as endpoint:
        settings.S3 = {name: access(endpoint) for name in ("archive", "replica")}
        settings.ARCHIVE_S3 = make_bucket(endpoint, "purged-bucket")
        for _time in range(2):
            call_command("flush", "--no-input", verbosity=0)
            done = restore(target, generation=first.name, replace=True)
            assert done.purged == 1
        assert StoredFile.objects.get(name="b.ply").place().read_bytes() == b"b"
        assert not Bytes(archive()).holds(b"points")


def test_dumps_of_the_graph_come_back(
    relic: Relic, target: Path, settings: Any
) -> None:
    dumps = Path(settings.DUMPS_ROOT)
    dumps.mkdir()
    (dumps / "graph-1.nq.gz").write_bytes(b"of October")
    (dumps / ".graph-2.new").write_bytes(b"half")
    first = save(target).folder
    second = save(target)
    kept = [folder / "dumps" / "graph-1.nq.gz" for folder in (first, second.folder)]
    assert kept[0].samefile(kept[1])
    assert second.new_bytes == 0
    (dumps / "graph-1.nq.gz").write_bytes(b"later")
    done = restore(target, replace=True)
    assert contents(dumps) == {"graph-1.nq.gz": b"of October"}
    (aside,) = (one for one in done.aside if one.name.startswith("dumps."))
    assert (aside / "graph-1.nq.gz").read_bytes() == b"later"
    assert relic


@pytest.mark.thorough
def test_a_museum_in_a_bucket_is_saved_and_given_back(
    relic: Relic, target: Path, settings: Any
) -> None:
    """From a folder into a bucket: the way to move there."""
    save(target)
    call_command("flush", "--no-input", verbosity=0)
    with s3_server() as endpoint:
        settings.S3 = {name: access(endpoint) for name in ("archive", "replica")}
        settings.ARCHIVE_S3 = make_bucket(endpoint, "first-bucket")
        restore(target, replace=False)
        assert Relic.objects.get() == relic
        file = StoredFile.objects.get(name="a.ply")
        assert file.place().read_bytes() == b"points"
        again = save(target)
        assert again.new_bytes == 0
        call_command("flush", "--no-input", verbosity=0)
        restore(target, replace=True)  # what is there already is the same
        deposit_files([("later.ply", io.BytesIO(b"later"))], by=None)
        with pytest.raises(BucketNotEmpty):
            restore(target, replace=True)
