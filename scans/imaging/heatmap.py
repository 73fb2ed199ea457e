"""Where a surface lies off its points, as a picture: four sides, a legend, a scale bar.

No words but numbers, % and mm, so that one picture serves every language.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scans.delivery.placing import ground
from scans.delivery.rays import RayScene
from scans.geometry.mesh import FloatArray, Mesh, vertex_normals
from scans.geometry.rigid import carry, inverse
from scans.imaging.camera import DISTANCE, Camera, elevation_for, fit_camera
from scans.imaging.diverging import diverging
from scans.imaging.legend import (
    INK,
    LEGEND_PX,
    PAPER,
    draw_legend,
    draw_scale_bar,
    font,
    nice,
    round_below,
    ticks,
)

SIDES = 4  # front, its left, back, its right
SIDE_PX = 480
RAYS_PER_PIXEL = 2  # in each direction
DARKEST = 0.70  # of a colour, where the surface is seen edge on: shape shows, hue stays
HISTOGRAM_PX = (960, 420)
MARGIN_PX = (70, 30, 30, 60)  # left, top, right, bottom of the histogram

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Heat:
    """A master with a signed value at each vertex, mm; nan where there is none.

    scene : of the master, where there is one already
    """

    master: Mesh
    upright: FloatArray
    by_vertex: FloatArray
    limit_mm: float
    scene: RayScene | None = None


def nice_limit(signed_mm: FloatArray, *, percentile: float = 99.0) -> float:
    """Round the distance that nearly all values keep to up to a short number, mm."""
    reach = float(np.percentile(np.abs(signed_mm), percentile))
    return nice(max(reach, 1e-4))


def draw_heat_map(heat: Heat, path: Path) -> None:
    """Write a master's four sides in the colours of its values."""
    sides = FourSides(heat.master, heat.upright, heat.scene)
    sides.draw(heat.by_vertex, heat.limit_mm, path)


def draw_histogram(
    counts: NDArray[np.int64], edges: FloatArray, limit_mm: float, path: Path
) -> None:
    """Write the share of points by signed distance, in the heat map's colours."""
    picture = Image.new("RGB", HISTOGRAM_PX, PAPER)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = MARGIN_PX
    right, bottom = HISTOGRAM_PX[0] - right, HISTOGRAM_PX[1] - bottom
    shares = counts / max(int(counts.sum()), 1)
    highest = nice(max(float(shares.max()) * 100, 1e-3)) / 100
    across = left + (edges - edges[0]) / (edges[-1] - edges[0]) * (right - left)
    middles = (edges[:-1] + edges[1:]) / 2 / limit_mm
    colours = np.rint(diverging(middles) * 255).astype(int)
    for number, share in enumerate(shares):
        box = (across[number], bottom - share / highest * (bottom - top))
        draw.rectangle(
            (*box, across[number + 1] - 1, bottom), tuple(colours[number]), INK
        )
    draw.line((left, bottom, right, bottom), INK, 2)
    face, most = font(), min(limit_mm, round_below(float(edges[-1])))
    for value in ticks(-most, most):
        x = left + (value - edges[0]) / (edges[-1] - edges[0]) * (right - left)
        draw.line((x, bottom, x, bottom + 6), INK, 2)
        draw.text((x, bottom + 10), f"{value:+g}"[value == 0 :], INK, face, "ma")
    draw.text((right, bottom + 34), "mm", INK, face, "ra")
    for share in (highest / 2, highest):
        y = bottom - share / highest * (bottom - top)
        draw.line((left - 6, y, left, y), INK, 2)
        draw.text((left - 10, y), f"{share * 100:g}%", INK, face, "rm")
    picture.save(path)


@dataclass(frozen=True)
class _Seen:
    """What the pixels of one side see of the surface.

    pixels  : (k,) numbers of those that see it
    corners : (k, 3) vertices, weights : (k, 3) of each
    light   : (k, 1) share of the colour that is left
    """

    pixels: NDArray[np.int64]
    corners: NDArray[np.int32]
    weights: NDArray[np.float32]
    light: NDArray[np.float32]


