"""Rigid motions and meshes hold what their names promise."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scans.geometry.distinct import distinct
from scans.geometry.mesh import Mesh, vertex_normals
from scans.geometry.mesh_file import read_master, write_master
from scans.geometry.rigid import (
    angle_between,
    carry,
    from_twist,
    inverse,
    is_rigid,
    turn,
    turning_axis,
    turning_onto,
)
from tests.scans.shapes import any_motion

seeds = st.integers(0, 2**32 - 1)


def tetrahedron(colours: bool = True) -> Mesh:
    vertices = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float64)
    triangles = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]], dtype=np.int32)
    painted = np.arange(12, dtype=np.uint8).reshape(4, 3) if colours else None
    return Mesh(vertices, triangles, vertex_normals(vertices, triangles), painted)


@given(seeds)
def test_a_motion_then_its_inverse_changes_nothing(seed: int) -> None:
    random = np.random.default_rng(seed)
    motion, points = any_motion(random), random.normal(size=(20, 3))
    back = carry(carry(points, motion), inverse(motion))
    np.testing.assert_allclose(back, points, atol=1e-12)


@given(seeds)
def test_a_motion_keeps_distances(seed: int) -> None:
    random = np.random.default_rng(seed)
    motion, points = any_motion(random), random.normal(size=(2, 3))
    apart = np.linalg.norm(np.diff(carry(points, motion), axis=0))
    np.testing.assert_allclose(apart, np.linalg.norm(np.diff(points, axis=0)))
    assert is_rigid(motion)


@given(seeds)
def test_turning_onto_brings_one_direction_to_another(seed: int) -> None:
    random = np.random.default_rng(seed)
    first, second = random.normal(size=(2, 3))
    turned = turn(first[None], turning_onto(first, second))[0]
    np.testing.assert_allclose(
        turned / np.linalg.norm(turned), second / np.linalg.norm(second), atol=1e-9
    )


def test_turning_onto_the_opposite_is_half_a_turn() -> None:
    axis = np.array([0.0, 1.0, 0.0])
    motion = turning_onto(axis, -axis)
    np.testing.assert_allclose(turn(axis[None], motion)[0], -axis, atol=1e-12)
    assert is_rigid(motion)


@given(st.floats(0.001, 3.1))
def test_the_angle_of_a_turn_is_told(angle: float) -> None:
    motion = turning_axis(np.array([1.0, 2.0, 3.0]), angle)
    assert abs(angle_between(motion, np.eye(4)) - angle) < 1e-6


def test_a_small_twist_is_a_rigid_motion() -> None:
    assert is_rigid(from_twist(np.array([0.1, -0.2, 0.3, 1.0, 2.0, 3.0])))
    assert not is_rigid(np.diag([2.0, 1, 1, 1]))
    assert not is_rigid(np.diag([-1.0, 1, 1, 1]))


def test_a_closed_body_is_closed_until_a_triangle_is_missing() -> None:
    mesh = tetrahedron()
    assert mesh.is_closed()
    assert not mesh.only(np.array([True, True, True, False])).is_closed()


def test_normals_of_a_closed_body_point_outwards() -> None:
    mesh = tetrahedron()
    middle = mesh.vertices.mean(axis=0)
    assert mesh.normals is not None
    assert ((mesh.vertices - middle) * mesh.normals).sum(axis=1).min() > 0


def test_a_master_is_read_as_it_was_written(tmp_path: Path) -> None:
    for mesh in (tetrahedron(), tetrahedron(colours=False)):
        write_master(tmp_path / "a.ply", mesh)
        write_master(tmp_path / "b.ply", mesh)
        read = read_master(tmp_path / "a.ply")
        np.testing.assert_array_equal(read.vertices, mesh.vertices)
        np.testing.assert_array_equal(read.triangles, mesh.triangles)
        assert (read.colours is None) == (mesh.colours is None)
        assert (tmp_path / "a.ply").read_bytes() == (tmp_path / "b.ply").read_bytes()


def test_a_master_tells_its_filled_triangles(tmp_path: Path) -> None:
    mesh = replace(tetrahedron(), filled=np.array([True, False, False, True]))
    write_master(tmp_path / "a.ply", mesh)
    read = read_master(tmp_path / "a.ply")
    assert read.filled is not None
    np.testing.assert_array_equal(read.filled, mesh.filled)
    np.testing.assert_array_equal(read.triangles, mesh.triangles)
    assert b"property uchar filled\n" in (tmp_path / "a.ply").read_bytes()


def test_a_master_without_that_is_read_all_the_same(tmp_path: Path) -> None:
    write_master(tmp_path / "a.ply", tetrahedron())
    assert read_master(tmp_path / "a.ply").filled is None


@given(st.lists(st.integers(-5, 5)))
def test_distinct_numbers_are_those_of_a_set(values: list[int]) -> None:
    assert distinct(np.array(values, np.int64)).tolist() == sorted(set(values))
