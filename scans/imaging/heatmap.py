"""Where a surface lies off its points, as a picture: four sides, a legend, a scale bar.

No words but numbers, % and mm, so that one picture serves every language.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from scans.delivery.placing import ground
from scans.delivery.rays import RayScene
from scans.geometry.mesh import FloatArray, Mesh, vertex_normals
from scans.geometry.rigid import carry, inverse
from scans.imaging.camera import DISTANCE, Camera, elevation_for, fit_camera
from scans.imaging.diverging import diverging

SIDES = 4  # front, its left, back, its right
SIDE_PX = 480
RAYS_PER_PIXEL = 2  # in each direction
LEGEND_PX = 150
BAR_PX = (26, 520)  # width and height of the legend's bar
TICKS = 5
FONT_PX = 18
INK = (40, 40, 40)
PAPER = (255, 255, 255)
DARKEST = 0.70  # of a colour, where the surface is seen edge on: shape shows, hue stays
# Halves of these are short numbers too.
NICE = (1.0, 1.2, 1.6, 2.0, 2.4, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
ROUND = (1.0, 2.0, 5.0, 10.0)  # lengths of a scale bar
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
    return _nice(max(reach, 1e-4))


def draw_heat_map(heat: Heat, path: Path) -> None:
    """Write the four sides, one scale for all of them, with the legend beside them."""
    view = _View(heat)
    sheet = Image.new("RGB", (2 * SIDE_PX + LEGEND_PX, 2 * SIDE_PX), PAPER)
    for number, camera in enumerate(view.cameras()):
        place = (number % 2 * SIDE_PX, number // 2 * SIDE_PX)
        sheet.paste(Image.fromarray(view.picture(camera)), place)
        mm_a_px = view.mm_a_pixel(camera)
    _draw_scale_bar(sheet, mm_a_px)
    _draw_legend(sheet, heat.limit_mm)
    sheet.save(path)


def draw_histogram(
    counts: NDArray[np.int64], edges: FloatArray, limit_mm: float, path: Path
) -> None:
    """Write the share of points by signed distance, in the heat map's colours."""
    picture = Image.new("RGB", HISTOGRAM_PX, PAPER)
    draw = ImageDraw.Draw(picture)
    left, top, right, bottom = MARGIN_PX
    right, bottom = HISTOGRAM_PX[0] - right, HISTOGRAM_PX[1] - bottom
    shares = counts / max(int(counts.sum()), 1)
    highest = _nice(max(float(shares.max()) * 100, 1e-3)) / 100
    across = left + (edges - edges[0]) / (edges[-1] - edges[0]) * (right - left)
    middles = (edges[:-1] + edges[1:]) / 2 / limit_mm
    colours = np.rint(diverging(middles) * 255).astype(int)
    for number, share in enumerate(shares):
        box = (across[number], bottom - share / highest * (bottom - top))
        draw.rectangle(
            (*box, across[number + 1] - 1, bottom), tuple(colours[number]), INK
        )
    draw.line((left, bottom, right, bottom), INK, 2)
    font = _font()
    for value in _ticks(min(limit_mm, _round_below(float(edges[-1])))):
        x = left + (value - edges[0]) / (edges[-1] - edges[0]) * (right - left)
        draw.line((x, bottom, x, bottom + 6), INK, 2)
        draw.text((x, bottom + 10), f"{value:+g}"[value == 0 :], INK, font, "ma")
    draw.text((right, bottom + 34), "mm", INK, font, "ra")
    for share in (highest / 2, highest):
        y = bottom - share / highest * (bottom - top)
        draw.line((left - 6, y, left, y), INK, 2)
        draw.text((left - 10, y), f"{share * 100:g}%", INK, font, "rm")
    picture.save(path)


