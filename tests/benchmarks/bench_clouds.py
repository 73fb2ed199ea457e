"""Time one cloud of growing size from file to report, and read its peak memory.

    python -m tests.benchmarks.bench_clouds [--points 1000000 3000000 10000000]

Input: points drawn evenly on a generated vessel, 0.1 mm of noise, no normals. No rival:
the textbook route takes several scans. Processor seconds are compared, for they tell how
work grows also on a busy machine. Prints JSON and keeps it in results/clouds.json.
"""

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from scans.forms import build_form
from scans.geometry.cloud_file import write_cloud

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "benchmarks" / "results" / "clouds.json"
NOISE_M = 1e-4
GROWTH_MAX, SECONDS_MAX, BYTES_MAX = 1.1, 600.0, 6_000_000_000


def main() -> int:
    """Run all sizes, print what came out; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    sizes = [1_000_000, 3_000_000, 10_000_000]
    parser.add_argument("--points", type=int, nargs="+", default=sizes)
    parser.add_argument("--kind", default="plain-vase")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = [run(Path(folder), options.kind, n) for n in sorted(options.points)]
    result = summed_up(rows)
    text = json.dumps(result, indent=1)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text + "\n")
    sys.stdout.write(text + "\n")
    return 0 if all(result["met"].values()) else 1


def run(folder: Path, kind: str, count: int) -> dict[str, Any]:
    """Reconstruct one cloud in a process of its own."""
    source, out = folder / f"{count}.ply", folder / f"out-{count}"
    write_cloud(source, drawn(kind, count), None)
    command = [sys.executable, "-m", "scans", "reconstruct", str(source)]
    command += ["--unit", "m", "--fast", "--out", str(out)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    seconds = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads((out / "report.json").read_text())
    return {
        "points": count,
        "seconds": round(seconds, 1),
        "cpu_seconds": round(after.ru_utime - before.ru_utime, 1),
        "peak_bytes": max(stage["peak_bytes"] for stage in report["stages"]),
        "stages": {stage["name"]: stage["seconds"] for stage in report["stages"]},
        "triangles": report["figures"]["triangles"],
        "cell_m": report["figures"]["cell_m"],
    }


def drawn(kind: str, count: int) -> np.ndarray:
    """Points spread evenly over a generated form, with noise, (count, 3) metres."""
    form = build_form(kind, 0)
    random = np.random.default_rng(0)
    shares = np.cumsum(form.areas())
    chosen = np.searchsorted(shares, random.random(count) * shares[-1])
    corners = form.vertices[form.triangles[np.minimum(chosen, len(shares) - 1)]]
    u, v = np.sqrt(random.random(count)), random.random(count)
    weights = np.stack([1 - u, u * (1 - v), u * v], axis=1)
    points = np.einsum("nc,ncd->nd", weights, corners)
    return np.asarray(points + random.normal(size=points.shape) * NOISE_M)


def summed_up(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How work grows from size to size, and whether the largest stays within limits."""
    growth = [
        math.log(b["cpu_seconds"] / a["cpu_seconds"])
        / math.log(b["points"] / a["points"])
        for a, b in pairwise(rows)
    ]
    return {
        "machine": {"system": platform.platform(), "cores": os.cpu_count()},
        "runs": rows,
        "growth": [round(exponent, 3) for exponent in growth],
        "met": {
            "growth": all(exponent <= GROWTH_MAX for exponent in growth),
            "seconds": rows[-1]["seconds"] <= SECONDS_MAX,
            "memory": all(row["peak_bytes"] <= BYTES_MAX for row in rows),
        },
    }


if __name__ == "__main__":
    sys.exit(main())
