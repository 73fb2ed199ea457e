"""A level with maps looks like its master; one whose channels are swapped does not."""

from dataclasses import replace

import numpy as np
import pytest

from scans.delivery import losses
from scans.delivery.bake import Master, cage_distance
from scans.delivery.dressing import LEAST_PX, Dressed, dress, enough_px
from scans.delivery.likeness import Original, similarity
from scans.delivery.looks import LevelLook, MasterLook
from scans.delivery.maps import Maps, decoded_normals
from scans.delivery.paintings import Painting
from scans.delivery.profiles import Profile, read_profiles
from scans.delivery.rays import RayScene
from scans.delivery.simplify import Surface, simplify, weld
from scans.delivery.wardrobe import choose_wearing
from scans.geometry.mesh import Mesh
from tests.scans.delivery import solids

SIZE = 256
FINE, BASE, COARSE = (120, 160), 6_000, 1_500

pytestmark = pytest.mark.slow


def _ignore(share: float) -> None:
    assert 0 <= share <= 1


def _stained(mesh: Mesh) -> Mesh:
    """Stripes finer than a coarse level's triangles, of three colours."""
    unit = mesh.vertices / np.linalg.norm(mesh.vertices, axis=1, keepdims=True)
    shares = 0.5 + 0.4 * np.sin(unit * [23, 17, 19] + [0, 1, 2])
    colours = np.rint(shares * [230, 140, 60] + 10).astype(np.uint8)
    return Mesh(mesh.vertices, mesh.triangles, mesh.normals, colours)


def _master(*, coloured: bool = True) -> Surface:
    ball = solids.sphere(0.1, rings=FINE[0], segments=FINE[1])
    lumps = solids.lumpy(ball, 0.002)
    return weld(_stained(lumps) if coloured else lumps)


@pytest.fixture(scope="module")
def master() -> Surface:
    return _master()


@pytest.fixture(scope="module")
def dressed(master: Surface) -> Dressed:
    return dress(Master(master), triangles=BASE, size=SIZE, progress=_ignore)


@pytest.fixture(scope="module")
def shown(master: Surface) -> Original:
    scene = RayScene(master.positions, master.triangles)
    return Original(MasterLook(Master(master), scene), pixels=128)


def test_a_coarse_level_with_maps_looks_like_the_master(
    shown: Original, dressed: Dressed
) -> None:
    level = simplify(dressed.surface(normal_map=True), COARSE, harder=False)
    found, _ = shown.measure(LevelLook(level, dressed.maps))
    assert found.ssim_mean >= 0.95
    assert found.ssim_worst >= 0.92
    assert found.de00_mean <= 2


def test_without_maps_it_does_not(shown: Original, master: Surface) -> None:
    bare, _ = shown.measure(LevelLook(simplify(master, COARSE, harder=False), Maps()))
    assert bare.ssim_mean < 0.95


def test_what_is_shown_is_where_a_level_is_least_like_its_master(
    shown: Original, dressed: Dressed
) -> None:
    look = LevelLook(simplify(dressed.base, COARSE, harder=False), dressed.maps)
    found, pair = shown.measure(look)
    assert similarity(*pair) == found.ssim_worst
    for ours, theirs in zip(pair, shown.pair(look, found.worst), strict=True):
        assert np.array_equal(ours.pixels, theirs.pixels)


