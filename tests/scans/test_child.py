"""The engine's child: events, limits, refusals, and that nothing survives."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from scans.child import (
    ChildCrashed,
    ChildRefused,
    ChildStopped,
    Limits,
    leashed,
    run_engine,
)
from scans.events import Event
from tests.scans.shapes import write_scans

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(memory_bytes=4 * 2**30, wall_s=300, cpu_s=300, file_bytes=2**30)
PATIENCE_S = 300


def never() -> bool:
    return False


def run(
    *arguments: str,
    log: Path,
    limits: Limits = LIMITS,
    should_stop: Callable[[], bool] = never,
) -> list[Event]:
    events: list[Event] = []
    run_engine(
        arguments,
        limits=limits,
        on_event=events.append,
        should_stop=should_stop,
        log=log,
    )
    return events


def reconstruct(
    folder: Path,
    place: Path,
    limits: Limits = LIMITS,
    should_stop: Callable[[], bool] = never,
) -> list[Event]:
    """Reconstruct a folder's scans; results and log lie below `place`."""
    order = ("reconstruct", str(folder), "--out", str(place / "out"))
    return run(*order, log=place / "log", limits=limits, should_stop=should_stop)


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come; fail after PATIENCE_S."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        os.sched_yield()


def alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scans")
    write_scans(folder, seed=7, count=3, points=6_000)
    return folder


def test_inspection_ends_with_what_was_found(folder: Path, tmp_path: Path) -> None:
    events = run("inspect", str(folder), log=tmp_path / "log")
    assert [event.kind for event in events] == ["done"]
    files = events[0].detail["files"]
    assert [entry["file"] for entry in files] == [f"scan-{k}.ply" for k in range(3)]
    assert {entry["unit"] for entry in files} == {"m"}


def test_a_refusal_names_code_facts_and_sentence(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(ChildRefused) as refused:
        reconstruct(tmp_path / "in", tmp_path)
    assert refused.value.code == "no-scans"
    assert refused.value.facts == {"folder": "in"}
    assert "in holds no scan" in refused.value.message


def test_too_little_memory_ends_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    tight = Limits(memory_bytes=250 * 2**20, wall_s=300, cpu_s=300, file_bytes=2**30)
    with pytest.raises(ChildCrashed) as crashed:
        run("inspect", str(folder), log=tmp_path / "log", limits=tight)
    assert crashed.value.limit == "memory"
    assert "memory" in str(crashed.value)


def test_too_little_time_ends_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    short = Limits(memory_bytes=0, wall_s=0.3, cpu_s=0, file_bytes=0)
    with pytest.raises(ChildCrashed) as crashed:
        run("inspect", str(folder), log=tmp_path / "log", limits=short)
    assert crashed.value.limit == "time"


def test_too_much_cpu_time_ends_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    short = Limits(memory_bytes=0, wall_s=300, cpu_s=1, file_bytes=0)
    with pytest.raises(ChildCrashed) as crashed:
        reconstruct(folder, tmp_path, limits=short)
    assert crashed.value.limit == "time"


def test_a_stage_over_its_time_is_named(folder: Path, tmp_path: Path) -> None:
    short = Limits(0, wall_s=300, cpu_s=0, file_bytes=0, stage_s=0.05)
    with pytest.raises(ChildCrashed) as crashed:
        reconstruct(folder, tmp_path, limits=short)
    assert (crashed.value.limit, crashed.value.stage) in {
        ("time", ""),  # while libraries were still being loaded
        ("time", "read"),
        ("time", "register"),
    }


def test_a_crash_keeps_the_end_of_the_log(tmp_path: Path) -> None:
    with pytest.raises(ChildCrashed) as crashed:
        run("no-such-command", log=tmp_path / "log")
    assert crashed.value.limit == ""
    assert "no-such-command" in crashed.value.log_tail


def test_a_wish_to_stop_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ChildStopped):
        reconstruct(folder, tmp_path, should_stop=lambda: True)
    assert not [words for words in engines() if str(tmp_path) in " ".join(words)]


def engines() -> Iterator[list[str]]:
    """Give the command lines of the living processes that are ours."""
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # ended as we look
            if process.status() != psutil.STATUS_ZOMBIE:
                yield process.cmdline()


PARENT = """
import sys
from pathlib import Path
from scans.child import Limits, run_engine
run_engine(
    sys.argv[1:],
    limits=Limits(0, 0, 0, 0),
    on_event=lambda event: print(event.kind, flush=True),
    should_stop=lambda: False,
    log=Path(sys.argv[-1]).with_name("log"),
)
"""


def test_the_child_dies_with_its_parent(folder: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, "reconstruct", str(folder), "--out", out],
        cwd=ROOT,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"plan\n"
    children = [p.pid for p in psutil.Process(parent.pid).children(recursive=True)]
    assert children
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    until(lambda: not any(alive(pid) for pid in children))


def test_a_leashed_grandchild_dies_with_the_child(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    sleeper = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); "
    sleeper += "time.sleep(600)"
    code = "import subprocess, sys; from scans.child import leashed; "
    code += f"subprocess.run(leashed([sys.executable, '-c', {sleeper!r}]))"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    until(lambda: told.exists() and told.read_text() != "")
    child.kill()
    child.wait()
    until(lambda: not alive(int(told.read_text())))


def test_a_leash_without_limits_changes_nothing_else() -> None:
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_AS)[0])"
    plain = subprocess.check_output([sys.executable, "-c", code])
    tied = subprocess.check_output(leashed([sys.executable, "-c", code]))
    assert plain == tied


def test_an_event_is_read_as_it_was_written() -> None:
    event = Event(
        "warning", "read", 0.25, 3.5, 7, {"code": "x", "facts": {"file": "兔"}}
    )
    line = event.to_line()
    assert "\n" not in line
    assert Event.from_line(line) == event
    assert json.loads(line)["kind"] == "warning"
