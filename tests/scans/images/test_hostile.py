"""Every picture in the shared data is read or refused with a sentence, within limits."""

import random
from pathlib import Path

import pytest

from scans.child import ChildRefused, Limits, run_engine
from scans.events import Event

from .pictures import as_bytes, corners

LIMITS = Limits(memory_bytes=2**30, wall_s=120, cpu_s=20, file_bytes=4 * 2**30)
FUZZED = 12  # of each kind


def read_in_child(path: Path, out: Path) -> str:
    """Give the format, or the sentence of the refusal; a crash or limit raises."""
    heard: list[Event] = []
    try:
        run_engine(
            ["image", str(path), "--out", str(out)],
            limits=LIMITS,
            on_event=heard.append,
            should_stop=lambda: False,
            log=out.with_suffix(".log"),
        )
    except ChildRefused as refusal:
        return refusal.message
    (done,) = (event for event in heard if event.kind == "done")
    assert done.detail["pages"]
    return str(done.detail["format"])


@pytest.mark.thorough
def test_everything_in_the_shared_data(shared_data: Path, tmp_path: Path) -> None:
    """A child each: none crashes, none passes 1 GB or 20 s of the processor."""
    files = [path for path in shared_data.glob("images/**/*") if path.is_file()]
    told = {
        str(path): read_in_child(path, tmp_path / str(number))
        for number, path in enumerate(sorted(files))
    }
    formats = {"TIFF", "BigTIFF", "JPEG", "PNG", "WebP", "AVIF", "HEIC", "JPEG 2000"}
    assert formats <= set(told.values())


@pytest.mark.thorough
def test_the_largest_jpeg(shared_data: Path, tmp_path: Path) -> None:
    giant = shared_data / "images" / "sharp" / "giant-image.jpg"
    assert read_in_child(giant, tmp_path / "out") == "JPEG"


@pytest.mark.thorough
@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF", "JPEG2000"])
def test_fuzzed_files(form: str, tmp_path: Path) -> None:
    chance = random.Random(form)  # noqa: S311 - to repeat, not to hide
    sound = as_bytes(corners(), form)
    for number in range(FUZZED):
        body = bytearray(sound)
        for _ in range(chance.randint(1, 20)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        path = tmp_path / f"{number}.bin"
        path.write_bytes(bytes(body[: chance.randint(len(body) // 2, len(body))]))
        read_in_child(path, tmp_path / f"out-{number}")
