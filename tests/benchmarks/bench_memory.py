"""Measure that a deposit's memory does not grow with the file: command, tus, S3.

    python -m tests.benchmarks.bench_memory [--gib 1 4] [--s3-gib 0.25 1]

Input: sparse files, all hole but for a few bytes at both ends; what is kept of them is
not sparse, so a size needs twice its room on the disk (over tus and to S3: three
times). No rival: each way is held against itself with the smallest size, whose peak of
resident memory the largest may pass by a tenth. The S3 server is moto, a process of its
own. Prints JSON and keeps it in tests/benchmarks/results/memory.json.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.heritage.archive.buckets import SECRET, make_bucket, s3_server

from .bench_archive import ROOT, Spent, make_sparse, manage, over_tus

RESULTS = ROOT / "tests" / "benchmarks" / "results" / "memory.json"
GROWTH_MAX, RESIDENT_MAX_MB = 1.1, 150


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, nargs="*", default=[1.0, 4.0])
    parser.add_argument("--s3-gib", type=float, nargs="*", default=[0.25, 1.0])
    options = parser.parse_args()
    spent: dict[str, dict[float, float]] = {"command": {}, "tus": {}, "s3": {}}
    for gib in options.gib or ():
        spent["command"][gib] = in_folder(by_command, gib).resident_mb
        spent["tus"][gib] = in_folder(by_tus, gib).resident_mb
    for gib in options.s3_gib:
        spent["s3"][gib] = in_folder(to_bucket, gib).resident_mb
    result = judged({way: peaks for way, peaks in spent.items() if peaks})
    text = json.dumps(result, indent=1)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text + "\n")
    sys.stdout.write(text + "\n")
    return 0 if all(result["met"].values()) else 1


def in_folder(measure: Any, gib: float) -> Spent:
    """Measure one way with one size, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spent: Spent = measure(make_sparse(folder / "sparse" / "s.bin", gib), folder)
    sys.stderr.write(f"{measure.__name__} {gib} GiB: {spent}\n")
    return spent


def by_command(sparse: Path, folder: Path) -> Spent:
    museum = museum_in(folder)
    manage(museum, "migrate", "-v0")
    return manage(museum, "deposit", str(sparse.parent))


def by_tus(sparse: Path, folder: Path) -> Spent:
    return over_tus(sparse.rename(sparse.with_suffix(".raw")), folder / "tus")


def to_bucket(sparse: Path, folder: Path) -> Spent:
    """Deposit into a bucket of a server in a process of its own."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.bench_memory", "serve"], stdout=subprocess.PIPE, text=True,
        stdin=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert server.stdout is not None
    try:
        endpoint, address = server.stdout.readline().split()
        museum = museum_in(folder) | {
            "HERITAGE_ARCHIVE_S3": address,
            "HERITAGE_S3_ENDPOINT": endpoint,
            "HERITAGE_S3_ACCESS_KEY": "museum",
            "HERITAGE_S3_SECRET_KEY": SECRET,
        }
        manage(museum, "migrate", "-v0")
        return manage(museum, "deposit", str(sparse.parent))
    finally:
        server.kill()
        server.wait()


def museum_in(folder: Path) -> dict[str, str]:
    return os.environ | {
        "HERITAGE_DATA": str(folder / "museum"),
        "HERITAGE_LOG_LEVEL": "ERROR",
    }


def serve() -> None:
    """Be the server until standard input ends."""
    import django

    django.setup()
    with s3_server() as endpoint:
        address = make_bucket(endpoint, "memory")
        sys.stdout.write(f"{endpoint} {address}\n")
        sys.stdout.flush()
        sys.stdin.read()


def judged(peaks: dict[str, dict[float, float]]) -> dict[str, Any]:
    growth = {
        way: round(told[max(told)] / told[min(told)], 3) for way, told in peaks.items()
    }
    return {
        "peak_resident_mb_by_gib": peaks,
        "growth": growth,
        "met": {
            way: growth[way] <= GROWTH_MAX and max(told.values()) <= RESIDENT_MAX_MB
            for way, told in peaks.items()
        },
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heritage.settings")
    if sys.argv[1:] == ["serve"]:
        serve()
    else:
        sys.exit(main())
