"""Pictures of an object from eight sides, and a small one for lists."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import maximum_filter, minimum_filter

from scans.delivery.placing import check_master, ground
from scans.delivery.rays import RayScene
from scans.delivery.simplify import weld
from scans.geometry.mesh import FloatArray, Mesh
from scans.imaging.ambient import Floor, open_sky
from scans.imaging.camera import Camera, elevation_for, fit_camera, one_window
from scans.imaging.shading import LAMP_PARTS, Model, looks_of, shade, to_screen

SIDES = 8
SIDE_PX = 768
THUMB_PX = 256
THUMB_YAW_RAD = np.deg2rad(
    -25
)  # a little from the object's right: shows that it is solid
RAYS_PER_PIXEL = 2  # in each direction, where one does not tell enough
RAYS_AT_A_TIME = 400_000  # bounds the memory to about 200 MB
# Of full brightness, between a pixel and those round it: half of it could be missed.
ROUGH = 0.05
PNG_EFFORT = 3  # of nine: files 5 % larger, in half the time
AT_A_TIME = 2  # pictures: most of one is arithmetic on one core
FOLDER = "pictures"
TOP, BOTTOM = (
    np.array([0.80, 0.80, 0.79]),
    np.array([0.56, 0.555, 0.55]),
)  # linear light
GRAIN_PX = 4  # of the backdrop: a cell of the floor takes some twelve
FLOOR_SHADE = 0.85  # how much of the lost sky shows as shadow on the floor

Progress = Callable[[float], None]
Paint = Callable[[Mesh], Mesh]  # gives a mesh other colours, or none
Values = NDArray[np.floating[Any]]
Numbers = NDArray[np.intp]


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
        picture = Image.fromarray(studio.picture(yaw, side).rgb)
        picture.save(folder / name, compress_level=PNG_EFFORT)
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

    def __init__(
        self, master: Mesh, upright: FloatArray, paint: Paint | None = None
    ) -> None:
        check_master(master)
        painted = paint(master) if paint else master
        surface = weld(painted.moved(ground(upright, master.vertices)))
        scene = RayScene(surface.positions, surface.triangles)
        box = surface.positions.max(axis=0) - surface.positions.min(axis=0)
        radius = float(np.linalg.norm(box)) / 2
        self._surface = surface
        self.elevation_rad = elevation_for(box)
        self._model = Model(
            surface=surface,
            scene=scene,
            looks=looks_of(surface, open_sky(surface, scene, radius)),
            radius=radius,
        )
        self._floor = Floor(scene, radius)

    def picture(
        self, yaw_rad: float, side_px: int, elevation_rad: float | None = None
    ) -> Picture:
        """Look at the object from `yaw_rad` (0 is the front, growing towards its left).

        elevation_rad : how far from above, or None for what suits its shape
        """
        height = self.elevation_rad if elevation_rad is None else elevation_rad
        camera = fit_camera(
            self._surface.positions, yaw_rad=yaw_rad, elevation_rad=height
        )
        return self.shot(camera, side_px)

    def turning(self, frames: int) -> list[Camera]:
        """Cameras once round the object, all with one window: it keeps its size."""
        step, height = 2 * np.pi / frames, self.elevation_rad
        places = self._surface.positions
        return one_window(
            [
                fit_camera(places, yaw_rad=number * step, elevation_rad=height)
                for number in range(frames)
            ]
        )

    def shot(self, camera: Camera, side_px: int) -> Picture:
        """Take a picture."""
        screen = np.zeros((side_px, side_px, 4), np.float32)
        columns, rows = camera.extent(side_px)
        screen[rows.start : rows.stop, columns.start : columns.stop] = self._object(
            camera, side_px, columns, rows
        )
        backdrop = (1 - screen[..., 3:]) * self._backdrop(camera, side_px)
        rgb = np.rint((screen[..., :3] + backdrop) * 255).astype(np.uint8)
        return Picture(rgb, screen[..., 3])

    def _object(
        self, camera: Camera, side_px: int, columns: range, rows: range
    ) -> Values:
        """What the object adds to each pixel, and how much of the pixel it takes.

        One ray through each pixel; several where it differs from those round it: at
        outlines, creases, edges of paint and of shadow (Whitted 1980). (h, w, 4)
        """
        row, column = np.meshgrid(rows, columns, indexing="ij")
        lamp_part = (column + 3 * row) % LAMP_PARTS  # all of them in any three by three
        rays = (array.ravel() for array in (column, row, lamp_part))
        seen = self._seen(camera, side_px, *rays).reshape(*row.shape, 4)
        rough = _rough(seen)
        seen[rough] = self._closer(camera, side_px, column[rough], row[rough])
        return seen

    def _closer(
        self, camera: Camera, side_px: int, column: Numbers, row: Numbers
    ) -> Values:
        """The mean of several rays through each of these pixels, (n, 4)."""
        inside = np.arange(RAYS_PER_PIXEL)
        down, across, row, column = np.broadcast_arrays(
            inside[:, None], inside, row[:, None, None], column[:, None, None]
        )
        rays = (
            column * RAYS_PER_PIXEL + across,
            row * RAYS_PER_PIXEL + down,
            _lamp_part(down, across, row + column),
        )
        seen = self._seen(
            camera, side_px * RAYS_PER_PIXEL, *(part.ravel() for part in rays)
        )
        return np.asarray(seen.reshape(-1, RAYS_PER_PIXEL**2, 4).mean(axis=1))

    def _seen(
        self, camera: Camera, side: int, column: Numbers, row: Numbers, part: Numbers
    ) -> Values:
        """Colour of each ray and 1 where it hits the object, otherwise zeros, (n, 4)."""
        seen = np.zeros((len(row), 4), np.float32)
        for start in range(0, len(row), RAYS_AT_A_TIME):
            band = slice(start, start + RAYS_AT_A_TIME)
            directions = camera.rays(side, column[band], row[band])
            origins = np.broadcast_to(camera.eye.astype(np.float32), directions.shape)
            hits = self._model.scene.cast(origins, directions)
            light = shade(
                self._model,
                camera,
                hits,
                directions=directions,
                lamp_part=part[band][hits.rays],
            )
            seen[start + hits.rays, :3] = to_screen(light)
            seen[start + hits.rays, 3] = 1
        return seen

    def _backdrop(self, camera: Camera, side_px: int) -> Values:
        """A plain wall that turns into the floor, darker where the object stands.

        Nothing in it is sharp: it is worked out for few pixels, and shown between them.
        """
        side = -(-side_px // GRAIN_PX)
        row, column = (part.ravel() for part in np.indices((side, side)))
        light = BOTTOM + (TOP - BOTTOM) * (1 - (row[:, None] + 0.5) / side)
        directions = camera.rays(side, column, row)
        down = np.flatnonzero(directions[:, 1] < -1e-6)
        rays = directions[down].astype(np.float64)
        places = camera.eye + rays * (-camera.eye[1] / rays[:, 1])[:, None]
        sky = self._floor.open_sky(places[:, 0], places[:, 2])
        light[down] *= (1 - FLOOR_SHADE * (1 - sky))[:, None]
        return _enlarged(to_screen(light.astype(np.float32)), side, side_px)


def _enlarged(colours: Values, side: int, side_px: int) -> Values:
    """Colours of a square's pixels, (side * side, 3), shown with more of them."""
    layers = [
        Image.fromarray(layer).resize((side_px, side_px), Image.Resampling.BILINEAR)
        for layer in colours.T.reshape(3, side, side)
    ]
    return np.stack([np.asarray(layer) for layer in layers], axis=2)


def _rough(seen: Values) -> NDArray[np.bool_]:
    """Which pixels differ from one of the eight round them, (h, w)."""
    highest = maximum_filter(seen, (3, 3, 1))
    lowest = minimum_filter(seen, (3, 3, 1))
    return np.asarray((highest - lowest > ROUGH).any(axis=2))


def _lamp_part(row: Numbers, column: Numbers, pixel: Numbers) -> Numbers:
    """Number a pixel's rays 0, 2, 4, 6, and those of the pixels beside it 1, 3, 5, 7."""
    return (column + row * RAYS_PER_PIXEL) * 2 + pixel % 2
