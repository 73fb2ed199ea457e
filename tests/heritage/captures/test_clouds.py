"""Thin clouds of a capture's scans: made ahead, once, and told of while they are made."""

import fcntl
import os
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TextIO

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from pytest_django import DjangoCaptureOnCommitCallbacks

from heritage.captures import bell, work_locks
from heritage.captures.actions import add_files
from heritage.captures.clouds import (
    AHEAD_LOCK,
    SHARE,
    _bench,
    clouds_there,
    find_clouds,
    keys_here,
    lock_path,
    place_of,
)
from heritage.captures.clouds_ahead import make_ahead
from heritage.captures.clouds_sweep import sweep_clouds
from heritage.captures.models import Capture
from heritage.captures.tasks import thin_clouds
from heritage.captures.work_locks import alone, alone_at_once
from heritage.images.tasks import read_image
from scans import child
from tests.heritage.captures.conftest import item


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "ENGINE", (sys.executable, "-c", "raise SystemExit(3)"))


def share_address(capture: Capture) -> str:
    return f"/admin/captures/capture/{capture.pk}/hand/clouds/share/"


def keys_rung() -> list[str]:
    rows = DBTaskResult.objects.filter(task_path=thin_clouds.module_path)
    return [call["args"][0] for call in rows.values_list("args_kwargs", flat=True)]


