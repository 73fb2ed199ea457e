"""The surface is what was scanned: closed where it was, open where it was not."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from scans.cost import FAST_CELLS
from scans.delivery.rays import RayScene
from scans.errors import NoSurface
from scans.forms.solids import Ornament, box
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.rigid import carry, inverse, is_rigid, turning_axis
from scans.reconstruction.cleaning import without_outliers
from scans.reconstruction.orient import find_front, propose_upright
from scans.reconstruction.resting import find_rest
from scans.reconstruction.surface import Cloud, SurfaceRule, make_surface
from tests.scans.shapes import any_motion, sphere

RADIUS = 0.1
RULE = SurfaceRule(
    cell_m=0.003,
    spacing_m=0.003,
    support=3.0,
    closed_share=0.005,
    closed_reach=0.05,
    island_share=0.01,
    threads=1,
)


def ball(keep_above: float = -1.0) -> Cloud:
    directions = sphere(16_000)
    directions = directions[directions[:, 2] > keep_above]
    shade = (directions[:, 0] > 0).astype(np.uint8) * 200
    colours = np.stack([shade, shade, shade], axis=1)
    return Cloud(directions * RADIUS, directions, colours)


@pytest.fixture(scope="module")
def whole() -> Mesh:
    return make_surface(ball(), RULE)


def test_a_ball_is_watertight_and_has_its_volume(whole: Mesh) -> None:
    mesh = whole
    assert mesh.is_closed()
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    volume = (a * np.cross(b, c)).sum() / 6
    assert volume == pytest.approx(4 / 3 * np.pi * RADIUS**3, rel=0.005)
    assert whole.filled is not None
    assert not whole.filled.any()


def test_colours_survive(whole: Mesh) -> None:
    mesh = whole
    assert mesh.colours is not None
    bright = mesh.colours[:, 0] > 100
    right = mesh.vertices[:, 0] > 0
    assert (bright == right).mean() > 0.98


def test_the_same_points_give_the_same_bytes(whole: Mesh) -> None:
    again = make_surface(ball(), RULE)
    assert again.vertices.tobytes() == whole.vertices.tobytes()
    assert again.triangles.tobytes() == whole.triangles.tobytes()
    assert again.colours is not None
    assert whole.colours is not None
    assert again.colours.tobytes() == whole.colours.tobytes()


def test_what_was_not_scanned_stays_open() -> None:
    cut = make_surface(ball(keep_above=-0.5), RULE)
    assert not cut.is_closed()
    assert cut.vertices[:, 2].min() > -0.5 * RADIUS - 4 * RULE.spacing_m


def test_too_few_points_are_refused() -> None:
    cloud = ball()
    few = Cloud(cloud.points[:50], cloud.normals[:50], None)
    with pytest.raises(NoSurface):
        make_surface(few, RULE)


def cup() -> Mesh:
    """A beaker: broad base, open mouth as broad as the base."""
    outline = [(0.0, 0.0), (0.04, 0.0), (0.045, 0.12), (0.041, 0.12), (0.036, 0.01)]
    outline.append((0.0, 0.01))
    corners = np.array(outline)
    parts = [
        np.linspace(corners[k], corners[k + 1], 24, endpoint=False)
        for k in range(len(corners) - 1)
    ]
    profile = np.vstack([*parts, corners[-1:]])
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    points = np.stack(
        [
            np.outer(np.sin(angle), profile[:, 0]),
            np.broadcast_to(profile[:, 1], (90, len(profile))),
            np.outer(np.cos(angle), profile[:, 0]),
        ],
        axis=2,
    ).reshape(-1, 3)
    along = len(profile)
    i, j = np.meshgrid(np.arange(90), np.arange(along - 1), indexing="ij")
    a, b = i * along + j, ((i + 1) % 90) * along + j
    quads = np.stack([a, b, b + 1, a, b + 1, a + 1], axis=2)
    triangles = quads.reshape(-1, 3).astype(np.int32)
    return Mesh(points, triangles, vertex_normals(points, triangles))


@pytest.mark.parametrize("seed", range(3))
def test_a_cup_is_set_on_its_foot_however_it_lies(seed: int) -> None:
    motion = any_motion(np.random.default_rng(seed))
    upright = propose_upright(cup().moved(motion))
    assert is_rigid(upright)
    whole = upright @ motion
    assert whole[1, 1] > 0.999
    placed = carry(cup().vertices, whole)
    assert placed[:, 1].min() == pytest.approx(0, abs=1e-9)
    middle = (placed.max(axis=0) + placed.min(axis=0)) / 2
    np.testing.assert_allclose(middle[[0, 2]], 0, atol=1e-9)
    np.testing.assert_allclose(carry(placed, inverse(whole)), cup().vertices, atol=1e-9)


def slab(*, boss: tuple[float, float]) -> Mesh:
    """A tablet, 0.2 m wide in x and 0.05 m deep, with a boss of (radius, height) on +Z."""
    plain = Ornament((), lambda places, _: np.ones_like(places))
    made = box(np.array([0.2, 0.12, 0.05]), plain, rounding=0.003, steps=60)
    x, y, z = made.vertices.T
    radius, height = boss
    off = np.hypot(x, y - y.mean()) / radius
    raised = height * np.clip(1 - off**2, 0, 1) * (z > 0)
    places = made.vertices + raised[:, None] * np.array([0.0, 0.0, 1.0])
    return Mesh(places, made.triangles, vertex_normals(places, made.triangles))


@pytest.mark.parametrize("boss", [(0.03, 0.0), (0.03, 0.012)])
@pytest.mark.parametrize("degrees", [0.0, 65.0, 120.0, 250.0])
def test_a_tablet_s_front_is_its_wide_side_and_the_ornamented_one(
    boss: tuple[float, float], degrees: float
) -> None:
    turned = turning_axis(np.array([0.0, 1.0, 0.0]), np.radians(degrees))
    yaw = find_front(slab(boss=boss).moved(turned))
    upright = turning_axis(np.array([0.0, 1.0, 0.0]), yaw) @ turned
    facing = upright[:3, 2] @ [0.0, 0.0, 1.0]
    assert (facing if boss[1] else abs(facing)) > np.cos(np.radians(6))


def test_a_rest_points_down_through_the_foot() -> None:
    rest = find_rest(cup())
    assert rest is not None
    assert rest.down[1] < -0.999


def test_a_small_hole_is_closed_and_marked() -> None:
    closed = make_surface(ball(keep_above=-0.993), RULE)
    assert closed.is_closed()
    assert closed.filled is not None
    assert closed.filled.any()
    middles = closed.vertices[closed.triangles[closed.filled]].mean(axis=1)
    assert middles[:, 2].max() < -0.9 * RADIUS
    apart = cKDTree(ball(keep_above=-0.993).points).query(closed.vertices)[0]
    far = apart > RULE.support * RULE.spacing_m
    np.testing.assert_array_equal(far[closed.triangles].any(axis=1), closed.filled)


def test_no_hole_is_closed_that_reaches_far_from_all_points() -> None:
    lenient = replace(RULE, closed_share=1.0, closed_reach=0.03)
    surface = make_surface(ball(keep_above=-0.9), lenient)
    apart = cKDTree(ball(keep_above=-0.9).points).query(surface.vertices)[0]
    diagonal = np.linalg.norm(np.ptp(ball(keep_above=-0.9).points, axis=0))
    assert apart.max() <= 0.03 * diagonal


def test_points_by_themselves_go_and_no_others() -> None:
    cloud = ball()
    stray = np.random.default_rng(0).uniform(-0.3, 0.3, (30, 3))
    stray = stray[np.abs(np.linalg.norm(stray, axis=1) - RADIUS) > 0.05]
    dirty = Cloud(
        np.vstack([cloud.points, stray]), np.vstack([cloud.normals, stray]), None
    )
    cleaned = without_outliers(dirty, reach_m=8 * RULE.spacing_m)
    np.testing.assert_array_equal(cleaned.points, cloud.points)
    assert without_outliers(dirty, reach_m=0.0) is dirty


def test_several_threads_make_the_same_surface_to_a_hundredth_of_the_spacing(
    whole: Mesh,
) -> None:
    fast = make_surface(ball(), replace(RULE, threads=-1))
    apart = cKDTree(whole.vertices).query(fast.vertices)[0]
    assert np.sqrt((apart**2).mean()) <= 0.01 * RULE.spacing_m
    assert len(fast.triangles) == pytest.approx(len(whole.triangles), rel=1e-3)


def test_the_wider_cells_of_fast_cost_a_twentieth_of_the_spacing(whole: Mesh) -> None:
    wider = replace(RULE, cell_m=FAST_CELLS * RULE.cell_m, threads=-1)
    fast = make_surface(ball(), wider)
    apart = RayScene.of(whole).distances(fast.vertices.astype(np.float32))
    assert np.sqrt((apart**2).mean()) <= 0.05 * RULE.spacing_m


def with_patch(degrees: float) -> Cloud:
    """A ball, and near it a shallow cap that points of their own carry."""
    cap = sphere(16_000)
    cap = cap[cap[:, 2] > np.cos(np.radians(degrees))]
    places = np.vstack([ball().points, cap * RADIUS + [0.0, 0.0, 0.06]])
    return Cloud(places, np.vstack([ball().normals, cap]), None)


@pytest.mark.parametrize(("degrees", "stays"), [(12.0, True), (5.0, False)])
def test_a_loose_patch_stays_where_enough_points_carry_it(
    degrees: float, stays: bool
) -> None:
    surface = make_surface(with_patch(degrees), replace(RULE, island_share=0.1))
    assert (surface.vertices[:, 2].max() > 1.5 * RADIUS) == stays
