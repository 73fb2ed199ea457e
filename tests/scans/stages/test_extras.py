"""What is made only where it is asked, through the whole engine."""

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh

from scans.delivery.profiles import choose_profiles, read_profiles
from scans.delivery.provenance import Provenance
from scans.engine import Order, deliver
from scans.geometry.mesh_file import read_master, write_master
from scans.imaging import sides
from scans.stages.delivering import Wanted
from tests.scans.delivery.solids import UP_IS_Y, coloured, sphere

RELIC = "https://museum.example/id/relic/k7"


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "master.ply"
    write_master(path, coloured(sphere(0.05, rings=20, segments=30)))
    return path


@pytest.mark.slow
def test_files_are_made_as_asked_told_of_and_no_others(
    master: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SIDE_PX", "FRAME_PX"):
        monkeypatch.setattr(sides, name, 32)
    order = Order(
        source=master,
        out=tmp_path / "out",
        upright=UP_IS_Y,
        wanted=Wanted(
            choose_profiles(read_profiles(), ["phone"]), Provenance(relic=RELIC)
        ),
        also=("print", "study", "sides"),
        pictures=False,
    )
    report = json.loads(deliver(order, lambda event: None).read_text())
    files = {path.name for path in order.out.iterdir() if path.is_file()}
    assert files == {"phone.glb", "phone.usdz", "print.stl", "print.3mf", "study.ply",
                     "report.json"}  # fmt: skip
    entry = report["derivatives"][0]
    assert entry["twin"]["file"] == "phone.usdz"
    assert [one["file"] for one in report["print"]["files"]] == [
        "print.stl",
        "print.3mf",
    ]
    drawn = {Path(one["file"]).name for one in report["pictures"]}
    assert {"top.png", "turntable.webp", "front-clay.webp"} <= drawn
    assert (order.out / "pictures" / "bottom.webp").is_file()
    study = read_master(order.out / "study.ply")
    assert len(study.triangles) == len(read_master(master).triangles)
    assert study.vertices[:, 1].min() == pytest.approx(0, abs=1e-6)
    assert RELIC.encode() in (order.out / "study.ply").read_bytes()[:400]
    printed = trimesh.load_mesh(order.out / "print.3mf")
    assert np.ptp(printed.vertices, axis=0) == pytest.approx([100, 100, 100], rel=0.02)


@pytest.mark.slow
def test_without_levels_only_the_report_comes_besides(
    master: Path, tmp_path: Path
) -> None:
    order = Order(
        source=master, out=tmp_path / "out", upright=UP_IS_Y, also=("study",),
        levels=False, pictures=False,
    )  # fmt: skip
    report = json.loads(deliver(order, lambda event: None).read_text())
    assert report["derivatives"] == report["pictures"] == []
    assert "print" not in report
    files = {path.name for path in order.out.iterdir() if path.is_file()}
    assert files == {"study.ply", "report.json"}
