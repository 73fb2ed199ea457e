"""Time deposits and packages beside the plain tools that do half as much.

    python -m tests.benchmarks.bench_archive [--gib 2] [--files 10000]

Input: random bytes, made here. Rivals, run in turn with ours: `sha512sum` and then `cp`
for a deposit, `cp` for a package (three times each, and `sha512sum`, for a package is
verified: one file cannot be hashed by two cores, the set of eight files can). Each reads what was just written, from the cache. A
deposit is that of `manage.py deposit`, whole: process start, hashing, syncing, rows.
Each runs in a museum of its own on SQLite, in a temporary folder. Over tus the file goes
to the museum's own web server (tus_client.py) and is kept. Resident memory is the
process's peak. Prints JSON and keeps it in tests/benchmarks/results/archive.json.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "benchmarks" / "results" / "archive.json"
CHUNK = 1024**2
RATIO_MIN, TUS_RATIO_MIN, PACKAGE_RATIO_MIN = 0.60, 0.35, 0.50
ROUNDS = 3  # of package and copy
SEVERAL = 8  # files of a set
FILES_PER_S_MIN, RESIDENT_MAX = 300, 150


def main() -> int:
    """Run all, print what came out; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gib", type=float, default=2.0)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--sparse-gib", type=float, default=0.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder), options)
    text = json.dumps(result, indent=1)
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(text + "\n")
    sys.stdout.write(text + "\n")
    return 0 if all(result["met"].values()) else 1


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    museum = os.environ | {
        "HERITAGE_DATA": str(folder / "museum"),
        "HERITAGE_LOG_LEVEL": "ERROR",
    }
    manage(museum, "migrate", "-v0")
    big = make_big(folder / "big" / "big.ply", options.gib)
    copy = ["cp", str(big), f"{folder}/copy"]
    spent: dict[str, Spent] = {"start": manage(museum, "deposit", "--help")}
    # In turn, so that what else the machine does falls on both.
    spent["rival"] = timed(["sha512sum", str(big)]) + timed(copy)
    spent["deposit"] = manage(museum, "deposit", str(big.parent))
    spent["tus"] = over_tus(big, folder / "tus")
    spent["rival_again"] = timed(["sha512sum", str(big)]) + timed(copy)
    (folder / "copy").unlink()
    spent |= packaged(museum, folder, big)
    spent |= saved(museum, folder)
    several = make_several(big, folder / "several")
    big.unlink()
    manage(museum, "deposit", str(several))
    of_set = packaged(museum, folder, several)
    spent |= {f"set_{name}": one for name, one in of_set.items()}
    shutil.rmtree(several)
    small = make_small(folder / "small", options.files)
    spent["small"] = manage(museum, "deposit", str(small))
    if options.sparse_gib:
        sparse = make_sparse(folder / "sparse" / "s.e57", options.sparse_gib)
        spent["sparse"] = manage(museum, "deposit", str(sparse.parent))
    return judged(spent, options)


def packaged(museum: dict[str, str], folder: Path, source: Path) -> dict[str, "Spent"]:
    """Write the newest deposit as a package, in turn with a copy of what it was made of."""
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    copy = ["cp", "-r", str(source), f"{folder}/copy"]
    package = ["make_package", f"{folder}/p.tar", "--deposit", newest(museum)]
    spent = dict.fromkeys(("copy", "digest", "package"), Spent(0, 0, 0))
    for _round in range(ROUNDS):
        spent["copy"] += timed(copy)
        remove(folder / "copy")
        spent["digest"] += timed(["sha512sum", *map(str, files)])
        spent["package"] += manage(museum, *package)
        remove(folder / "p.tar")
    return spent


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def saved(museum: dict[str, str], folder: Path) -> dict[str, "Spent"]:
    """Back up twice, the second time with nothing new, and restore into nothing."""
    target, second = f"{folder}/backups", museum | {"HERITAGE_DATA": f"{folder}/second"}
    spent = {
        "backup": manage(museum, "backup", target),
        "backup_again": manage(museum, "backup", target),
        "restore": manage(second, "restore", target),
    }
    shutil.rmtree(target)
    shutil.rmtree(folder / "second")
    return spent