class FourSides:
    """A surface seen from its four sides, to be drawn with one set of values or more.

    Cameras are placed about the object as it stands, and then carried to the master.
    """

    def __init__(
        self,
        master: Mesh,
        upright: FloatArray,
        scene: RayScene | None = None,
        *,
        rays: int = RAYS_PER_PIXEL,
    ) -> None:
        self._rays = rays
        self._scene = scene or RayScene.of(master)
        self._corners = master.triangles
        normals = master.normals
        if normals is None:
            normals = vertex_normals(master.vertices, master.triangles)
        self._normals = normals.astype(np.float32)
        standing = ground(upright, master.vertices)
        places = carry(master.vertices, standing).astype(np.float32)
        cameras = _cameras(places, inverse(standing))
        self._seen = [self._looked(camera) for camera in cameras]
        # What a pixel shows at the object's middle.
        radius = float(np.linalg.norm(np.ptp(places, axis=0))) / 2
        self._mm_a_px = 2 * cameras[-1].half * DISTANCE * radius * 1000 / SIDE_PX

    def draw(self, by_vertex: FloatArray, limit_mm: float, path: Path) -> None:
        """Write the four sides, one scale for all of them, with the legend beside them."""
        shares = (by_vertex / limit_mm).astype(np.float32)
        sheet = Image.new("RGB", (2 * SIDE_PX + LEGEND_PX, 2 * SIDE_PX), PAPER)
        for number, seen in enumerate(self._seen):
            place = (number % 2 * SIDE_PX, number // 2 * SIDE_PX)
            picture = _picture(seen, shares, self._rays)
            sheet.paste(Image.fromarray(picture), place)
        place = (16, 2 * SIDE_PX - 20)
        draw_scale_bar(sheet, place, self._mm_a_px, most_px=SIDE_PX / 3)
        draw_legend(sheet, (2 * SIDE_PX + 16, SIDE_PX), (-limit_mm, limit_mm), "mm")
        sheet.save(path)

    def _looked(self, camera: Camera) -> _Seen:
        side = SIDE_PX * self._rays
        columns, rows = camera.extent(side)
        directions = camera.directions(side, columns, rows)
        origins = np.broadcast_to(camera.eye.astype(np.float32), directions.shape)
        hits = self._scene.cast(origins, directions)
        corners = self._corners[hits.triangles]
        normals = np.einsum("kc,kcd->kd", hits.weights, self._normals[corners])
        facing = np.einsum("kd,kd->k", normals, directions[hits.rays])
        facing /= np.sqrt(np.einsum("kd,kd->k", normals, normals)) + 1e-12
        row = hits.rays // len(columns) + rows.start
        column = hits.rays % len(columns) + columns.start
        light = DARKEST + (1 - DARKEST) * np.abs(facing)[:, None]
        pixels = (row * side + column).astype(np.int64)
        return _Seen(pixels, corners, hits.weights, light.astype(np.float32))


def _cameras(places: NDArray[np.float32], back: FloatArray) -> list[Camera]:
    """One for each side, all with the same scale, in the master's frame."""
    lift = elevation_for(np.ptp(places, axis=0))
    cameras = [
        fit_camera(places, yaw_rad=2 * np.pi * k / SIDES, elevation_rad=lift)
        for k in range(SIDES)
    ]
    half = max(camera.half for camera in cameras)
    return [
        replace(camera, half=half, outline=camera.outline * camera.half / half)
        for camera in (camera.moved(back) for camera in cameras)
    ]


def _picture(seen: _Seen, shares: NDArray[np.float32], rays: int) -> NDArray[np.uint8]:
    """(SIDE_PX, SIDE_PX, 3) sRGB on white."""
    values = np.einsum("kc,kc->k", seen.weights, shares[seen.corners])
    side = SIDE_PX * rays
    sheet = np.ones((side * side, 3), np.float32)
    sheet[seen.pixels] = diverging(values) * seen.light
    pixels = sheet.reshape(SIDE_PX, rays, SIDE_PX, rays, 3)
    return np.asarray(np.rint(pixels.mean(axis=(1, 3)) * 255), np.uint8)