def test_files_handed_in_are_thinned_before_anybody_looks(
    capture: Capture,
    curator: User,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        add_files(capture, [item(), item("back.ply", "points 2")], by=curator)
    assert keys_rung() == [capture.key]
    make_ahead(capture.key)
    assert clouds_there(capture)
    monkeypatch.setattr(child, "ENGINE", (sys.executable, "-c", "raise SystemExit(3)"))
    make_ahead(capture.key)  # they are there: nothing is asked of the engine
    client.force_login(curator)
    told = client.get(f"/admin/captures/capture/{capture.pk}/hand/clouds/").json()
    assert [one["name"] for one in told["scans"]] == ["back.ply", "front.ply"]


def test_a_change_rings_no_second_time_while_a_bell_waits(
    filled: Capture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            bell.ring_for_clouds(filled)
    assert keys_rung() == [filled.key]


@pytest.mark.django_db
def test_images_handed_in_later_are_read_before_clouds_are_made() -> None:
    thin_clouds.enqueue("capture")
    read_image.enqueue("image")
    names = [row.task_name for row in DBTaskResult.objects.ready()]
    assert names == ["read_image", "thin_clouds"]


def test_another_unit_asks_for_them_anew(
    filled: Capture,
    curator: User,
    client: Client,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    find_clouds(filled)
    client.force_login(curator)
    address = f"/admin/captures/capture/{filled.pk}/work/unit/"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"unit": filled.unit, "seen": filled.unit})
    assert keys_rung() == []
    with django_capture_on_commit_callbacks(execute=True):
        client.post(address, {"unit": "mm", "seen": filled.unit})
    assert keys_rung() == [filled.key]


def test_notes_and_pictures_ask_for_none(capture: Capture, curator: User) -> None:
    add_files(capture, [item("notes.md", "points 1")], by=curator)
    make_ahead(capture.key)
    make_ahead("no-such-key")
    assert clouds_there(capture) is None


def test_what_cannot_be_thinned_ahead_stops_nothing(
    filled: Capture, no_engine: None
) -> None:
    make_ahead(filled.key)
    assert clouds_there(filled) is None
    assert not _bench(place_of(filled)).exists()


def test_a_worker_that_shuts_down_leaves_them_for_later(filled: Capture) -> None:
    make_ahead(filled.key, should_stop=lambda: True)
    assert clouds_there(filled) is None
    assert not _bench(place_of(filled)).exists()


def test_what_waits_for_its_turn_holds_no_capture_and_hears_the_end(
    filled: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two quick workers one makes clouds; the other keeps no page from its own."""
    monkeypatch.setattr(work_locks, "LOOK_EVERY_S", 0.0)
    asked: list[bool] = []

    def is_ending() -> bool:
        with alone_at_once(lock_path(filled.key)):  # a page would have it
            asked.append(True)
        return len(asked) > 1

    lock_path(filled.key).parent.mkdir(parents=True, exist_ok=True)
    with alone(lock_path(filled.key).with_name(AHEAD_LOCK)):
        make_ahead(filled.key, should_stop=is_ending)
    assert len(asked) == 2
    assert clouds_there(filled) is None


def test_clouds_that_a_page_makes_are_left_to_it(
    filled: Capture, no_engine: None, caplog: pytest.LogCaptureFixture
) -> None:
    with alone(lock_path(filled.key)):
        make_ahead(filled.key)
    # The engine, which fails, was never asked.
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert clouds_there(filled) is None


def test_each_capture_has_a_lock_of_its_own(filled: Capture) -> None:
    """A page waits for no other capture, whatever its number."""
    keys = Capture.objects.bulk_create(
        [Capture(relic=filled.relic, key=f"capture-{number}") for number in range(16)]
    )
    with ExitStack() as held:
        for other in keys:
            held.enter_context(alone_at_once(lock_path(other.key)))
        find_clouds(filled)
    assert clouds_there(filled)


def test_a_lock_that_was_swept_while_one_waited_is_taken_anew(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    real = fcntl.flock
    swept: list[bool] = []

    def swept_once(lock: TextIO, how: int) -> None:
        real(lock, how)
        if not swept:
            path.unlink()
        swept.append(True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fcntl, "flock", swept_once)
        with alone(path), pytest.raises(BlockingIOError), alone_at_once(path):
            pytest.fail("two held it")


def test_how_far_they_are_is_told(
    filled: Capture, curator: User, client: Client
) -> None:
    client.force_login(curator)
    assert client.get(share_address(filled)).json() == {"percent": None}
    bench = _bench(place_of(filled))
    bench.mkdir(parents=True)
    (bench / SHARE).write_text("0.400")
    assert client.get(share_address(filled)).json() == {"percent": 40}
    # Whoever wrote that was killed: what was left is no hindrance.
    (bench / "clouds").mkdir()
    find_clouds(filled)
    assert client.get(share_address(filled)).json() == {"percent": 100}
    assert not bench.exists()


def test_nothing_stays_of_a_scan_that_went_meanwhile(
    filled: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(_words: object, bench: Path, **_kwargs: object) -> None:
        (bench / "clouds").mkdir()
        (bench / "clouds" / "clouds.json").write_text("{}")
        filled.files.filter(stored_file__name="front.ply").update(is_left_out=True)

    before = place_of(filled)
    monkeypatch.setattr("heritage.captures.clouds.ask_engine", made)
    found = find_clouds(filled)
    assert not before.exists()
    assert (found, found.is_dir()) == (clouds_there(filled), True)


def test_a_worker_takes_away_what_was_erased_elsewhere(filled: Capture) -> None:
    """The request was on another machine: nobody told this one."""
    place = find_clouds(filled)
    assert sweep_clouds() == 0
    assert place.is_dir()
    filled.files.filter(stored_file__name="front.ply").update(is_left_out=True)
    assert sweep_clouds() == 1
    assert not place.exists()
    find_clouds(filled)
    filled.files.update(is_left_out=True)
    assert sweep_clouds() == 1
    assert keys_here() == set()


def test_old_clouds_halves_and_locks_are_swept(filled: Capture) -> None:
    place = find_clouds(filled)
    (_bench(place) / "set").mkdir(parents=True)
    place.with_name("clouds.3.lock").touch()
    with alone(lock_path(filled.key)):  # somebody makes them
        assert sweep_clouds() == 0
    assert _bench(place).is_dir()
    long_ago = (timezone.now() - timedelta(days=8)).timestamp()
    os.utime(place, (long_ago, long_ago))
    assert sweep_clouds() == 2
    assert keys_here() == set()


def test_who_may_ask_how_far_they_are(
    filled: Capture, volunteer: User, stranger: User, client: Client
) -> None:
    client.force_login(volunteer)
    assert client.get(share_address(filled)).status_code == 200
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    assert client.get(share_address(filled)).status_code == 404


def test_each_step_of_the_engine_is_written_down(
    filled: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    write = Path.write_text

    def heard(path: Path, text: str, *args: object, **kwargs: object) -> int:
        if path.name == SHARE:
            told.append(text)
        return write(path, text)

    monkeypatch.setattr(Path, "write_text", heard)
    find_clouds(filled)
    assert told == ["0.500", "1.000", "1.000"]
