"""What changed between two masters of a million triangles: how long it takes, and how true.

    make bench TESTS=tests/benchmarks/bench_change.py

Input: generated vessels of several kinds, a million triangles at least, seen twice with a
scanner's noise (0.03 mm) and in another frame the second time: once with a flake of 4 cm²
and half a millimetre struck off, once unchanged. Measured: `python -m scans compare` as
the museum calls it, from reading both masters to the last picture; area and depth of what
it finds; what it claims where nothing has changed. No rival: the limits are the issue's.
Prints JSON and keeps it in results/change.json.
"""

import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scans import child
from scans.geometry.mesh import Mesh
from scans.geometry.mesh_file import write_master
from tests.scans.change.vessels import elsewhere, noisy, vessel, with_loss

pytestmark = pytest.mark.benchmark

RESULTS = Path(__file__).with_name("results") / "change.json"
TRIANGLES, NOISE_M, STATED_MM = 1_000_000, 0.00003, "0.03,0.03"
AREA_M2, DEPTH_M = 4e-4, 0.0005
MOST_S, AREA_SHARE, DEPTH_MM = 30.0, 0.1, 0.05
SEEN = [("vase", 3, 3), ("bell", 2, 5), ("handled-jug", 4, 7)]  # kind, seed, place
LIMITS = child.Limits(memory_bytes=0, wall_s=900, cpu_s=900, file_bytes=0)


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = {
        "target_s": MOST_S, "area_target": AREA_SHARE, "depth_target_mm": DEPTH_MM,
    }  # fmt: skip
    yield found
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))  # noqa: T201 - a benchmark tells what it found


def compared(folder: Path, first: Mesh, second: Mesh) -> dict[str, Any]:
    """Compare two masters as the museum does; give the report's change, with the time."""
    paths = [folder / "before.ply", folder / "after.ply"]
    for path, mesh in zip(paths, (first, second), strict=True):
        write_master(path, mesh)
    words = ["compare", *map(str, paths), "--uncertainty-mm", STATED_MM]
    before, started = _burnt_s(), time.perf_counter()
    child.run_engine(
        [*words, "--out", str(folder / "out")], limits=LIMITS,
        on_event=lambda _event: None, should_stop=lambda: False, log=folder / "log",
    )  # fmt: skip
    taken = {"seconds": time.perf_counter() - started, "cpu_s": _burnt_s() - before}
    told = json.loads((folder / "out" / "report.json").read_text())["change"]
    return {**told, **taken, "triangles": len(second.triangles)}


@pytest.mark.parametrize(("kind", "seed", "place"), SEEN)
def test_a_loss(
    kind: str, seed: int, place: int, tmp_path: Path, figures: dict[str, Any]
) -> None:
    whole = vessel(kind, seed, TRIANGLES)
    lost, area_m2 = with_loss(whole, area_m2=AREA_M2, depth_m=DEPTH_M, seed=place)
    after = elsewhere(noisy(lost, NOISE_M, 2), 3)
    told = compared(tmp_path, noisy(whole, NOISE_M, 1), after)
    regions = told["regions"]
    figures[f"{kind}-lost"] = {
        **{name: round(told[name], 2) for name in ("seconds", "cpu_s")},
        "triangles": told["triangles"],
        "regions": len(regions),
        "area_off": round(regions[0]["area_mm2"] / (area_m2 * 1e6) - 1, 4),
        "depth_off_mm": round(regions[0]["depth_mm"] - 1e3 * DEPTH_M, 4),
    }
    assert len(regions) == 1
    assert regions[0]["area_mm2"] == pytest.approx(area_m2 * 1e6, rel=AREA_SHARE)
    assert regions[0]["depth_mm"] == pytest.approx(1e3 * DEPTH_M, abs=DEPTH_MM)


@pytest.mark.parametrize(("kind", "seed", "place"), SEEN)
def test_nothing_has_changed(
    kind: str, seed: int, place: int, tmp_path: Path, figures: dict[str, Any]
) -> None:
    whole = vessel(kind, seed, TRIANGLES)
    again = elsewhere(noisy(whole, NOISE_M, 12), place)
    told = compared(tmp_path, noisy(whole, NOISE_M, 11), again)
    figures[f"{kind}-unchanged"] = {"regions": len(told["regions"])}
    assert told["regions"] == []


def _burnt_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
