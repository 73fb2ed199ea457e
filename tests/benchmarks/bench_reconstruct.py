"""Time the engine on real scans beside the textbook route, and score both.

    python -m tests.benchmarks.bench_reconstruct [--rounds 1]

Input: the bunny's ten range scans. Rival: ../shared/tools/reference_pipeline.py. Both run
one after the other on the same machine, so that a ratio means something where seconds do
not; the ratio of processor seconds says how much of it a busy machine made up. Prints JSON and keeps it in tests/benchmarks/results/reconstruct.json.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
SCANS = SHARED / "data" / "scans" / "bunny-range"
RIVAL = SHARED / "tools" / "reference_pipeline.py"
SCORE = SHARED / "tools" / "score_scan.py"
RESULTS = ROOT / "tests" / "benchmarks" / "results" / "reconstruct.json"

# The targets: shares of the rival's time, and poses as good as the published ones are.
RATIO_MAX = {"fast": 1 / 3, "exact": 1 / 2}
DEGREES_MAX, SHIFT_MAX_M = 0.22, 0.00033


def main() -> int:
    """Run all, print what came out; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    rounds = parser.parse_args().rounds
    if not SCANS.is_dir() or not RIVAL.is_file():
        sys.stderr.write("The shared scans or the rival are not beside the checkout.\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), rounds=rounds)
    text = json.dumps(result, indent=1)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text + "\n")
    sys.stdout.write(text + "\n")
    return 0 if all(result["met"].values()) else 1


def measure(folder: Path, *, rounds: int) -> dict[str, Any]:
    """Run rival, fast and exact in turn; the best round of each counts."""
    best: dict[str, float] = {}
    work: dict[str, float] = {}
    for number in range(rounds):
        for name, command in commands(folder, number).items():
            seconds, processor = timed(command)
            best[name] = min(seconds, best.get(name, seconds))
            work[name] = min(processor, work.get(name, processor))
    last = rounds - 1
    ours = {m: score(folder / f"{m}-{last}" / "poses.json") for m in RATIO_MAX}
    rival = score(folder / f"rival-{last}" / "poses.json")
    reports = {m: told(folder / f"{m}-{last}") for m in RATIO_MAX}
    worst = max(ours.values(), key=lambda poses: poses["worst_shift"])
    ratio = {mode: best[mode] / best["rival"] for mode in RATIO_MAX}
    return {
        "machine": {"system": platform.platform(), "cores": os.cpu_count()},
        "input": {"scans": 10, "rounds": rounds},
        "seconds": {name: round(value, 2) for name, value in best.items()},
        "cpu_seconds": {name: round(value, 2) for name, value in work.items()},
        "ratio": {mode: round(share, 3) for mode, share in ratio.items()},
        "cpu_ratio": {m: round(work[m] / work["rival"], 3) for m in RATIO_MAX},
        "poses": ours | {"rival": rival},
        "runs": reports,
        "met": {
            **{f"{mode}_time": ratio[mode] <= RATIO_MAX[mode] for mode in RATIO_MAX},
            "all_placed": all(poses["placed"] == 10 for poses in ours.values()),
            "degrees": worst["worst_degrees"] <= DEGREES_MAX,
            "shift": worst["worst_shift"] <= SHIFT_MAX_M,
        },
    }


def commands(folder: Path, number: int) -> dict[str, list[str]]:
    """Command lines of rival and ours, each with an output folder of its own."""
    ours = [sys.executable, "-m", "scans", "reconstruct", str(SCANS), "--unit", "m"]
    out = {
        name: str(folder / f"{name}-{number}") for name in ("rival", "fast", "exact")
    }
    return {
        "rival": [sys.executable, str(RIVAL), str(SCANS), out["rival"]],
        "fast": [*ours, "--fast", "--out", out["fast"]],
        "exact": [*ours, "--exact", "--out", out["exact"]],
    }


def timed(command: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of a command, with the processes that it started."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return seconds, user + system


def score(poses: Path) -> dict[str, Any]:
    """Compare poses with the published ones."""
    command = [sys.executable, str(SCORE), "--scans", str(SCANS)]
    command += ["--truth", str(SCANS / "bun.conf"), "--poses", str(poses)]
    done = subprocess.run(command, check=True, capture_output=True)
    found: dict[str, Any] = json.loads(done.stdout)
    rows = {k: v for k, v in found["poses"].items() if k != "each"}
    return rows | {"overlap_mean": found["overlap"]["ours"]["mean"]}


def told(out: Path) -> dict[str, Any]:
    """What a run says about itself."""
    report = json.loads((out / "report.json").read_text())
    return {
        "stages": {stage["name"]: stage["seconds"] for stage in report["stages"]},
        "peak_bytes": max(stage["peak_bytes"] for stage in report["stages"]),
        "triangles": report["figures"]["triangles"],
        "watertight": report["figures"]["watertight"],
    }


if __name__ == "__main__":
    sys.exit(main())