def judged(spent: dict[str, "Spent"], options: argparse.Namespace) -> dict[str, Any]:
    """Compare, by the clock and by the processor, with and without Python's start."""
    rival = (spent["rival"].seconds + spent["rival_again"].seconds) / 2
    rival_cpu = (spent["rival"].cpu_s + spent["rival_again"].cpu_s) / 2
    start = spent["start"]
    ratio = {
        "deposit": rival / spent["deposit"].seconds,
        "deposit_without_start": rival / (spent["deposit"].seconds - start.seconds),
        "deposit_cpu_without_start": rival_cpu / (spent["deposit"].cpu_s - start.cpu_s),
        "tus": rival / spent["tus"].seconds,
        "tus_cpu": rival_cpu / spent["tus"].cpu_s,
        "backup": rival / spent["backup"].seconds,
        "backup_again": rival / spent["backup_again"].seconds,
        "restore": rival / spent["restore"].seconds,
        **of_package(spent, "", start),
        **of_package(spent, "set_", start),
        "files_per_s": options.files / spent["small"].seconds,
        "files_per_cpu_s_without_start": options.files
        / (spent["small"].cpu_s - start.cpu_s),
    }
    ours = ("deposit", "tus", "package", "small", "sparse")
    most = max(spent[name].resident_mb for name in ours if name in spent)
    return {
        "machine": {"system": platform.platform(), "cores": os.cpu_count()},
        "load": round(os.getloadavg()[0], 1),
        "input": vars(options),
        "spent": {name: asdict(one) for name, one in spent.items()},
        "ratio": {name: round(value, 2) for name, value in ratio.items()},
        "met": {
            "deposit": ratio["deposit"] >= RATIO_MIN,
            "tus": ratio["tus"] >= TUS_RATIO_MIN,
            "package": ratio["package"] >= PACKAGE_RATIO_MIN,
            "small": ratio["files_per_s"] >= FILES_PER_S_MIN,
            "resident": most <= RESIDENT_MAX,
        },
    }


def of_package(spent: dict[str, "Spent"], of: str, start: "Spent") -> dict[str, float]:
    """Compare with a copy, and with what a digest of the same bytes takes on one core."""
    copy, digest = spent[f"{of}copy"], spent[f"{of}digest"]
    whole = spent[f"{of}package"]
    own_s = whole.seconds - ROUNDS * start.seconds
    return {
        f"{of}package": copy.seconds / whole.seconds,
        f"{of}package_without_start": copy.seconds / own_s,
        f"{of}package_beside_digest": digest.seconds / own_s,
        f"{of}copy_beside_digest": copy.seconds / digest.seconds,
    }


@dataclass(frozen=True)
class Spent:
    """What a command took: by the clock, by the processor, in memory at its peak."""

    seconds: float
    cpu_s: float
    resident_mb: float

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            round(self.seconds + other.seconds, 2),
            round(self.cpu_s + other.cpu_s, 2),
            max(self.resident_mb, other.resident_mb),
        )


def manage(museum: dict[str, str], *words: str) -> Spent:
    return timed([sys.executable, str(ROOT / "manage.py"), *words], museum)


def over_tus(big: Path, folder: Path) -> Spent:
    """Send the file to a museum of its own, from the first request until it is kept."""
    plain = big.with_suffix(".bin")  # no scan: what a look into one costs is not ours
    plain.hardlink_to(big)
    words = [sys.executable, "-m", "tests.benchmarks.tus_client"]
    museum = os.environ | {"DJANGO_SETTINGS_MODULE": "heritage.settings"}
    done = subprocess.run(
        [*words, str(plain), str(folder)],
        cwd=ROOT,
        env=museum,
        capture_output=True,
        text=True,
        check=False,
    )
    plain.unlink()
    shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def timed(command: list[str], environment: dict[str, str] | None = None) -> Spent:
    """Run a command and tell what it took."""
    began = time.monotonic()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as child:
        _pid, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command} ended with {child.returncode}")
    cpu_s = usage.ru_utime + usage.ru_stime
    seconds = time.monotonic() - began
    return Spent(round(seconds, 2), round(cpu_s, 2), round(usage.ru_maxrss / 1024, 1))


def newest(environment: dict[str, str]) -> str:
    """Give the key of the deposit made last."""
    code = (
        "import django; django.setup();"
        "from heritage.archive.models import Deposit;"
        "print(Deposit.objects.latest('pk').key)"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | {"DJANGO_SETTINGS_MODULE": "heritage.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return told.stdout.strip()


def make_big(path: Path, gib: float) -> Path:
    path.parent.mkdir()
    with path.open("wb") as out:
        for _ in range(int(gib * 1024)):
            out.write(os.urandom(CHUNK))
    return path


def make_several(big: Path, folder: Path) -> Path:
    """Make a set of the same bytes: as many files, each a part."""
    folder.mkdir()
    part = big.stat().st_size // SEVERAL
    with big.open("rb") as file:
        for number in range(SEVERAL):
            with (folder / f"{number}.ply").open("wb") as out:
                for _ in range(0, part, CHUNK):
                    out.write(file.read(CHUNK))
    return folder


def make_small(folder: Path, count: int) -> Path:
    for number in range(count):
        place = folder / f"{number // 1000:03d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:06d}.jpg").write_bytes(os.urandom(2048))
    return folder


def make_sparse(path: Path, gib: float) -> Path:
    path.parent.mkdir()
    with path.open("wb") as out:
        out.truncate(int(gib * 1024**3))
    return path


if __name__ == "__main__":
    sys.exit(main())
