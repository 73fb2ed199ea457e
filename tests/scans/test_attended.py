"""The command line as a person meets it: an answer, or one sentence; never a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scans.__main__ import main
from scans.child import REFUSED
from scans.geometry.cloud_file import write_cloud
from tests.scans.shapes import body, sphere

ROOT = Path(__file__).resolve().parents[2]


def scans(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scans", *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cloud") / "body.ply"
    write_cloud(path, body(sphere(4_000), seed=1), None)
    return path


def test_an_answer_is_json_on_stdout(cloud: Path) -> None:
    done = scans("inspect", str(cloud))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    (row,) = answer["files"]
    assert answer["recipe"] == "single-cloud"
    assert (row["file"], row["points"]) == ("body.ply", 4_000)


def test_a_refusal_is_one_sentence(tmp_path: Path) -> None:
    done = scans("reconstruct", str(tmp_path), "--out", str(tmp_path / "out"))
    assert done.returncode == REFUSED
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("inspect", "a.ply", "--minutes", "nan"),
        ("inspect", "a.ply", "--stage-minutes", "-1"),
        ("inspect", "a.ply", "--memory-mb", "-5"),
        ("reconstruct", "a", "--out", "b", "--wall-mm", "inf"),
        ("reconstruct", "a", "--out", "b", "--accuracy-mm", "nan"),
        ("synthesize", "bowl", "--out", "b", "--noise-m", "nan"),
    ],
)
def test_a_number_that_is_none_is_refused_at_once(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words])
    assert ended.value.code == REFUSED
    assert f"it must be 0 or more, not {words[-1]}" in capsys.readouterr().err


def test_a_missing_file_is_named_and_no_disk_is_blamed(tmp_path: Path) -> None:
    done = scans("exif", str(tmp_path / "gone"))
    assert done.returncode == REFUSED
    assert done.stderr.startswith("error: gone cannot be read: No such file")


def test_no_master_is_written_among_the_scans(cloud: Path) -> None:
    folder = cloud.parent
    done = scans("reconstruct", str(folder), "--out", str(folder / ".." / folder.name))
    assert done.returncode == REFUSED
    assert "The parameter out cannot be" in done.stderr
    assert [entry.name for entry in folder.iterdir()] == ["body.ply"]


def test_too_little_memory_is_one_sentence(cloud: Path) -> None:
    done = scans("inspect", str(cloud), "--memory-mb", "100")
    assert done.returncode == REFUSED
    assert "memory" in done.stderr
    assert "Traceback" not in done.stderr


def test_too_little_time_is_one_sentence(cloud: Path) -> None:
    done = scans("inspect", str(cloud), "--minutes", "0.001")
    assert done.returncode == REFUSED
    assert "longer than it may" in done.stderr
