"""Pictures of an object from eight sides, and a small one for lists."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from scans.delivery.placing import check_master, ground
from scans.delivery.rays import RayScene
from scans.delivery.simplify import weld
from scans.geometry.mesh import FloatArray, Mesh
from scans.imaging.ambient import Floor, open_sky
from scans.imaging.camera import Camera, elevation_for, fit_camera
from scans.imaging.shading import Model, albedo_of, shade, to_screen

SIDES = 8
SIDE_PX = 768
THUMB_PX = 256
THUMB_YAW_RAD = np.deg2rad(
    -25
)  # a little from the object's right: shows that it is solid
RAYS_PER_PIXEL = 2  # in each direction
BAND_ROWS = 256  # of rays: bounds the memory to about 200 MB
AT_A_TIME = 2  # pictures: most of one is arithmetic on one core
FOLDER = "pictures"
TOP, BOTTOM = (
    np.array([0.80, 0.80, 0.79]),
    np.array([0.56, 0.555, 0.55]),
)  # linear light
FLOOR_SHADE = 0.85  # how much of the lost sky shows as shadow on the floor

Progress = Callable[[float], None]
Values = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Picture:
    """A finished picture; covered (side, side) is the share of each pixel on the object."""

    rgb: NDArray[np.uint8]
    covered: Values


def render_views(
    master: Mesh, upright: FloatArray, out: Path, progress: Progress
) -> list[Path]:
    """Write pictures/view-0.png (the front) to view-7.png, 45 degrees apart, and thumb.png.

    upright : (4, 4) rigid, master's frame to Y up

    Raises `DegenerateMaster`, `UprightNotRigid`.
    """
    studio = Studio(master, upright)
    progress(0.2)
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    paths: list[Path] = []

    def take(shot: tuple[str, float, int]) -> Path:
        name, yaw, side = shot
        Image.fromarray(studio.picture(yaw, side).rgb).save(folder / name)
        return folder / name

    # Each picture is made by itself, so its bytes do not depend on how many at a time.
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        for path in threads.map(take, _shots()):
            paths.append(path)
            progress(0.2 + 0.8 * len(paths) / (SIDES + 1))
    return paths


def _shots() -> Iterator[tuple[str, float, int]]:
    for number in range(SIDES):
        yield f"view-{number}.png", 2 * np.pi * number / SIDES, SIDE_PX
    yield "thumb.png", float(THUMB_YAW_RAD), THUMB_PX


class Studio:
    """One object, lit and ready to be pictured from any side."""

    def __init__(self, master: Mesh, upright: FloatArray) -> None:
        check_master(master)
        surface = weld(master.moved(ground(upright, master.vertices)))
        scene = RayScene(surface.positions, surface.triangles)
        box = surface.positions.max(axis=0) - surface.positions.min(axis=0)
        radius = float(np.linalg.norm(box)) / 2
        self._surface = surface
        self._elevation = elevation_for(box)
        self._model = Model(
            surface=surface,
            scene=scene,
            albedo=albedo_of(surface),
            sky=open_sky(surface, scene, radius),
            radius=radius,
        )
        self._floor = Floor(scene, radius)

    def picture(self, yaw_rad: float, side_px: int) -> Picture:
        """Look at the object from `yaw_rad` (0 is the front, growing towards its left)."""
        camera = fit_camera(
            self._surface.positions, yaw_rad=yaw_rad, elevation_rad=self._elevation
        )
        screen, covered = self._object(camera, side_px)
        screen += (1 - covered)[:, None] * self._backdrop(camera, side_px)
        rgb = np.rint(screen * 255).astype(np.uint8)
        return Picture(
            rgb.reshape(side_px, side_px, 3), covered.reshape(side_px, side_px)
        )

    def _object(self, camera: Camera, side_px: int) -> tuple[Values, Values]:
        """What the object adds to each pixel, and how much of the pixel it takes."""
        screen = np.zeros((side_px**2, 3))
        covered = np.zeros(side_px**2)
        columns, rows = camera.extent(side_px * RAYS_PER_PIXEL)
        for top in range(rows.start, rows.stop, BAND_ROWS):
            band = range(top, min(top + BAND_ROWS, rows.stop))
            pixels, colours = self._band(camera, side_px, columns, band)
            covered += np.bincount(pixels, minlength=side_px**2)
            for channel in range(3):
                screen[:, channel] += np.bincount(
                    pixels, weights=colours[:, channel], minlength=side_px**2
                )
        return screen / RAYS_PER_PIXEL**2, covered / RAYS_PER_PIXEL**2

    def _band(
        self, camera: Camera, side_px: int, columns: range, rows: range
    ) -> tuple[NDArray[np.intp], Values]:
        """Pixel and colour of each ray of this part that hits the object."""
        directions = camera.directions(side_px * RAYS_PER_PIXEL, columns, rows)
        origins = np.broadcast_to(camera.eye.astype(np.float32), directions.shape)
        hits = self._model.scene.cast(origins, directions)
        row = hits.rays // len(columns) + rows.start
        column = hits.rays % len(columns) + columns.start
        light = shade(
            self._model,
            camera,
            hits,
            directions=directions,
            lamp_part=_lamp_part(row, column),
        )
        pixels = row // RAYS_PER_PIXEL * side_px + column // RAYS_PER_PIXEL
        return pixels, to_screen(light)

    def _backdrop(self, camera: Camera, side: int) -> Values:
        """A plain wall that turns into the floor, darker where the object stands."""
        height = np.repeat(1 - (np.arange(side) + 0.5) / side, side)[:, None]
        light = BOTTOM + (TOP - BOTTOM) * height
        directions = camera.directions(side, range(side), range(side))
        down = np.flatnonzero(directions[:, 1] < -1e-6)
        rays = directions[down].astype(np.float64)
        places = camera.eye + rays * (-camera.eye[1] / rays[:, 1])[:, None]
        sky = self._floor.open_sky(places[:, 0], places[:, 2])
        light[down] *= (1 - FLOOR_SHADE * (1 - sky))[:, None]
        return to_screen(light.astype(np.float32))


def _lamp_part(row: NDArray[np.intp], column: NDArray[np.intp]) -> NDArray[np.intp]:
    """Number a pixel's rays 0, 2, 4, 6, and those of the pixels beside it 1, 3, 5, 7."""
    inside = column % RAYS_PER_PIXEL + row % RAYS_PER_PIXEL * RAYS_PER_PIXEL
    checker = (column // RAYS_PER_PIXEL + row // RAYS_PER_PIXEL) % 2
    return inside * 2 + checker