class _View:
    """A coloured surface that can be looked at from several sides.

    Cameras are placed about the object as it stands, and then carried to the master.
    """

    def __init__(self, heat: Heat) -> None:
        master = heat.master
        self.upright = ground(heat.upright, master.vertices)
        self.places = carry(master.vertices, self.upright).astype(np.float32)
        self.corners = master.triangles
        self.scene = heat.scene or RayScene.of(master)
        normals = master.normals
        if normals is None:
            normals = vertex_normals(master.vertices, master.triangles)
        # Mixed together, they are fetched once: the normal and the value.
        values = heat.by_vertex / heat.limit_mm
        self.looks = np.column_stack([normals, values]).astype(np.float32)

    def cameras(self) -> list[Camera]:
        """One for each side, all with the same scale, in the master's frame."""
        lift = elevation_for(np.ptp(self.places, axis=0))
        cameras = [
            fit_camera(self.places, yaw_rad=2 * np.pi * k / SIDES, elevation_rad=lift)
            for k in range(SIDES)
        ]
        half = max(camera.half for camera in cameras)
        back = inverse(self.upright)
        return [
            replace(camera, half=half, outline=camera.outline * camera.half / half)
            for camera in (camera.moved(back) for camera in cameras)
        ]

    def mm_a_pixel(self, camera: Camera) -> float:
        """Millimetres that a pixel shows at the object's middle."""
        radius = float(np.linalg.norm(np.ptp(self.places, axis=0))) / 2
        return 2 * camera.half * DISTANCE * radius * 1000 / SIDE_PX

    def picture(self, camera: Camera) -> NDArray[np.uint8]:
        """(SIDE_PX, SIDE_PX, 3) sRGB on white."""
        side = SIDE_PX * RAYS_PER_PIXEL
        columns, rows = camera.extent(side)
        directions = camera.directions(side, columns, rows)
        origins = np.broadcast_to(camera.eye.astype(np.float32), directions.shape)
        hits = self.scene.cast(origins, directions)
        corners = self.corners[hits.triangles]
        looks = np.einsum("kc,kcd->kd", hits.weights, self.looks[corners])
        facing = np.einsum("kd,kd->k", looks[:, :3], directions[hits.rays])
        facing /= np.sqrt(np.einsum("kd,kd->k", looks[:, :3], looks[:, :3])) + 1e-12
        light = DARKEST + (1 - DARKEST) * np.abs(facing)[:, None]
        sheet = np.ones((side, side, 3), np.float32)
        row = hits.rays // len(columns) + rows.start
        column = hits.rays % len(columns) + columns.start
        sheet[row, column] = diverging(looks[:, 3]) * light
        pixels = sheet.reshape(SIDE_PX, RAYS_PER_PIXEL, SIDE_PX, RAYS_PER_PIXEL, 3)
        return np.asarray(np.rint(pixels.mean(axis=(1, 3)) * 255), np.uint8)


def _draw_scale_bar(sheet: Image.Image, mm_a_px: float) -> None:
    draw = ImageDraw.Draw(sheet)
    length = _round_below(mm_a_px * SIDE_PX / 3)
    x, y = 16, 2 * SIDE_PX - 20
    end = x + length / mm_a_px
    draw.line((x, y, end, y), INK, 3)
    for across in (x, end):
        draw.line((across, y - 6, across, y + 6), INK, 3)
    draw.text(((x + end) / 2, y - 8), f"{length:g} mm", INK, _font(), "ms")


def _draw_legend(sheet: Image.Image, limit_mm: float) -> None:
    draw = ImageDraw.Draw(sheet)
    width, height = BAR_PX
    x, top = 2 * SIDE_PX + 16, SIDE_PX - height // 2
    shares = np.linspace(1, -1, height)
    bar = np.rint(diverging(shares) * 255).astype(np.uint8)
    sheet.paste(Image.fromarray(np.repeat(bar[:, None], width, axis=1)), (x, top))
    draw.rectangle((x, top, x + width, top + height), None, INK)
    for value in _ticks(limit_mm):
        y = top + (1 - value / limit_mm) / 2 * height
        draw.line((x + width, y, x + width + 6, y), INK, 2)
        text = f"{value:+g}"[value == 0 :]
        draw.text((x + width + 10, y), text, INK, _font(), "lm")
    draw.text((x, top - 12), "mm", INK, _font(), "ls")


def _ticks(limit: float) -> list[float]:
    return [float(f"{value:.6g}") for value in np.linspace(-limit, limit, TICKS)]


def _nice(value: float) -> float:
    """The next short number that is no less."""
    power = 10.0 ** np.floor(np.log10(value))
    step = next(step for step in NICE if value <= step * power * (1 + 1e-9))
    return float(f"{step * power:.6g}")


def _round_below(value: float) -> float:
    """The next round number that is no more."""
    power = 10.0 ** np.floor(np.log10(value))
    step = max(step for step in ROUND if step * power <= value * (1 + 1e-9))
    return float(f"{step * power:.6g}")


def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """The face that comes with Pillow: digits look the same on every machine."""
    return ImageFont.load_default(FONT_PX)
