"""Files handed in: all kept, each told what is wrong with it."""

import hashlib
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from heritage.archive.errors import DuplicateName
from heritage.captures.actions import add_files, cancel_run, start_run
from heritage.captures.actions import runs as run_actions
from heritage.captures.errors import (
    AlreadyComputing,
    NoRoom,
    NothingUsable,
    NotPermitted,
    RunIsOver,
    UnitNotStated,
    WrongParameter,
)
from heritage.captures.messages import finding_sentence
from heritage.captures.models import Capture, CaptureFile, Run
from heritage.captures.usable import is_usable, named_scans

from .conftest import item


def findings(file: CaptureFile) -> list[str]:
    return [entry["code"] for entry in file.findings]


def test_a_sound_scan_is_kept_and_usable(capture: Capture, curator: User) -> None:
    (file,) = add_files(capture, [item()], by=curator)
    assert is_usable(file)
    assert file.figures["points"] == 100
    path = file.stored_file.absolute_path()
    assert path.read_bytes() == b"points 1"
    assert file.stored_file.sha512 == hashlib.sha512(b"points 1").hexdigest()


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("a.ply", "empty", "empty-scan"),
        ("a.ply", "", "empty-scan"),
        ("a.ply", "broken", "unreadable-scan"),
        ("a.ply", "deadly", "scan-breaks-reader"),
        ("a.docx", "points 1", "unknown-format"),
        ("a.ply", "unitless", "unit-unknown"),
    ],
)
def test_a_bad_file_is_kept_flagged_and_not_used(
    name: str, text: str, code: str, capture: Capture, curator: User
) -> None:
    (file,) = add_files(capture, [item(name, text)], by=curator)
    assert findings(file) == [code]
    assert not is_usable(file)
    assert file.stored_file.absolute_path().read_text() == text
    assert name in finding_sentence(file.findings[0])


def test_one_deadly_file_does_not_take_the_others_with_it(
    capture: Capture, curator: User
) -> None:
    items = [item("a.ply"), item("b.ply", "deadly"), item("c.ply", "points 3")]
    add_files(capture, items, by=curator)
    assert [name for name, _ in named_scans(capture)] == ["a.ply", "c.ply"]


def test_photographs_and_notes_are_not_looked_at(
    capture: Capture, curator: User
) -> None:
    files = add_files(capture, [item("p.jpg"), item("bun.conf")], by=curator)
    roles = {file.stored_file.name: file.role for file in files}
    assert roles == {"p.jpg": "photograph", "bun.conf": "other"}
    assert all(file.findings == [] for file in files)


def test_the_same_bytes_again_are_kept_and_left_out(
    filled: Capture, curator: User
) -> None:
    (file,) = add_files(filled, [item("copy.ply", "points 1")], by=curator)
    assert file.is_left_out
    assert findings(file) == ["already-there"]
    assert [name for name, _ in named_scans(filled)] == ["back.ply", "front.ply"]


def test_other_bytes_under_a_known_name_get_a_number(
    filled: Capture, curator: User
) -> None:
    add_files(filled, [item("front.ply", "points 9")], by=curator)
    names = [name for name, _ in named_scans(filled)]
    assert names == ["back.ply", "front-2.ply", "front.ply"]


def test_nothing_is_kept_of_a_hand_in_that_the_archive_refuses(
    capture: Capture, curator: User
) -> None:
    with pytest.raises(DuplicateName):
        add_files(capture, [item(), item()], by=curator)
    assert not capture.files.exists()


def test_volunteers_hand_in_and_strangers_do_not(
    capture: Capture, volunteer: User, stranger: User
) -> None:
    assert add_files(capture, [item()], by=volunteer)
    with pytest.raises(NotPermitted):
        add_files(capture, [item("b.ply", "points 2")], by=stranger)
    with pytest.raises(NotPermitted):
        start_run(capture, by=stranger)
    assert start_run(capture, by=volunteer).asked_by == volunteer


def test_stating_the_unit_makes_a_unitless_scan_usable(
    capture: Capture, curator: User
) -> None:
    add_files(capture, [item("a.ply", "unitless")], by=curator)
    with pytest.raises(UnitNotStated) as told:
        start_run(capture, by=curator)
    assert "a.ply" in str(told.value)
    capture.unit = Capture.Unit.MILLIMETRE
    capture.save()
    assert start_run(capture, by=curator).state == Run.State.WAITING


def test_a_capture_without_a_usable_scan_is_not_computed(
    capture: Capture, curator: User
) -> None:
    add_files(capture, [item("a.ply", "broken"), item("p.jpg")], by=curator)
    with pytest.raises(NothingUsable):
        start_run(capture, by=curator)
    assert not Run.objects.exists()


def test_a_second_run_of_a_capture_waits_for_the_first(run: Run, curator: User) -> None:
    with pytest.raises(AlreadyComputing):
        start_run(run.capture, by=curator)
    cancel_run(run, by=curator)
    assert start_run(run.capture, by=curator)


def test_a_run_is_not_started_on_a_full_disk(
    filled: Capture, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_actions, "ROOM_LEAST_BYTES", 10**18)
    with pytest.raises(NoRoom):
        start_run(filled, by=curator)


@pytest.mark.parametrize("name", ["--out", "a=b", "a b", ""])
def test_a_parameter_cannot_pass_for_an_option(
    name: str, filled: Capture, curator: User
) -> None:
    with pytest.raises(WrongParameter):
        start_run(filled, by=curator, parameters={name: 1})


def test_a_waiting_run_is_cancelled_at_once(run: Run, curator: User) -> None:
    cancel_run(run, by=curator)
    assert run.state == Run.State.CANCELLED
    with pytest.raises(RunIsOver):
        cancel_run(run, by=curator)


def test_strangers_do_not_cancel(run: Run, stranger: User) -> None:
    with pytest.raises(NotPermitted):
        cancel_run(run, by=stranger)


def test_findings_speak_the_readers_language(capture: Capture, curator: User) -> None:
    (file,) = add_files(capture, [item("a.ply", "broken")], by=curator)
    with translation.override("en"):
        assert finding_sentence(file.findings[0]) == (
            "a.ply cannot be read: its header is damaged. "
            "Export it again as PLY or E57 and add it again."
        )


def test_no_inspection_leaves_a_folder_behind(
    filled: Capture, museum_folder: Path
) -> None:
    assert not list((museum_folder / "work_root").glob("inspect-*"))
