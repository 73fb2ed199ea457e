"""The shelf of stages is a short cut: a run does well without it, and it keeps nothing lost."""

import errno
import os
from pathlib import Path

import pytest

from heritage.captures import stage_shelf
from heritage.captures.models import Run
from heritage.captures.stage_shelf import keep_stages, make_room, take_stages
from heritage.captures.worker_run import work_folder

STAGE = "00-read-1f2e"


def no_links(*_: object) -> None:
    raise OSError(errno.EXDEV, "another file system")


@pytest.fixture
def shelf(run: Run) -> Path:
    """The stages of an earlier run; `run` follows from handwork."""
    run.constraints = {"acts": [1]}
    folder: Path = work_folder(run).with_name(f"stages-{run.capture.key}-exact")
    (folder / STAGE).mkdir(parents=True)
    (folder / STAGE / "stage.json").write_text('{"digest": "ab"}')
    (folder / "run.txt").write_text("earlier")
    return folder


def test_stages_are_copied_where_they_cannot_be_linked(
    run: Run, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", no_links)
    take_stages(run, work_folder(run))
    laid = work_folder(run) / "out" / "stages"
    assert (laid / STAGE / "stage.json").is_file()
    assert not (laid / "run.txt").exists()


def test_a_shelf_that_vanishes_meanwhile_is_gone_without(
    run: Run, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanishing(source: str, target: str) -> None:
        Path(source).unlink()
        no_links()

    monkeypatch.setattr(os, "link", vanishing)
    take_stages(run, work_folder(run))
    assert not (work_folder(run) / "out" / "stages").exists()
    assert stage_shelf.taken_stages(work_folder(run)) == {}


def test_room_is_made_while_another_clears_the_same_shelf(
    run: Run, shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = shelf.with_name("stages-gone-exact")
    found = [gone, shelf]
    monkeypatch.setattr(Path, "glob", lambda *_: iter(found))
    make_room(1 << 60)
    assert not shelf.exists()


@pytest.mark.parametrize("is_held", [True, False])
def test_stages_are_kept_of_scans_that_the_capture_still_holds(
    run: Run, *, is_held: bool
) -> None:
    file = run.capture.files.all()[0].stored_file
    run.report = {"inputs": [{"sha512": file.sha512 if is_held else "gone"}]}
    run.save()
    figures = {"number": 1, "seconds": 1.0, "peak_bytes": 1, "attempt": 1}
    run.stages.create(name="read", digest="ab", **figures)
    made = work_folder(run) / "out" / "stages" / STAGE
    made.mkdir(parents=True)
    (made / "stage.json").write_text('{"digest": "ab"}')
    pairs = made.with_name("pairs")
    pairs.mkdir()
    (pairs / "1f2e.json").write_text("{}")
    keep_stages(run, work_folder(run))
    shelf = work_folder(run).with_name(f"stages-{run.capture.key}-exact")
    assert (shelf / STAGE).is_dir() == is_held
    assert (shelf / "pairs" / "1f2e.json").is_file() == is_held


def test_how_pairs_lie_is_laid_in_and_told_as_no_stage(run: Run, shelf: Path) -> None:
    (shelf / "pairs").mkdir()
    (shelf / "pairs" / "1f2e.json").write_text("{}")
    take_stages(run, work_folder(run))
    assert (work_folder(run) / "out" / "stages" / "pairs" / "1f2e.json").is_file()
    assert stage_shelf.taken_stages(work_folder(run)) == {"read": "earlier"}
