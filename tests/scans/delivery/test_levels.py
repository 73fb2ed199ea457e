"""The three levels as they lie on disk: budgets, place, contents, repeatability."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from scans.delivery.errors import OverBudget
from scans.delivery.glb import read_glb
from scans.delivery.levels import build_levels
from scans.delivery.pack import check_files
from scans.delivery.profiles import Profile, choose_profiles, read_profiles
from scans.delivery.provenance import Provenance
from scans.delivery.reporting import LevelReport
from scans.geometry.mesh import Mesh
from tests.scans.delivery.solids import (
    UP_IS_Y,
    box,
    coloured,
    lumpy,
    sphere,
    turned,
)

UPRIGHT = turned(70, (1, 2, 3))
# Without maps, of which test_dressed_levels.py tells.
ALWAYS = [
    replace(profile, colour_px=0, normal_px=0, occlusion_px=0)
    for profile in choose_profiles(read_profiles())
]
SAYS = Provenance(master_sha512="ab" * 64, copyright_notice="CC0")


def silent(fraction: float) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def master() -> Mesh:
    return coloured(lumpy(sphere(0.2, rings=300, segments=400), 0.01))


@pytest.fixture(scope="module")
def delivered(
    master: Mesh, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, list[LevelReport]]:
    out = tmp_path_factory.mktemp("levels")
    return out, build_levels(
        master, UPRIGHT, out, silent, profiles=ALWAYS, provenance=SAYS
    )


def test_the_finished_files_keep_their_budgets(
    delivered: tuple[Path, list[LevelReport]],
) -> None:
    out, reports = delivered
    for profile, report in zip(ALWAYS, reports, strict=True):
        data = (out / profile.file).read_bytes()
        triangles = len(read_glb(data).triangles)
        assert profile.triangles * 0.9 < triangles <= profile.triangles
        assert len(data) <= profile.bytes
        assert (report.triangles, report.bytes) == (triangles, len(data))
        assert report.sha512 == hashlib.sha512(data).hexdigest()


def test_nothing_but_the_levels_is_left(
    delivered: tuple[Path, list[LevelReport]],
) -> None:
    out, reports = delivered
    found = [path for path in out.rglob("*") if path.is_file()]
    names = {path.relative_to(out).as_posix() for path in found}
    assert names == {name for report in reports for name in report.files}
    assert names >= {"thumb.glb", "headset.glb", "web.glb"}


def test_a_level_stands_centred_on_the_floor_as_large_as_its_master(
    master: Mesh, delivered: tuple[Path, list[LevelReport]]
) -> None:
    _, reports = delivered
    extent = np.ptp(master.moved(UPRIGHT).vertices, axis=0)
    for report, profile in zip(reports, ALWAYS, strict=True):
        low, high = (np.array(report.bounds[end]) for end in ("min", "max"))
        step = extent.max() / (2**profile.position_bits - 1)
        assert low[1] == pytest.approx(0, abs=1e-7)
        np.testing.assert_allclose(low[[0, 2]], -high[[0, 2]], atol=2 * step)
        np.testing.assert_allclose(high - low, extent, atol=2 * step)


def test_a_finer_level_lies_closer_to_the_master(
    delivered: tuple[Path, list[LevelReport]],
) -> None:
    _, reports = delivered
    means = [report.deviation.mean_m for report in reports]
    assert means == sorted(means, reverse=True)
    assert reports[0].deviation.share_of_diagonal < 0.01


def test_a_file_says_what_it_is(delivered: tuple[Path, list[LevelReport]]) -> None:
    out, reports = delivered
    document = read_glb((out / "web.glb").read_bytes()).document
    asset = document["asset"]
    assert asset["generator"].startswith("Heritage")
    assert asset["copyright"] == "CC0"
    assert asset["extras"]["master_sha512"] == SAYS.master_sha512
    assert asset["extras"]["deviation"] == reports[2].deviation.as_json()
    assert set(document["extensionsRequired"]) == {
        "KHR_mesh_quantization",
        "EXT_meshopt_compression",
    }
    (material,) = document["materials"]
    assert not material.get("doubleSided", False)
    assert reports[2].draws == 1


def test_normals_and_colours_come_through(
    delivered: tuple[Path, list[LevelReport]],
) -> None:
    out, _ = delivered
    finished = read_glb((out / "web.glb").read_bytes())
    normals = finished.attributes["NORMAL"] / 127
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=0.01)
    outward = finished.metres - finished.metres.mean(axis=0)
    assert (np.einsum("nd,nd->n", normals, outward) > 0).mean() > 0.99
    assert finished.attributes["COLOR_0"].dtype == np.uint16


def test_the_same_master_gives_the_same_bytes(
    master: Mesh, delivered: tuple[Path, list[LevelReport]], tmp_path: Path
) -> None:
    again = build_levels(
        master, UPRIGHT, tmp_path, silent, profiles=ALWAYS, provenance=SAYS
    )
    assert [one.sha512 for one in again] == [one.sha512 for one in delivered[1]]


def test_the_report_is_json_as_agreed(
    delivered: tuple[Path, list[LevelReport]],
) -> None:
    entry = json.loads(json.dumps(delivered[1][0].as_json()))
    assert entry["validator"] == {"errors": 0, "warnings": 0}
    assert set(entry["deviation"]) == {
        "mean_m",
        "p95_m",
        "max_m",
        "share_of_diagonal",
        "mean_share",
        "p95_share",
    }
    assert entry["gpu_bytes"] > entry["triangles"] * 3 * 2


def test_the_validator_agrees_once_more(
    delivered: tuple[Path, list[LevelReport]],
) -> None:
    out, _ = delivered
    verdicts = check_files(sorted(out.glob("*.glb")))
    assert [verdict.errors for verdict in verdicts] == [0, 0, 0]


def test_a_small_master_is_kept_whole_and_colourless(tmp_path: Path) -> None:
    reports = build_levels(box(0.3, 0.2, 0.1), UP_IS_Y, tmp_path, silent)
    assert [report.triangles for report in reports] == [12, 12, 12]
    document = read_glb((tmp_path / "web.glb").read_bytes()).document
    assert "COLOR_0" not in document["meshes"][0]["primitives"][0]["attributes"]
    assert reports[2].deviation.max_m < 5e-6


def test_progress_only_grows_and_ends_at_one(tmp_path: Path) -> None:
    seen: list[float] = []
    build_levels(box(1, 1, 1), UP_IS_Y, tmp_path, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def one_profile(*, triangles: int, size_bytes: int) -> list[Profile]:
    return [Profile("small", triangles, size_bytes, 12, 8, 12)]


def test_too_many_bytes_are_cured_by_fewer_triangles(tmp_path: Path) -> None:
    master = lumpy(sphere(0.2, rings=60, segments=80), 0.01)
    free = build_levels(
        master,
        UP_IS_Y,
        tmp_path,
        silent,
        profiles=one_profile(triangles=6000, size_bytes=10**6),
    )[0]
    limit = int(free.bytes * 0.75)
    tight = build_levels(
        master,
        UP_IS_Y,
        tmp_path,
        silent,
        profiles=one_profile(triangles=6000, size_bytes=limit),
    )[0]
    assert tight.bytes <= limit
    assert tight.triangles < free.triangles


def test_what_cannot_be_made_small_enough_is_refused_with_figures(
    tmp_path: Path,
) -> None:
    master = lumpy(sphere(0.2, rings=60, segments=80), 0.01)
    with pytest.raises(OverBudget) as refusal:
        build_levels(
            master,
            UP_IS_Y,
            tmp_path,
            silent,
            profiles=one_profile(triangles=6000, size_bytes=900),
        )
    facts = refusal.value.facts
    assert facts["profile"] == "small"
    assert facts["byte_limit"] == 900
    assert isinstance(facts["bytes"], int)
    assert facts["bytes"] > 900
    assert str(facts["bytes"]) in str(refusal.value)
    assert list(tmp_path.iterdir()) == []
