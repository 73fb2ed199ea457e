"""The watched folder: whole things are taken in, once, and moved aside after that."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from heritage.archive.actions import take_in as taking
from heritage.archive.actions.hand_in import hand_in
from heritage.archive.actions.take_in import take_in
from heritage.archive.drop import look_at, move_aside
from heritage.archive.models import Deposit, DropItem
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(settings: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "drop"
    folder.mkdir()
    settings.DROP_FOLDER = str(folder)
    return folder


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel("2026-11-21T08:00:00Z", tick=False) as clock:
        yield clock


def lay(drop: Path, name: str, data: bytes = b"a") -> Path:
    path = drop / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def look(clock: Any, times: int = 1) -> int:
    count = 0
    for _time in range(times):
        clock.shift(timedelta(seconds=30))
        count += take_in()
    return count


def test_a_whole_thing_is_given_to_its_record_and_moved_aside(
    drop: Path, clock: Any, collection: Collection
) -> None:
    relic = make_relic(collection, register_no="A-123")
    lay(drop, "A-123/a.ply")
    lay(drop, "unknown.ply", b"u")
    assert look(clock) == 0  # one look tells nothing
    assert look(clock) == 2
    assert relic.captures.get().files.get().stored_file.name == "a.ply"
    assert Deposit.objects.get(inbox_name="unknown.ply")
    assert sorted(p.name for p in drop.rglob("*") if p.is_file()) == [
        "a.ply",
        "unknown.ply",
    ]
    assert (drop / "taken" / "2026-11-21" / "A-123" / "a.ply").read_bytes() == b"a"
    assert look(clock, 3) == 0
    assert Deposit.objects.count() == 2


@pytest.mark.parametrize(
    "name", ["box/b.ply.part", "box/~b.ply", "box/b.ply~", "box/b.CRDOWNLOAD"]
)
def test_what_is_not_finished_waits(drop: Path, clock: Any, name: str) -> None:
    lay(drop, "box/a.ply")
    unfinished = lay(drop, name)
    assert look(clock, 4) == 0
    unfinished.rename(drop / "box" / "b.ply")
    assert look(clock, 3) == 1
    assert Deposit.objects.get().files.count() == 2


def test_what_grows_waits_however_slowly(drop: Path, clock: Any) -> None:
    path = lay(drop, "box/a.ply")
    for size in range(2, 6):
        assert look(clock) == 0
        path.write_bytes(b"a" * size)
    assert look(clock, 2) == 1
    assert Deposit.objects.get().files.get().size_bytes == 5


def test_changed_while_it_is_read_nothing_is_kept(
    drop: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lay(drop, "box/a.ply")
    look(clock)
    real = hand_in

    def meanwhile(*arguments: Any, **named: Any) -> Deposit:
        path.write_bytes(b"more than before")
        return real(*arguments, **named)

    monkeypatch.setattr(taking, "hand_in", meanwhile)
    assert look(clock) == 0
    assert not Deposit.objects.filter(state="sealed").exists()
    monkeypatch.setattr(taking, "hand_in", real)
    assert look(clock, 3) == 1
    assert Deposit.objects.get(state="sealed").files.get().size_bytes == 16
    assert path.exists() is False


def test_added_in_the_last_moment_all_of_it_is_taken_anew(
    drop: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(drop, "box/a.ply")
    look(clock)
    real = move_aside

    def meanwhile(path: Path) -> Path:
        lay(drop, "box/late.ply", b"late")
        return real(path)

    monkeypatch.setattr(taking, "move_aside", meanwhile)
    assert look(clock) == 0
    assert (drop / "box" / "late.ply").exists()
    monkeypatch.setattr(taking, "move_aside", real)
    assert look(clock, 3) == 1
    names = Deposit.objects.order_by("-pk")[0].files.values_list("name", flat=True)
    assert sorted(names) == ["a.ply", "late.ply"]


def test_links_are_refused_and_told_and_stay(
    drop: Path, clock: Any, tmp_path: Path, client: Client, curator: Any
) -> None:
    secret = lay(tmp_path, "secret/s.txt", b"secret")
    (drop / "box").mkdir()
    (drop / "box" / "link").symlink_to(secret)
    (drop / "linked").symlink_to(secret.parent)
    assert look(clock, 3) == 0
    assert not Deposit.objects.exists()
    assert {item.state for item in DropItem.objects.all()} == {"refused"}
    client.force_login(curator)
    assert "linked" in client.get(reverse("admin:archive_inbox")).content.decode()
    (drop / "box" / "link").unlink()
    lay(drop, "box/a.ply")
    assert look(clock, 3) == 1  # put right, it is taken


class Killed(BaseException):
    """What a kill looks like from within."""


@pytest.mark.parametrize("at", ["hand_in", "assign", "move_aside", "_done"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_anywhere_it_is_taken_once(
    drop: Path,
    clock: Any,
    at: str,
    monkeypatch: pytest.MonkeyPatch,
    collection: Collection,
    *,
    after: bool,
) -> None:
    relic = make_relic(collection, register_no="A-123")
    lay(drop, "A-123/a.ply")
    look(clock)
    real = getattr(taking, at)

    def struck(*arguments: Any, **named: Any) -> Any:
        if after:
            real(*arguments, **named)
        raise Killed

    monkeypatch.setattr(taking, at, struck)
    with pytest.raises(Killed):
        look(clock)
    monkeypatch.setattr(taking, at, real)
    look(clock, 4)
    assert Deposit.objects.filter(state="sealed").count() == 1
    assert relic.captures.get().files.count() == 1
    assert [item.state for item in DropItem.objects.all()] == ["taken"]
    assert (drop / "taken" / "2026-11-21" / "A-123" / "a.ply").exists()
    assert not (drop / "A-123").exists()


def test_a_clock_put_back_makes_it_wait_and_no_more(drop: Path, clock: Any) -> None:
    lay(drop, "box/a.ply")
    look(clock)
    clock.shift(timedelta(days=-400))
    assert look(clock) == 0
    assert look(clock, 2) == 1


def test_the_same_name_again_overwrites_nothing(drop: Path, clock: Any) -> None:
    for data in (b"one", b"two"):
        lay(drop, "box/a.ply", data)
        assert look(clock, 2) == 1
    day = drop / "taken" / "2026-11-21"
    assert (day / "box" / "a.ply").read_bytes() == b"one"
    assert (day / "box-2" / "a.ply").read_bytes() == b"two"


def test_taken_back_it_is_forgotten(drop: Path, clock: Any) -> None:
    path = lay(drop, "a.ply")
    look(clock)
    path.unlink()
    look(clock)
    assert not DropItem.objects.exists()
    os.mkfifo(drop / "pipe")
    assert look(clock, 3) == 0


def test_without_a_folder_nothing_happens(settings: Any, tmp_path: Path) -> None:
    settings.DROP_FOLDER = str(tmp_path / "not mounted")
    assert take_in() == 0
    settings.DROP_FOLDER = ""
    assert take_in() == 0


@pytest.mark.parametrize("inner", [False, True])
def test_a_name_that_cannot_be_read_is_told_and_stops_nothing_else(
    drop: Path, clock: Any, *, inner: bool
) -> None:
    name = os.fsdecode(b"\xff\xfe\xc7.ply")
    lay(drop, f"folder/{name}" if inner else name)
    lay(drop, "sound.ply", b"s")
    look(clock, 3)
    assert Deposit.objects.filter(inbox_name="sound.ply").exists()
    item = DropItem.objects.exclude(state=DropItem.State.TAKEN).get()
    assert item.state == DropItem.State.REFUSED
    assert "\\xc7" in item.refusal


def test_a_file_that_may_not_be_read_is_told_and_stops_nothing_else(
    drop: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(sources: Any, *args: Any, **kwargs: Any) -> Any:
        if sources[0].name == "closed.ply":
            raise PermissionError(13, "no", str(sources[0]))
        return hand_in(sources, *args, **kwargs)

    monkeypatch.setattr(taking, "hand_in", closed)
    lay(drop, "closed.ply")
    lay(drop, "sound.ply", b"s")
    look(clock, 4)
    assert Deposit.objects.filter(inbox_name="sound.ply").exists()
    item = DropItem.objects.get(name="closed.ply")
    assert (item.state, "closed.ply" in item.refusal) == (DropItem.State.REFUSED, True)
    assert Deposit.objects.count() == 1


def test_loose_files_of_one_record_or_stem_become_one(
    drop: Path, clock: Any, collection: Collection
) -> None:
    relic = make_relic(collection, register_no="A-123")
    for name in ("A-123 front.ply", "A-123 back.ply", "vase.obj", "vase.mtl", "vase.PNG", "A-124.ply"):  # fmt: skip
        lay(drop, name, name.encode())
    late = lay(drop, "A-123 top.ply", b"to")
    assert look(clock) == 0
    late.write_bytes(b"top")  # it is still being copied: the others wait for it
    assert look(clock) == 1  # A-124 belongs to nothing
    assert look(clock, 4) == 2
    (capture,) = relic.captures.all()
    assert {f.stored_file.name for f in capture.files.all()} == {"A-123 front.ply", "A-123 back.ply", "A-123 top.ply"}  # fmt: skip
    kept = Deposit.objects.get(inbox_name="vase")
    assert {f.name for f in kept.files.all()} == {"vase.obj", "vase.mtl", "vase.PNG"}
    assert Deposit.objects.get(inbox_name="A-124.ply").files.count() == 1
    assert list(drop.iterdir()) == [drop / "taken"]


def test_gathering_that_was_killed_is_gone_on_with(
    drop: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(drop, "vase.obj")
    lay(drop, "vase.mtl", b"m")
    lay(drop, "vase.png", b"p")
    moved: list[Path] = []
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if moved and self.parent == drop:
            raise KeyboardInterrupt
        moved.append(self)
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(KeyboardInterrupt):
        look(clock, 3)
    monkeypatch.undo()
    assert look(clock, 6) == 1
    assert Deposit.objects.get().files.count() == 3


def test_a_set_waits_while_its_folder_has_a_file_of_that_name(
    drop: Path, clock: Any
) -> None:
    lay(drop, "vase/vase.obj", b"older")
    lay(drop, "vase.obj")
    lay(drop, "vase.mtl", b"m")
    assert look(clock, 8) == 2
    assert sorted(d.files.count() for d in Deposit.objects.all()) == [1, 2]


def test_a_file_with_the_name_of_a_set_holds_up_that_set_alone(
    drop: Path, clock: Any
) -> None:
    """One that was refused and stays: there can be no folder of that name."""
    for name in ("A-123", "A-123.mtl", "A-123.obj", "vase.ply"):
        lay(drop, name, name.encode())
    DropItem.objects.create(
        name="A-123",
        state=DropItem.State.REFUSED,
        fingerprint=look_at(drop / "A-123").fingerprint,
    )
    assert look(clock, 3) == 1
    assert Deposit.objects.get().inbox_name == "vase.ply"
    (drop / "A-123").unlink()
    assert look(clock, 4) == 1
    assert Deposit.objects.get(inbox_name="A-123").files.count() == 2


def test_a_companion_taken_back_in_the_last_moment_stops_nothing_else(
    drop: Path, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("A-123.mtl", "A-123.obj", "vase.ply"):
        lay(drop, name, name.encode())
    look(clock)

    def taken_back(_files: Any) -> None:
        raise FileNotFoundError(2, "No such file", "A-123.obj")

    with monkeypatch.context() as patch:
        patch.setattr(taking, "gather", taken_back)
        assert look(clock) == 1
    assert Deposit.objects.get().inbox_name == "vase.ply"
