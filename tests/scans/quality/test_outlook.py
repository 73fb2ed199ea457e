"""Seen from outside or from inside: by where the surface faces and where cameras stood."""

import numpy as np

from scans.geometry.mesh import Mesh
from scans.quality.outlook import INSIDE, OBJECT, outlook
from tests.scans.delivery.solids import box, sphere

ROUND_ABOUT = np.array([[1.0, 0, 0], [-0.5, 0.2, 0.9], [-0.5, -0.1, -0.9]]) * 5


def inside_out(mesh: Mesh) -> Mesh:
    return Mesh(mesh.vertices, mesh.triangles[:, ::-1].copy())


def half(mesh: Mesh, axis: int) -> Mesh:
    """What of a mesh lies below zero."""
    middles = mesh.vertices[mesh.triangles].mean(axis=1)
    return mesh.only(np.asarray(middles[:, axis] < 0))


def both(one: Mesh, other: Mesh) -> Mesh:
    shifted = other.triangles + len(one.vertices)
    triangles = np.vstack([one.triangles, shifted]).astype(np.int32)
    return Mesh(np.vstack([one.vertices, other.vertices]), triangles)


def test_a_body_seen_from_all_round_is_an_object() -> None:
    assert outlook(sphere(1.0, rings=20, segments=30), ROUND_ABOUT) == OBJECT


def test_a_body_seen_from_one_side_is_an_object() -> None:
    front = half(sphere(1.0, rings=20, segments=30), 2)
    assert outlook(front, np.array([[0.0, 0, -6], [0.3, 0, -6]])) == OBJECT


def test_a_room_seen_from_its_middle_is_seen_from_inside() -> None:
    room = inside_out(box(4.0, 2.5, 5.0))
    cameras = np.array([[0.1, 1.2, 0], [0, 1.1, 0.2]])
    assert outlook(room, cameras) == INSIDE


def test_a_corner_of_a_room_is_seen_from_inside_though_the_camera_stands_outside() -> (
    None
):
    corner = half(inside_out(sphere(2.0, rings=20, segments=30)), 2)
    assert outlook(corner, np.array([[0, 0, 1.0], [0.2, 0, 1.1]])) == INSIDE


def test_a_thin_bowl_seen_within_and_without_is_an_object() -> None:
    outer = half(sphere(1.0, rings=30, segments=40), 1)
    inner = half(inside_out(sphere(0.95, rings=30, segments=40)), 1)
    assert outlook(both(outer, inner), ROUND_ABOUT) == OBJECT


def test_without_cameras_it_counts_as_an_object() -> None:
    assert outlook(inside_out(box(4.0, 2.5, 5.0)), np.zeros((0, 3))) == OBJECT
