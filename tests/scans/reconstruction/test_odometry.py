"""The camera's path is found from pictures of a room whose shape is known."""

from itertools import pairwise
from typing import Any

import numpy as np
import open3d
import pytest
from numpy.typing import NDArray

from scans.geometry.rigid import angle_between, from_twist, inverse, is_rigid
from scans.readers.cameras import Camera
from scans.reconstruction.fusion import Rule, View, fuse
from scans.reconstruction.odometry import Grid, build_grids, fit
from scans.reconstruction.tracking import contradicts, track

o3d: Any = open3d  # its stubs know neither arrays nor shapes in place
FloatArray = NDArray[np.float64]
CAMERA = Camera(320, 240, 262.5, 262.5, 159.5, 119.5)


def room() -> Any:
    """A corner of three walls with a ball and a box before it, 1 to 2 m away."""
    scene = o3d.t.geometry.RaycastingScene()
    wall = o3d.geometry.TriangleMesh.create_box(4, 4, 0.1).translate([-2, -2, 2.0])
    floor = o3d.geometry.TriangleMesh.create_box(4, 0.1, 4).translate([-2, 0.7, 0])
    side = o3d.geometry.TriangleMesh.create_box(0.1, 4, 4).translate([0.9, -2, 0])
    ball = o3d.geometry.TriangleMesh.create_sphere(0.3, 60).translate([-0.3, 0.3, 1.5])
    box = o3d.geometry.TriangleMesh.create_box(0.3, 0.5, 0.3).translate([0.2, 0.2, 1.2])
    for part in (wall, floor, side, ball, box):
        scene.add_triangles(o3d.t.geometry.TriangleMesh.from_legacy(part))
    return scene


def picture(
    scene: Any, pose: FloatArray, random: np.random.Generator
) -> NDArray[np.uint16]:
    """Depth in millimetres with half a millimetre of noise."""
    rays = scene.create_rays_pinhole(
        o3d.core.Tensor(CAMERA.matrix()),
        o3d.core.Tensor(inverse(pose)),
        CAMERA.width,
        CAMERA.height,
    )
    # Rays have a depth of one along the camera's axis.
    depth = scene.cast_rays(rays)["t_hit"].numpy()
    depth = np.where(np.isfinite(depth), depth, 0.0)
    noisy = depth * 1000 + random.normal(0, 0.5, depth.shape)
    return np.where(depth > 0, np.rint(noisy), 0).astype(np.uint16)


def poses(count: int) -> list[FloatArray]:
    """A slow swing to the side and back."""
    swing = np.sin(np.linspace(0, np.pi, count))
    return [
        from_twist(np.array([0.02, -0.12, 0.03, 0.12, 0.03, -0.05]) * s) for s in swing
    ]


def grids(depths: list[NDArray[np.uint16]]) -> list[tuple[Grid, ...]]:
    return [build_grids(depth / 1000.0, None, CAMERA) for depth in depths]


@pytest.fixture(scope="module")
def taken() -> tuple[list[FloatArray], list[NDArray[np.uint16]]]:
    random, scene = np.random.default_rng(7), room()
    path = poses(9)
    return path, [picture(scene, pose, random) for pose in path]


def test_two_pictures_give_the_motion_between_them(
    taken: tuple[list[FloatArray], list[NDArray[np.uint16]]],
) -> None:
    path, depths = taken
    first, second = grids([depths[0], depths[2]])
    found = fit(second, first, CAMERA, np.eye(4))
    wanted = inverse(path[0]) @ path[2]
    assert np.linalg.norm(found.motion[:3, 3] - wanted[:3, 3]) < 0.001
    assert np.degrees(angle_between(found.motion, wanted)) < 0.05
    assert found.overlap > 0.8


def test_a_guess_that_is_not_quite_rigid_gives_a_motion_that_is(
    taken: tuple[list[FloatArray], list[NDArray[np.uint16]]],
) -> None:
    _, depths = taken
    first, second = grids(depths[:2])
    skewed = np.diag([1.004, 0.997, 1.003, 1.0])
    assert is_rigid(fit(second, first, CAMERA, skewed).motion, tolerance=1e-12)


@pytest.mark.parametrize("is_given", [False, True])
def test_a_path_is_found_with_and_without_poses(
    taken: tuple[list[FloatArray], list[NDArray[np.uint16]]], is_given: bool
) -> None:
    path, depths = taken
    random = np.random.default_rng(1)
    rough = [from_twist(random.normal(0, 0.004, 6)) @ pose for pose in path]
    given: list[FloatArray | None] = [*rough] if is_given else [None] * len(path)
    found = track(grids(depths), given, CAMERA, lambda _: None)
    assert sorted(found.poses) == list(range(len(path)))
    assert not found.lost

    def apart(poses: list[FloatArray]) -> float:
        """Mean error of steps along the path: free of where the whole lies."""
        steps = [inverse(a) @ b for a, b in pairwise(poses)]
        true = [inverse(a) @ b for a, b in pairwise(path)]
        pairs = zip(steps, true, strict=True)
        return float(np.mean([np.linalg.norm(s[:3, 3] - t[:3, 3]) for s, t in pairs]))

    settled = [found.poses[number] for number in range(len(path))]
    if is_given:
        assert apart(settled) < 0.7 * apart(rough)
    else:
        assert apart(settled) < 0.001
        last = inverse(settled[0]) @ settled[-1]
        assert np.linalg.norm(last[:3, 3]) < 0.003  # the swing ends where it began


def test_poses_that_move_otherwise_than_the_pictures_are_known_as_such(
    taken: tuple[list[FloatArray], list[NDArray[np.uint16]]],
) -> None:
    path, depths = taken
    seen = grids(depths[:5])
    rough = [*path[:5]]
    for wrong, is_wrong in (
        (rough, False),
        ([np.eye(4)] * 5, True),
        ([inverse(pose) for pose in rough], True),
    ):
        given: list[FloatArray | None] = [*wrong]
        found = track(seen, given, CAMERA, lambda _: None)
        assert contradicts(found, given, 1.5) is is_wrong


def test_a_picture_of_another_place_is_lost(
    taken: tuple[list[FloatArray], list[NDArray[np.uint16]]],
) -> None:
    _, depths = taken
    elsewhere = np.full_like(depths[0], 700)
    found = track(
        grids([depths[0], elsewhere, depths[1]]), [None] * 3, CAMERA, lambda _: None
    )
    assert found.lost == [1]
    assert sorted(found.poses) == [0, 2]


def test_fused_pictures_lie_on_the_room_and_repeat(
    taken: tuple[list[FloatArray], list[NDArray[np.uint16]]],
) -> None:
    path, depths = taken
    views = [View(d, None, p) for d, p in zip(depths, path, strict=True)]
    rule = Rule(voxel_m=0.01, far_m=4.0, seen=3.0)
    mesh = fuse(views, CAMERA, rule, lambda _: None)
    scene = room()
    points = o3d.core.Tensor(mesh.vertices.astype(np.float32))
    apart = np.abs(scene.compute_distance(points).numpy())
    # A tenth of a voxel on the walls; silhouettes are as wide as a voxel.
    assert np.median(apart) < 0.001
    assert np.percentile(apart, 99) < 0.02
    again = fuse(views, CAMERA, rule, lambda _: None)
    np.testing.assert_array_equal(mesh.vertices, again.vertices)
    np.testing.assert_array_equal(mesh.triangles, again.triangles)
    assert mesh.normals is not None
    towards = path[0][:3, 3] - mesh.vertices
    assert ((mesh.normals * towards).sum(axis=1) > 0).mean() > 0.95
