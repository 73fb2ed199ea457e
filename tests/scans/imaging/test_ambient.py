"""Open sky against places where its share is known."""

import numpy as np
import pytest

from scans.delivery.rays import RayScene
from scans.delivery.simplify import Surface, weld
from scans.geometry.mesh import Mesh
from scans.imaging.ambient import PLACES, Floats, Floor, open_sky, sky_directions
from tests.scans.delivery.solids import sphere


def test_sky_directions_are_dense_as_the_cosine() -> None:
    directions = sky_directions(2000)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1, atol=1e-6)
    assert directions[:, 2].mean() == pytest.approx(2 / 3, abs=0.01)
    assert np.abs(directions[:, :2].mean(axis=0)).max() < 0.01


def test_a_convex_body_sees_the_whole_sky() -> None:
    assert sky_over(weld(sphere(0.1, rings=40, segments=60))).min() > 0.97


def test_a_finer_mesh_sees_the_same_from_some_of_its_vertices() -> None:
    ball = weld(sphere(0.1, rings=240, segments=360))
    assert len(ball.positions) > PLACES
    sky = sky_over(ball)
    assert sky.shape == (len(ball.positions),)
    assert sky.min() > 0.97


def test_who_asks_the_same_again_is_told_without_a_ray(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = sky_over(weld(sphere(0.1, rings=20, segments=30)))
    with monkeypatch.context() as nobody_looks:
        nobody_looks.delattr(RayScene, "blocked")
        again = sky_over(weld(sphere(0.1, rings=20, segments=30)))
        with pytest.raises(AttributeError):
            sky_over(weld(sphere(0.1, rings=20, segments=31)))
    np.testing.assert_array_equal(first, again)


def test_the_inside_of_a_closed_body_sees_none() -> None:
    inward = sphere(0.1, rings=40, segments=60)
    hollow = Mesh(inward.vertices, inward.triangles[:, ::-1].copy())
    assert sky_over(weld(hollow)).max() < 0.03


def test_the_bottom_of_a_half_sphere_sees_half_the_sky() -> None:
    """Seen from the pole of an open hemisphere the rim lies 45 degrees up: sin² 45 = 1/2."""
    whole = sphere(0.1, rings=80, segments=120)
    low = whole.vertices[whole.triangles][:, :, 1].max(axis=1) < 1e-6
    cup = weld(Mesh(whole.vertices, whole.triangles[low][:, ::-1].copy()))
    pole = cup.positions[:, 1].argmin()
    assert sky_over(cup)[pole] == pytest.approx(0.5, abs=0.04)


def test_the_floor_is_dark_under_the_object_and_open_far_away() -> None:
    ball = sphere(0.1, rings=40, segments=60)
    stood = weld(Mesh(ball.vertices + np.array([0, 0.1, 0]), ball.triangles))
    floor = Floor(RayScene(stood.positions, stood.triangles), 0.1 * np.sqrt(3))
    under, far = floor.open_sky(np.array([0.0, 5.0]), np.array([0.0, 5.0]))
    assert under < 0.1
    assert far == pytest.approx(1)


def sky_over(surface: Surface) -> Floats:
    scene = RayScene(surface.positions, surface.triangles)
    return open_sky(surface, scene, 0.1 * np.sqrt(3))
