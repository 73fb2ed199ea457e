"""Coordinates of national grids keep their last tenth of a millimetre."""

from dataclasses import replace

import numpy as np

from scans.geometry.recentre import recentre
from scans.geometry.rigid import carry, from_parts, turning_axis
from scans.geometry.scan import Scan

POINTS = np.random.default_rng(0).random((100, 3))
UTM = np.array([665_187.25, 5_648_349.5, 241.125])


def test_a_cloud_near_its_origin_is_left_alone() -> None:
    scan = Scan("a", "PLY", POINTS)
    (same,), offset = recentre([scan])
    assert same is scan
    assert not offset.any()


def test_grid_coordinates_come_near_without_loss() -> None:
    scan = Scan("a", "LAS", POINTS + UTM, viewpoint=UTM)
    (near,), offset = recentre([scan])
    np.testing.assert_array_equal(offset, np.rint(offset))
    assert np.abs(near.points).max() < 2
    np.testing.assert_allclose(near.points + offset, scan.points, atol=1e-9)
    assert near.viewpoint is not None
    np.testing.assert_allclose(near.viewpoint + offset, UTM)


def test_scans_share_one_offset() -> None:
    scans = [Scan(str(k), "LAS", POINTS + UTM + k) for k in range(3)]
    near, offset = recentre(scans)
    for k, scan in enumerate(near):
        np.testing.assert_allclose(scan.points + offset, POINTS + UTM + k, atol=1e-9)


def test_a_posed_scan_keeps_its_place_whichever_part_is_far() -> None:
    turned = turning_axis(np.array([1.0, 2.0, 3.0]), 0.7)[:3, :3]
    far_pose = Scan("a", "E57", POINTS, pose=from_parts(turned, UTM))
    far_frame = replace(
        far_pose, points=POINTS + UTM, pose=from_parts(turned, -(turned @ UTM) + UTM)
    )
    near, offset = recentre([far_pose, far_frame])
    for scan, before in zip(near, (far_pose, far_frame), strict=True):
        assert scan.pose is not None
        assert before.pose is not None
        assert np.abs(scan.points).max() < 10
        assert np.abs(scan.pose[:3, 3]).max() < 10
        there = carry(scan.points, scan.pose) + offset
        np.testing.assert_allclose(there, carry(before.points, before.pose), atol=1e-8)


def test_an_empty_point_at_the_origin_keeps_no_map_grid_far_off() -> None:
    points = np.vstack([np.zeros((1, 3)), POINTS + UTM])
    (near,), offset = recentre([Scan("a", "XYZ", points)])
    assert np.abs(near.points[1:]).max() < 2
    np.testing.assert_allclose(near.points + offset, points, atol=1e-9)
