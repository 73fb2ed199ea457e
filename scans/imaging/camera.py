"""A camera that looks at an object from one side and fits it tightly.

Upright frame: metres, Y up, front towards +Z. Yaw 0 looks at the front; growing yaw walks
round the object towards its own left (+X), elevation lifts the camera.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FILL = 0.86  # of the frame's side, taken by the longer side of the object's outline
DISTANCE = 4.5  # in radii of the object: about the view from a visitor's place

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Camera:
    """Axes, eye and the window it looks through at distance one.

    axes   : (3, 3) rows right, up, back
    eye    : (3,) metres
    centre : (2,) middle of the window; half : half its side
    outline : (2,) width and height of the object as shares of the window's
    """

    axes: NDArray[np.float64]
    eye: NDArray[np.float64]
    centre: NDArray[np.float64]
    half: float
    outline: NDArray[np.float64]

    def extent(self, side: int) -> tuple[range, range]:
        """Columns and rows of a side x side picture that can show the object."""
        margins = (1 - self.outline) / 2 * side
        column, row = (max(int(margin) - 1, 0) for margin in margins)
        return range(column, side - column), range(row, side - row)

    def directions(self, side: int, columns: range, rows: range) -> Floats:
        """Ray directions for a part of a side x side picture, top row first."""
        down, across = np.meshgrid(rows, columns, indexing="ij")
        return self.rays(side, across.ravel(), down.ravel())

    def rays(
        self, side: int, columns: NDArray[np.intp], rows: NDArray[np.intp]
    ) -> Floats:
        """Unit directions, (n, 3), through these places of a side x side picture."""
        u = self.centre[0] + ((columns + 0.5) / side * 2 - 1) * self.half
        v = self.centre[1] + (1 - (rows + 0.5) / side * 2) * self.half
        # The axes are square to each other, so the length needs no sum over components.
        lengths = np.sqrt(u * u + v * v + 1)
        u, v, back = u / lengths, v / lengths, 1 / lengths
        rays = np.zeros((len(u), 3), np.float32)
        for axis, (right, up, away) in enumerate(self.axes.T):
            rays[:, axis] = u * right + v * up - back * away
        return rays

    def moved(self, motion: NDArray[np.float64]) -> "Camera":
        """The same camera in another frame, by the rigid motion that leads there."""
        turn = motion[:3, :3].T
        return replace(self, axes=self.axes @ turn, eye=self.eye @ turn + motion[:3, 3])


def fit_camera(positions: Floats, *, yaw_rad: float, elevation_rad: float) -> Camera:
    """Place a camera so that the object's outline fills FILL of the frame."""
    columns = np.ascontiguousarray(positions.T, np.float64)  # rows of three are slow
    low, high = columns.min(axis=1), columns.max(axis=1)
    middle = (low + high) / 2
    radius = float(np.linalg.norm(high - low)) / 2
    axes = _axes(yaw_rad, elevation_rad)
    eye = middle + axes[2] * DISTANCE * radius
    right, up, depth = axes @ (columns - eye[:, None])
    outline = np.stack([right, up]) / -depth
    window_low, window_high = outline.min(axis=1), outline.max(axis=1)
    size = window_high - window_low
    half = float(size.max()) / 2 / FILL
    return Camera(axes, eye, (window_low + window_high) / 2, half, size / (2 * half))


def one_window(cameras: Sequence[Camera]) -> list[Camera]:
    """Let cameras that go round an object look through one window that fits them all."""
    reach = np.array([camera.half * camera.outline for camera in cameras])
    centres = np.array([camera.centre for camera in cameras])
    low, high = (centres - reach).min(axis=0), (centres + reach).max(axis=0)
    # Sideways the window stays on the axis that they turn about.
    across = max(-float(low[0]), float(high[0]))
    half = max(across, float(high[1] - low[1]) / 2) / FILL
    centre = np.array([0.0, (low[1] + high[1]) / 2])
    whole = np.ones(
        2
    )  # which part of it the object takes differs from camera to camera
    return [replace(one, centre=centre, half=half, outline=whole) for one in cameras]


def elevation_for(box: Floats) -> float:
    """Look at tall things almost level, at flat ones from well above; radians.

    box : width, height and depth of the object
    """
    width, height, depth = box
    slimness = height / max(float(np.hypot(width, depth)), 1e-12)
    flatness = np.clip((0.5 - slimness) / 0.4, 0, 1)
    return float(np.deg2rad(12 + 26 * flatness))


def _axes(yaw: float, elevation: float) -> NDArray[np.float64]:
    back = np.array(
        [
            np.sin(yaw) * np.cos(elevation),
            np.sin(elevation),
            np.cos(yaw) * np.cos(elevation),
        ]
    )
    right = np.array([np.cos(yaw), 0.0, -np.sin(yaw)])
    return np.stack([right, np.cross(back, right), back])
