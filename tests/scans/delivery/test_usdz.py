"""The USDZ twin: passes OpenUSD's own checks, in metres, and says whose it is."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from pxr import Sdf, Usd, UsdGeom, UsdShade

from scans.delivery import usdz
from scans.delivery.errors import InvalidTwin, TwinTooLarge
from scans.delivery.maps import Maps
from scans.delivery.profiles import Profile
from scans.delivery.provenance import Provenance
from scans.delivery.simplify import Surface, weld
from scans.delivery.usdz import Shown, check_usdz, make_twin

from .solids import coloured, sphere

ABOUT = Provenance(
    relic="https://museum.example/id/relic/k7",
    rights="https://creativecommons.org/licenses/by/4.0/",
    master_sha512="ab" * 64,
)
PHONE = Profile("phone", 50_000, 4_000_000, 14, 8, 12, usdz=True)


def painted() -> Shown:
    return Shown(weld(coloured(sphere(0.05, rings=20, segments=30))), Maps())


def mapped(px: int = 128) -> Shown:
    """A ball with all three maps, noisy, so that they cost something."""
    ball = painted().surface
    chance = np.random.default_rng(5)
    places = chance.random((len(ball.positions), 2)).astype(np.float32)
    noise = chance.integers(0, 255, (px, px, 3), dtype=np.uint8)
    maps = Maps(
        colour=noise,
        normal=np.full((px, px, 3), (128, 128, 255), np.uint8),
        occlusion=noise[..., 0],
    )
    surface = Surface(ball.positions, ball.normals, None, ball.triangles, uvs=places)
    return Shown(surface, maps)


@pytest.mark.parametrize("look", [painted(), mapped()], ids=["painted", "mapped"])
def test_it_passes_openusds_checks_and_holds_the_surface(
    look: Shown, tmp_path: Path
) -> None:
    told = make_twin(look, PHONE, tmp_path, provenance=ABOUT)
    path = tmp_path / "phone.usdz"
    assert check_usdz(path) == []
    assert told["bytes"] == path.stat().st_size <= PHONE.bytes
    stage = Usd.Stage.Open(str(path))
    assert UsdGeom.GetStageUpAxis(stage) == "Y"
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert stage.GetRootLayer().customLayerData["relic"] == ABOUT.relic
    mesh = UsdGeom.Mesh(stage.GetPrimAtPath("/model/mesh"))
    points = np.array(mesh.GetPointsAttr().Get())
    assert np.array_equal(points, look.surface.positions)


@pytest.mark.parametrize(
    ("look", "kind"),
    [(painted(), "UsdPrimvarReader_float3"), (mapped(), "UsdUVTexture")],
    ids=["painted", "mapped"],
)
def test_colours_are_read_from_maps_else_from_the_vertices(
    look: Shown, kind: str, tmp_path: Path
) -> None:
    make_twin(look, PHONE, tmp_path, provenance=ABOUT)
    stage = Usd.Stage.Open(str(tmp_path / "phone.usdz"))
    surface = UsdShade.Shader(stage.GetPrimAtPath("/model/material/surface"))
    source = surface.GetInput("diffuseColor").GetConnectedSources()[0][0].source
    assert UsdShade.Shader(source.GetPrim()).GetIdAttr().Get() == kind


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    digests = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made = make_twin(mapped(), PHONE, tmp_path / name, provenance=ABOUT)
        digests.add(made["sha512"])
    assert len(digests) == 1


def test_a_texture_named_but_absent_is_found(tmp_path: Path) -> None:
    broken = tmp_path / "broken.usdz"
    make_twin(mapped(), PHONE, tmp_path, provenance=ABOUT)
    with zipfile.ZipFile(tmp_path / "phone.usdz") as whole:
        package = Sdf.ZipFileWriter.CreateNew(str(broken))
        for name in whole.namelist():
            if name != "normal.png":
                whole.extract(name, tmp_path)
                package.AddFile(str(tmp_path / name), name)
        package.Save()
    assert any("normal.png" in fault for fault in check_usdz(broken))


def test_a_package_without_a_texture_that_it_names_is_never_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = usdz.write_package

    def forgetful(path: Path, parts: list[Path]) -> None:
        whole(path, [part for part in parts if part.stem != "colour"])

    monkeypatch.setattr(usdz, "write_package", forgetful)
    with pytest.raises(InvalidTwin, match=r"colour\.jpg"):
        make_twin(mapped(), PHONE, tmp_path, provenance=ABOUT)
    assert list(tmp_path.iterdir()) == []


def test_a_broken_file_does_not_pass(tmp_path: Path) -> None:
    """The checks find something: without this the tests above could not fail."""
    stage = Usd.Stage.CreateNew(str(tmp_path / "bare.usda"))
    UsdGeom.Mesh.Define(stage, "/model")
    stage.GetRootLayer().Save()
    assert check_usdz(tmp_path / "bare.usda") != []


def test_it_is_pressed_until_it_fits_or_refused(tmp_path: Path) -> None:
    loose = make_twin(mapped(512), PHONE, tmp_path, provenance=ABOUT)["bytes"]
    tight = Profile("phone", 50_000, int(loose * 0.6), 14, 8, 12)
    assert make_twin(mapped(512), tight, tmp_path, provenance=ABOUT)["bytes"] < loose
    hopeless = Profile("phone", 50_000, 10_000, 14, 8, 12)
    with pytest.raises(TwinTooLarge):
        make_twin(mapped(512), hopeless, tmp_path, provenance=ABOUT)
    assert not (tmp_path / "phone.usdz").exists()
