"""A whole run: what it leaves, the same bytes twice, and taken up after any kill."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scans.child import ChildRefused, Limits, run_engine
from scans.digests import file_digest
from scans.events import Event
from scans.geometry.rigid import carry, inverse
from scans.scan_store import load_cloud
from tests.scans.shapes import write_scans

ROOT = Path(__file__).resolve().parents[2]
STAGES = ["read", "register", "surface", "orient", "measure"]
STAGES += ["levels", "pictures", "report"]
LIMITS = Limits(memory_bytes=0, wall_s=600, cpu_s=600, file_bytes=0)
SMALL = ["--set", "depth=6"]
VIEWS = [f"pictures/view-{k}.png" for k in range(8)]
FILES = ["poses.json", "master.ply", "thumb.glb", "headset.glb", "web.glb"]
FILES += [*VIEWS, "pictures/thumb.png"]

pytestmark = pytest.mark.slow


def run(*arguments: str, log: Path) -> list[Event]:
    events: list[Event] = []
    run_engine(
        arguments,
        limits=LIMITS,
        on_event=events.append,
        should_stop=lambda: False,
        log=log,
    )
    return events


def digests(folder: Path) -> dict[str, str]:
    return {name: file_digest(folder / name) for name in FILES}


def report_of(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("input")
    write_scans(folder, seed=7, count=4, points=6_000)
    (folder / "notes.txt").write_text("not a scan")
    return folder


@pytest.fixture(scope="module")
def finished(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[Event]]:
    out = tmp_path_factory.mktemp("out")
    events = run(
        "reconstruct", str(folder), "--out", str(out), *SMALL, log=out / "log.txt"
    )
    return out, events


def test_a_run_leaves_all_that_was_agreed(
    finished: tuple[Path, list[Event]],
) -> None:
    out, _ = finished
    report = report_of(out)
    assert [stage["name"] for stage in report["stages"]] == STAGES[:-1]
    assert report["placed"] == [f"scan-{k}.ply" for k in range(4)]
    assert report["not_placed"] == []
    assert report["recipe"]["name"] == "range-scans"
    assert report["recipe"]["parameters"]["depth"] == 6
    assert report["upright"]["confirmed"] is False
    assert report["master"]["sha512"] == file_digest(out / "master.ply")
    assert sorted(json.loads((out / "poses.json").read_text())) == report["placed"]
    assert {d["file"] for d in report["derivatives"]} == set(FILES[2:5])
    assert all(d["validator"]["errors"] == 0 for d in report["derivatives"])
    assert all((out / name).stat().st_size for name in FILES)


def test_progress_never_goes_back_and_ends_at_one(
    finished: tuple[Path, list[Event]],
) -> None:
    _, events = finished
    fractions = [event.fraction for event in events]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert events[0].kind == "plan"
    assert events[0].detail["stages"] == STAGES
    assert events[0].detail["estimate_s"] > 0
    assert [e.stage for e in events if e.kind == "stage-finished"] == STAGES
    assert events[-1].kind == "done"


def test_a_killed_run_is_taken_up_and_gives_the_same_bytes(
    folder: Path, finished: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    """Killed once in each stage, in one output folder: the hardest life a run can have."""
    out = tmp_path / "out"
    for stage in STAGES:
        kill_in(stage, folder, out)
    events = run(
        "reconstruct", str(folder), "--out", str(out), *SMALL, log=tmp_path / "l"
    )
    resumed = [e.stage for e in events if e.detail.get("resumed")]
    assert resumed == STAGES[: len(resumed)]
    assert len(resumed) >= len(STAGES) - 1
    assert digests(out) == digests(finished[0])
    assert not list((out / "stages").glob(".tmp-*"))


def kill_in(stage: str, folder: Path, out: Path) -> None:
    """Start a run, and kill it as soon as it says that it is in a stage."""
    command = [sys.executable, "-m", "scans", "reconstruct", str(folder)]
    command += ["--out", str(out), *SMALL, "--events"]
    child = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert child.stdout is not None
    for line in child.stdout:
        event = Event.from_line(line.decode())
        if event.kind == "stage-started" and event.stage == stage:
            break
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()


def test_damage_to_a_finished_stage_is_noticed(
    folder: Path, finished: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    out = finished[0]
    before = digests(out)
    upright = next((out / "stages").glob("*-orient-*")) / "upright.json"
    upright.write_text("{}")
    events = run(
        "reconstruct", str(folder), "--out", str(out), *SMALL, log=tmp_path / "l"
    )
    fresh = [
        e.stage
        for e in events
        if e.kind == "stage-finished" and not e.detail["resumed"]
    ]
    assert fresh == ["orient"]
    assert digests(out) == before


@pytest.mark.thorough
def test_a_cut_after_placing_goes_on_from_there_and_is_as_from_the_start(
    folder: Path, finished: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    """Only the surface and what follows are made again, and the bytes are the same."""
    points = load_cloud(next(finished[0].glob("stages/*-register-*/cloud.npz"))).points
    box = {"scan": "scan-1.ply", "when": "placed", "min": [-9] * 3, "max": [9] * 3}
    poses = json.loads((finished[0] / "poses.json").read_text())
    own = carry(points, inverse(np.array(poses["scan-1.ply"])))
    box["max"] = [float(np.quantile(own[:, 0], 0.8)), 9, 9]
    said = tmp_path / "said.json"
    said.write_text(json.dumps({"boxes": [box | {"keep": True}]}))
    shutil.copytree(finished[0] / "stages", tmp_path / "on" / "stages")
    made = {}
    for name in ("on", "new"):
        words = ["reconstruct", str(folder), "--out", str(tmp_path / name), *SMALL]
        made[name] = run(*words, f"--constraints={said}", log=tmp_path / "log")
    resumed = {n: [e.stage for e in made[n] if e.detail.get("resumed")] for n in made}
    assert resumed == {"on": ["read", "register"], "new": []}
    assert digests(tmp_path / "on") == digests(tmp_path / "new")
    assert digests(tmp_path / "on") != digests(finished[0])


def test_a_confirmed_upright_turns_what_is_delivered_and_not_the_master(
    finished: tuple[Path, list[Event]], tmp_path: Path
) -> None:
    out = finished[0]
    matrix = report_of(out)["upright"]["proposed"]
    turned = [matrix[2], matrix[1], [-value for value in matrix[0]], matrix[3]]
    (tmp_path / "upright.json").write_text(json.dumps({"matrix": turned}))
    master = out / "master.ply"
    before = file_digest(master)
    again = tmp_path / "again"
    run(
        "deliver",
        str(master),
        "--out",
        str(again),
        "--upright",
        str(tmp_path / "upright.json"),
        log=tmp_path / "log",
    )
    old, new = report_of(out), report_of(again)
    assert new["upright"] | {"proposed": None} == {
        "proposed": None,
        "used": turned,
        "confirmed": True,
    }
    assert new["dimensions"]["width_m"] == pytest.approx(
        old["dimensions"]["depth_m"], rel=1e-5
    )
    assert file_digest(master) == before
    assert not (again / "master.ply").exists()
    assert file_digest(again / VIEWS[2]) != file_digest(out / VIEWS[0])


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        (["--set", "depth=99"], "bad-parameter"),
        (["--set", "colour=red"], "unknown-parameter"),
        (["--recipe", "soup"], "unknown-recipe"),
        (["--recipe", "mesh-only"], "wrong-recipe"),
        (["--recipe", "single-cloud"], "wrong-recipe"),
        (["--scan", "gone.ply"], "missing-scan"),
        (["--scan", "../scan-0.ply"], "missing-scan"),
        (["--upright", "no-such-file.json"], "bad-upright"),
    ],
)
def test_a_wrong_order_is_refused_before_anything_is_read(
    folder: Path, tmp_path: Path, extra: list[str], code: str
) -> None:
    out = tmp_path / "out"
    with pytest.raises(ChildRefused) as refused:
        run("reconstruct", str(folder), "--out", str(out), *extra, log=tmp_path / "l")
    assert refused.value.code == code
    assert not (out / "stages").exists()
