"""Every odd file is read, with warnings, or refused with one sentence; in time and room.

Two processes take all files through the engine, one inspecting, one reconstructing some
of each kind; the alarm of a file that hangs ends its process. A few go through the real
command line. `tests/benchmarks/bench_odd_files.py` reconstructs all of them.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scans.child import REFUSED
from scans.geometry.cloud_file import write_cloud
from scans.readers import FORMATS
from tests.gates import SHARED_DATA

CPU_S = 20.0
MOST_MB = 2_000
FOLDERS = ("meshes/bad", "pointclouds")
# One of each kind of trouble that a reader lets through or a stage must refuse.
RECONSTRUCTED = (
    "meshes/bad/assimp/OBJ/number_formats.obj",  # coordinates to 1e10, one triangle
    "meshes/bad/assimp/PLY/float-color.ply",  # a single triangle
    "meshes/bad/assimp/PLY/issue623.ply",  # eight points after a fallback
    "meshes/bad/assimp/glTF2/IndexOutOfRange/IndexOutOfRange.gltf",
    "meshes/bad/assimp/invalid/OutOfMemory.off",  # claims 3e11 points
    "meshes/bad/trimesh/busted.STL",
    "meshes/bad/trimesh/soup.stl",
    "pointclouds/e57/pye57/testWithNormals.e57",  # two points
    "pointclouds/e57/self/ZeroPoints.e57",
    "pointclouds/las/pdal/permutations/1.0_0.las",  # one point
    "pointclouds/pcd/pdal/missingheader.pcd",  # ten points on a line
)
GENERATED: dict[str, Callable[[np.random.Generator], np.ndarray]] = {
    "two.ply": lambda dice: dice.random((2, 3)),
    "four.ply": lambda dice: np.repeat(np.arange(4.0), 3).reshape(4, 3),
    "one-place.ply": lambda dice: np.full((500, 3), 0.5),
    "line.ply": lambda dice: np.outer(np.linspace(0, 1, 500), [1, 2, 3]),
    "doubled.ply": lambda dice: np.repeat(dice.normal(size=(20, 3)), 50, axis=0),
    "few-and-far.ply": lambda dice: np.vstack(
        [dice.random((5, 3)), np.full((1, 3), 1e9)]
    ),
}


@pytest.fixture(scope="session")
def files(shared_data: Path) -> list[Path]:
    return odd_files(shared_data)


def odd_files(data: Path) -> list[Path]:
    found = [path for folder in FOLDERS for path in (data / folder).rglob("*")]
    return sorted(p for p in found if p.suffix.lower() in {*FORMATS, ".dae"})


def taken_through(
    command: str, files: list[Path], *, cpu_s: float = CPU_S
) -> dict[str, dict[str, Any]]:
    """What became of each file; a file without an outcome ended the process."""
    done = subprocess.run(
        [
            *(sys.executable, "-W", "error", "-m", "tests.scans.odd_files"),
            *(command, str(cpu_s), *map(str, files)),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    found = {row["file"]: row for row in rows if "outcome" in row}
    assert done.returncode == 0, f"{rows[-1]} ended the process: {done.stderr[-2000:]}"
    return found


def check(row: dict[str, Any]) -> None:
    assert row["outcome"] in {"made", "refused"}, row["message"]
    assert row["cpu_s"] < CPU_S
    assert row["peak_mb"] < MOST_MB
    if row["outcome"] == "refused":
        assert Path(row["file"]).name in row["message"] or row["code"] == "no-surface"
        assert "\n" not in row["message"]
    else:
        assert row.get("triangles", row.get("points")), "a result of nothing"


@pytest.fixture(scope="session")
def inspected(files: list[Path]) -> dict[str, dict[str, Any]]:
    return taken_through("inspect", files)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [str(p.relative_to(SHARED_DATA)) for p in odd_files(SHARED_DATA)] or ["none"],
)
def test_an_odd_file_is_described_or_refused(
    name: str, inspected: dict[str, dict[str, Any]], shared_data: Path
) -> None:
    check(inspected[str(shared_data / name)])


@pytest.mark.slow
def test_odd_files_are_reconstructed_or_refused(shared_data: Path) -> None:
    found = taken_through("reconstruct", [shared_data / name for name in RECONSTRUCTED])
    assert len(found) == len(RECONSTRUCTED)
    for row in found.values():
        check(row)


@pytest.mark.slow
def test_clouds_that_make_no_surface_are_refused(tmp_path: Path) -> None:
    paths = []
    for name, make in GENERATED.items():
        write_cloud(tmp_path / name, make(np.random.default_rng(0)), None)
        paths.append(tmp_path / name)
    found = taken_through("reconstruct", paths)
    for row in found.values():
        check(row)
        assert row["outcome"] == "refused", row
    assert len(found) == len(GENERATED)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["inspect", "reconstruct"])
@pytest.mark.parametrize(
    "name",
    [
        "meshes/bad/assimp/invalid/empty.ply",
        "meshes/bad/assimp/glTF2/wrongTypes/badArray.gltf",
        "pointclouds/e57/self/empty.e57",
    ],
)
def test_a_refusal_on_the_command_line_is_one_sentence(
    command: str, name: str, shared_data: Path, tmp_path: Path
) -> None:
    path = shared_data / name
    more = ["--out", str(tmp_path / "out")] if command == "reconstruct" else []
    done = subprocess.run(
        [sys.executable, "-m", "scans", command, str(path), *more],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == REFUSED == 2
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"error: {path.name} ")
    assert "Traceback" not in done.stderr
