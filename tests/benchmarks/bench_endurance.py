"""Two hundred reconstructions in a row through one worker: no leak, no lost run.

    make bench TESTS=tests/benchmarks/bench_endurance.py

Ten bodies in turn, each of 20 000 points in two scans that overlap by half, and a coarse
surface: it is the worker that is looked at. Its resident memory, children left out,
must stay level within a tenth once the first runs have warmed it up. `HERITAGE_BENCH_RUNS`
takes fewer. The figures are kept after every run. No rival: the textbook route has no worker.
"""

import json
import os
import time
from collections import deque
from itertools import cycle
from pathlib import Path
from statistics import median

import psutil
import pytest

from tests.heritage.captures import puppet
from tests.heritage.captures.museum import LOOK_EVERY_S, Museum
from tests.heritage.captures.museums import museum_of
from tests.scans.shapes import write_scans

RESULTS = Path(__file__).parent / "results"
RUNS = int(os.environ.get("HERITAGE_BENCH_RUNS", "200"))
SETS = 10
SCANS, ROUND = 2, 6  # neighbours, out of so many all round
POINTS = 24_600  # of a body of which each scan sees two fifths: 20 000 in all
DEPTH = 5
WARM = 5
WINDOW = max(3, RUNS // 10)
LEVEL = 0.10
PATIENCE_S = 1800.0  # for one run, on a machine that has much else to do
ENDED = {"succeeded", "failed", "cancelled"}


@pytest.mark.benchmark
def test_the_worker_stays_level_and_loses_no_run(tmp_path: Path) -> None:
    with museum_of(
        "sqlite", tmp_path / "museum", HERITAGE_TEST_REAL_ENGINE="1"
    ) as museum:
        sets = cycle([hand_in(museum, tmp_path, seed) for seed in range(SETS)])
        keys = deque(ask_for_run(museum, next(sets)) for _ in range(min(SETS, RUNS)))
        with museum.worker() as worker:
            process = psutil.Process(worker.pid)
            began = time.monotonic()
            resident: list[int] = []
            states: list[str] = []
            while keys:
                states.append(await_end(museum, keys.popleft()))
                resident.append(int(process.memory_info().rss))
                figures = judge(resident, states, time.monotonic() - began)
                keep(figures)
                if len(states) + len(keys) < RUNS:
                    keys.append(ask_for_run(museum, next(sets)))
    assert figures["succeeded"] == RUNS
    assert figures["growth"] <= LEVEL


def hand_in(museum: Museum, folder: Path, seed: int) -> str:
    """Hand in a set; give its capture's key."""
    place = folder / f"set-{seed}"
    write_scans(place, seed=seed, count=ROUND, points=POINTS)
    files = sorted(place.glob("*.ply"))[:SCANS]
    scans = {path.name: path.read_bytes() for path in files}
    return museum.ask(puppet.make_capture, scans)


def ask_for_run(museum: Museum, capture: str) -> str:
    return museum.ask(puppet.start, capture, {"depth": DEPTH})


def await_end(museum: Museum, key: str) -> str:
    """Wait for the end of a run; give its state."""
    deadline = time.monotonic() + PATIENCE_S
    while (state := str(museum.ask(puppet.look, key)["state"])) not in ENDED:
        assert time.monotonic() < deadline, museum.log()
        time.sleep(10 * LOOK_EVERY_S)
    return state


def judge(resident: list[int], states: list[str], seconds: float) -> dict[str, float]:
    settled = resident[WARM:] or resident
    early, late = median(settled[:WINDOW]), median(settled[-WINDOW:])
    return {
        "runs": len(states),
        "succeeded": states.count("succeeded"),
        "points_each": 20_000,
        "seconds_each": round(seconds / len(states), 2),
        "resident_early_mb": round(early / 2**20, 1),
        "resident_late_mb": round(late / 2**20, 1),
        "growth": round(late / early - 1.0, 4),
    }


def keep(figures: dict[str, float]) -> None:
    RESULTS.mkdir(exist_ok=True)
    text = json.dumps(figures, indent=1)
    (RESULTS / "endurance.json").write_text(text + "\n")
