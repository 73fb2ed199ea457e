"""Light on a surface: a key with shadow, a fill, a rim, and the sky.

All values are linear light. The lamps hang on the camera, so that every side is lit alike.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.delivery.quantise import linear_to_srgb, srgb_to_linear
from scans.delivery.simplify import Surface
from scans.imaging.ambient import LIFT, radius_of
from scans.imaging.camera import Camera
from scans.imaging.rays import Hits, RayScene

PLASTER = (0.54, 0.50, 0.44)  # what is shown where a master has no colour
SKY, GROUND = np.array([0.42, 0.45, 0.50]), np.array([0.20, 0.18, 0.16])
GLOSS, SHINE = 0.10, 22.0  # strength and exponent: fired clay rather than glaze
LAMP_PARTS = (
    8  # rays of one pixel look at four of them, those of the next at the others
)
LAMP_RINGS = 2  # shadow rays for each ray that hits
SOFTNESS = 0.06  # radius of the key lamp, in radians as seen from the object
SHOULDER = 0.72  # light above this is compressed towards white instead of cut off

Values = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Lamp:
    """A distant lamp: direction to it in the camera's axes (right, up, back), and colour."""

    towards: tuple[float, float, float]
    colour: tuple[float, float, float]

    def direction(self, camera: Camera) -> Values:
        """Unit vector towards the lamp in the upright frame."""
        vector = np.array(self.towards) @ camera.axes
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


KEY = Lamp((-0.62, 0.78, 0.55), (0.98, 0.93, 0.86))
FILL = Lamp((0.85, 0.10, 0.65), (0.16, 0.18, 0.21))
RIM = Lamp((0.55, 0.50, -0.85), (0.42, 0.44, 0.48))


@dataclass(frozen=True)
class Model:
    """A surface made ready to be pictured; albedo (n, 3) linear, sky (n,) 0..1."""

    surface: Surface
    scene: RayScene
    albedo: NDArray[np.float32]
    sky: NDArray[np.float32]


def albedo_of(surface: Surface) -> NDArray[np.float32]:
    """The surface's own colour in linear light."""
    if surface.colours is None:
        return np.full(surface.positions.shape, PLASTER, np.float32)
    table = srgb_to_linear(np.arange(256) / 255).astype(np.float32)
    return table[surface.colours]


def shade(
    model: Model,
    camera: Camera,
    hits: Hits,
    *,
    directions: NDArray[np.float32],
    lamp_part: NDArray[np.intp],
) -> Values:
    """Light that leaves each hit towards the camera, (k, 3).

    lamp_part : (k,) below LAMP_PARTS, which place on the key lamp a ray looks at;
    neighbours with different ones, joined to one pixel, give the shadow a soft edge
    """
    corners = model.surface.triangles[hits.triangles]
    towards_eye = -directions[hits.rays].astype(np.float64)
    normals = _facing_eye(_mixed(model.surface.normals, corners, hits), towards_eye)
    albedo = _mixed(model.albedo, corners, hits)
    sky = _mixed(model.sky[:, None], corners, hits)
    places = camera.eye - towards_eye * hits.distances[:, None]
    lit = _sky_light(normals, sky)
    lit += _lambert(normals, FILL, camera) * (0.4 + 0.6 * sky)
    lit += _lambert(normals, RIM, camera) * (0.3 + 0.7 * sky)
    free = _key_free(model, camera, hits, places, lamp_part)[:, None]
    lit += _lambert(normals, KEY, camera) * free
    gleam = _gleam(normals, towards_eye, KEY, camera) * free
    gleam += _gleam(normals, towards_eye, RIM, camera) * sky
    return np.asarray(albedo * lit + gleam)


def to_screen(light: Values) -> Values:
    """Compress highlights softly and encode as sRGB, 0..1."""
    over = np.maximum(light - SHOULDER, 0)
    room = 1 - SHOULDER
    soft = np.minimum(light, SHOULDER) + room * (1 - np.exp(-over / room))
    return linear_to_srgb(soft)


def _mixed(
    values: NDArray[np.float32], corners: NDArray[np.uint32], hits: Hits
) -> Values:
    return np.asarray(
        np.einsum("kc,kcd->kd", hits.weights, values[corners]), np.float64
    )


def _facing_eye(normals: Values, towards_eye: Values) -> Values:
    """Unit normals; the inside of an open shell is shown as if it had a face of its own."""
    normals = normals / np.maximum(
        np.linalg.norm(normals, axis=1, keepdims=True), 1e-12
    )
    behind = np.einsum("kd,kd->k", normals, towards_eye) < -0.1
    return np.where(behind[:, None], -normals, normals)


def _sky_light(normals: Values, sky: Values) -> Values:
    height = normals[:, 1:2] * 0.5 + 0.5
    # Light that bounces once more inside a hollow lifts its shade a little.
    return np.asarray((GROUND + (SKY - GROUND) * height) * sky**0.85)


def _lambert(normals: Values, lamp: Lamp, camera: Camera) -> Values:
    slope = np.clip(normals @ lamp.direction(camera), 0, None)
    return np.asarray(slope[:, None] * np.array(lamp.colour, np.float32))


def _gleam(normals: Values, towards_eye: Values, lamp: Lamp, camera: Camera) -> Values:
    """Blinn's highlight, stronger at grazing view (Schlick)."""
    half = towards_eye + lamp.direction(camera)
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    sharp = np.clip(np.einsum("kd,kd->k", normals, half), 0, None) ** SHINE
    slope = np.clip(normals @ lamp.direction(camera), 0, None)
    grazing = 1 - np.clip(np.einsum("kd,kd->k", normals, towards_eye), 0, 1)
    strength = GLOSS * (0.5 + 0.5 * grazing**5) * np.sqrt(slope)
    return np.asarray((sharp * strength)[:, None] * np.array(lamp.colour))


def _key_free(
    model: Model,
    camera: Camera,
    hits: Hits,
    places: Values,
    lamp_part: NDArray[np.intp],
) -> Values:
    """1 where the key lamp shines, 0 in its shadow."""
    radius = radius_of(model.surface)
    facing = hits.facing.astype(np.float64)
    away = np.einsum("kd,kd->k", facing, camera.eye - places) < 0
    facing = np.where(away[:, None], -facing, facing)
    starts = (places + facing * LIFT * radius).astype(np.float32)
    free = np.zeros(len(starts), np.float32)
    for spots in np.split(_lamp_spots(camera), LAMP_RINGS):
        free += ~model.scene.blocked(starts, spots[lamp_part], reach=4 * radius)
    return free / np.float32(LAMP_RINGS)


def _lamp_spots(camera: Camera) -> NDArray[np.float32]:
    """Directions to places on the key lamp, LAMP_PARTS to a ring."""
    towards = KEY.direction(camera)
    sideways = np.cross(towards, camera.axes[1])
    sideways /= np.linalg.norm(sideways)
    upwards = np.cross(sideways, towards)
    number = np.arange(LAMP_PARTS * LAMP_RINGS)
    # A ring apart by an odd angle, so that no two places lie on one line.
    turn = (number + number // LAMP_PARTS * 0.5) * (2 * np.pi / LAMP_PARTS) + 0.3
    away = SOFTNESS * np.sqrt((number // LAMP_PARTS + 0.5) / LAMP_RINGS)
    return np.asarray(
        towards
        + (away * np.cos(turn))[:, None] * sideways
        + (away * np.sin(turn))[:, None] * upwards,
        np.float32,
    )