def test_smaller_maps_serve_too(shown: Original, dressed: Dressed) -> None:
    level = simplify(dressed.surface(normal_map=False), COARSE, harder=False)
    found, _ = shown.measure(LevelLook(level, dressed.maps.at(colour=SIZE // 2)))
    assert found.de00_mean <= 3


def test_a_master_is_looked_at_once_for_levels_with_and_without_a_sky(
    master: Surface, dressed: Dressed, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = RayScene(master.positions, master.triangles)
    original = Original(MasterLook(Master(master), scene), pixels=64)
    level = simplify(dressed.base, COARSE, harder=False)
    shaded = LevelLook(level, dressed.maps)
    bare = LevelLook(level, replace(dressed.maps, occlusion=None))
    with_sky, _ = original.pair(shaded, (0, 12))
    monkeypatch.delattr(MasterLook, "seen")
    without, _ = original.pair(bare, (0, 12))
    assert np.array_equal(with_sky.mask, without.mask)
    # Less than the whole sky is seen from somewhere, more from nowhere.
    assert (with_sky.pixels <= without.pixels + 1e-6).all()
    assert (with_sky.pixels < without.pixels).any()


def test_swapped_channels_are_caught_by_the_colour_difference(
    shown: Original, dressed: Dressed
) -> None:
    assert dressed.maps.colour is not None
    swapped = replace(dressed.maps, colour=dressed.maps.colour[:, :, ::-1])
    level = simplify(dressed.base, COARSE, harder=False)
    found, _ = shown.measure(LevelLook(level, swapped))
    assert found.de00_mean > 10
    assert found.de00_coarse > 10


def test_a_normal_map_turned_over_is_caught(shown: Original, dressed: Dressed) -> None:
    assert dressed.maps.normal is not None
    wrong = dressed.maps.normal.copy()
    wrong[:, :, :2] = 255 - wrong[:, :, :2]
    level = simplify(dressed.base, COARSE, harder=False)
    right, _ = shown.measure(LevelLook(level, dressed.maps))
    turned, _ = shown.measure(LevelLook(level, replace(dressed.maps, normal=wrong)))
    assert 1 - turned.ssim_mean > 2 * (1 - right.ssim_mean)


def test_a_plain_master_gets_normals_and_occlusion_and_no_colour() -> None:
    plain = dress(
        Master(_master(coloured=False)), triangles=2_000, size=64, progress=_ignore
    )
    assert plain.maps.colour is None
    assert plain.maps.occlusion is not None
    assert plain.maps.normal is not None
    z = decoded_normals(plain.maps.normal)[:, :, 2]
    assert z.min() > 0
    assert z.std() > 0.005  # the lumps are in it


def test_pictures_of_the_master_reach_the_map() -> None:
    """Left half red, right half blue, by a picture over the longitude."""
    ball = weld(solids.sphere(0.1, rings=40, segments=64))
    corners = ball.positions[ball.triangles]
    x = corners.mean(axis=1)[:, 0]
    uvs = np.full((len(x), 3, 2), 0.25, np.float32)
    uvs[x > 0, :, 0] = 0.75
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[:, :4, 0] = picture[:, 4:, 2] = 200
    painting = Painting((picture,), np.zeros(len(x), np.int16), uvs)
    found = dress(
        Master(ball, painting), triangles=2_000, size=64, progress=_ignore
    ).maps.colour
    assert found is not None
    red, blue = (found[:, :, 0] > 150).mean(), (found[:, :, 2] > 150).mean()
    assert 0.3 < red < 0.7
    assert 0.3 < blue < 0.7
    assert found[:, :, 1].max() < 5


def test_maps_are_worn_by_what_loses_colour_or_shape_or_has_pictures(
    master: Surface,
) -> None:
    worn = replace(_profile(), name="worn", triangles=COARSE)
    many = replace(worn, name="many", triangles=len(master.triangles))
    assert _names(Master(master), worn, many) == {"worn"}
    picture = Painting((), np.zeros(0, np.int16), np.zeros((0, 3, 2), np.float32))
    assert _names(Master(master, picture), worn, many) == {"worn", "many"}


def test_a_level_that_loses_nothing_wears_no_maps_and_is_kept() -> None:
    ball = weld(solids.sphere(0.1, rings=FINE[0], segments=FINE[1]))
    wearing, plain = choose_wearing(
        Master(ball), [replace(_profile(), triangles=9_000)]
    )
    assert wearing == []
    assert 8_000 < len(plain["headset"].triangles) <= 9_000


def test_an_inscription_on_one_side_is_worth_a_map() -> None:
    """Of two hundred parts of the surface it takes a few: the mean would not tell."""
    ball = solids.sphere(0.1, rings=FINE[0], segments=FINE[1])
    place = ball.vertices / 0.1
    near = np.clip((place[:, 2] - 0.85) / 0.1, 0, 1)[:, None]
    carved = ball.vertices * (1 + 0.015 * near * np.sin(place[:, :1] * 40))
    surface = weld(Mesh(carved, ball.triangles))
    assert _names(Master(surface), replace(_profile(), triangles=1_000)) == {"headset"}
    smooth = weld(ball)
    assert not _names(Master(smooth), replace(_profile(), triangles=1_000))


def test_a_pattern_on_less_than_a_hundredth_is_worth_a_map() -> None:
    ball = solids.sphere(0.1, rings=240, segments=320)
    here = ball.vertices[:, 2] > 0.0985  # a cap of 0.75 % of the surface
    black = here & (np.random.default_rng(5).random(len(here)) < 0.5)
    colours = np.repeat(np.where(black, 20, 230).astype(np.uint8)[:, None], 3, axis=1)
    headset = replace(_profile(), triangles=1_000)
    for worn, paint in ((True, colours), (False, np.full_like(colours, 230))):
        painted = weld(Mesh(ball.vertices, ball.triangles, ball.normals, paint))
        assert bool(_names(Master(painted), headset)) is worn


def test_thin_patches_are_judged_together() -> None:
    """Three far corners with few samples each: none is left out."""
    random = np.random.default_rng(1)
    body = random.uniform(0, 0.01, (2_000, 3))
    few = random.uniform(0, 0.005, (3, 7, 3))
    corners = few + [[[1, y, 0]] for y in (0.88, 0.94, 0.99)]
    patch = losses._patches(np.vstack([body, *corners]).astype(np.float32))
    off = np.repeat([0.0, 5.0], [2_000, 21])
    assert losses._means(off, patch).max() == pytest.approx(5.0)


def _profile() -> Profile:
    return next(one for one in read_profiles() if one.name == "headset")


def _names(master: Master, *profiles: Profile) -> set[str]:
    return {profile.name for profile in choose_wearing(master, profiles)[0]}


def test_the_cage_is_as_far_off_as_the_surfaces_are_apart(master: Surface) -> None:
    coarse = simplify(master, 300, harder=False)
    fine = simplify(master, BASE, harder=False)
    assert cage_distance(coarse, master) > 2 * cage_distance(fine, master)


def test_maps_are_no_finer_than_what_they_are_made_from(master: Surface) -> None:
    few = replace(master, positions=master.positions[:1_000])
    assert enough_px(few, None) == LEAST_PX
    picture = np.zeros((700, 700, 3), np.uint8)
    uvs = np.array([[[0, 0], [1, 0], [0, 1]], [[1, 1], [0, 1], [1, 0]]], np.float32)
    painting = Painting((picture,), np.zeros(2, np.int16), uvs)
    assert enough_px(few, painting) == 2048
    assert enough_px(few, painting.only(np.array([True, False]))) == 1024
