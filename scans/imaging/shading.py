"""Light on a surface: a key with shadow, a fill, a rim, and the sky.

All values are linear light. The lamps hang on the camera, so that every side is lit alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from scans.delivery.quantise import linear_to_srgb, srgb_to_linear
from scans.delivery.rays import Hits, RayScene
from scans.delivery.simplify import Surface
from scans.imaging.ambient import LIFT
from scans.imaging.camera import Camera

PLASTER = (0.54, 0.50, 0.44)  # what is shown where a master has no colour
SKY, GROUND = (0.42, 0.45, 0.50), (0.20, 0.18, 0.16)
BEHIND = -0.1  # a normal may lean away a little at an outline without being a back face
GLOSS, SHINE = 0.10, 22  # strength and exponent: fired clay rather than glaze
LAMP_PARTS = 8  # places: a pixel's rays look at four, those of the next at the others
SOFT_RAYS = 17  # rays about one in whose shadow-edge it may lie: four pixels each way
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
    """A surface made ready to be pictured.

    looks  : (n, 7) of each vertex its normal, the share of the sky it sees, and its own
             colour in linear light: mixed together, they are fetched once
    radius : half the box's diagonal, metres
    """

    surface: Surface
    scene: RayScene
    looks: NDArray[np.float32]
    radius: float


def looks_of(surface: Surface, sky: NDArray[np.float32]) -> NDArray[np.float32]:
    """What light meets at each vertex, as a Model holds it."""
    return np.column_stack([surface.normals, sky, albedo_of(surface)])


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
    towards_eye = -directions[hits.rays]
    looks = np.einsum("kc,kcd->kd", hits.weights, model.looks[corners])
    normals, sky, albedo = looks[:, :3], looks[:, 3], looks[:, 4:]
    normals = _facing_eye(normals, towards_eye)
    fill, rim, key = (
        np.clip(_dot(normals, lamp.direction(camera)), 0, None)
        for lamp in (FILL, RIM, KEY)
    )
    key *= _key_free(model, camera, hits, towards_eye, lamp_part, np.flatnonzero(key))
    # Light that bounces once more inside a hollow lifts its shade a little.
    open_share = sky**0.85
    above = (normals[:, 1] * 0.5 + 0.5) * open_share
    shares = [
        open_share - above,
        above,
        fill * (0.4 + 0.6 * sky),
        rim * (0.3 + 0.7 * sky),
    ]
    lit = _sum_of([*shares, key], [GROUND, SKY, FILL.colour, RIM.colour, KEY.colour])
    gleams = [
        _gleam(normals, towards_eye, lamp.direction(camera)) * np.sqrt(share)
        for lamp, share in ((KEY, key), (RIM, rim * sky))
    ]
    return np.asarray(albedo * lit + _sum_of(gleams, [KEY.colour, RIM.colour]))


def to_screen(light: Values) -> Values:
    """Compress highlights softly and encode as sRGB, 0..1."""
    room = 1 - SHOULDER
    bright = light > SHOULDER
    soft = light.copy()
    soft[bright] = SHOULDER + room * (1 - np.exp((SHOULDER - light[bright]) / room))
    return linear_to_srgb(soft)


def _dot(vectors: Values, others: Values) -> Values:
    """Scalar product row by row, or of all rows with one vector."""
    pattern = "kd,d->k" if others.ndim == 1 else "kd,kd->k"
    return np.asarray(np.einsum(pattern, vectors, others))


def _unit(vectors: Values) -> Values:
    lengths = np.sqrt(np.maximum(_dot(vectors, vectors), np.float32(1e-24)))
    return np.asarray(vectors / lengths[:, None])


def _sum_of(shares: Sequence[Values], colours: Sequence[Sequence[float]]) -> Values:
    """Add up coloured lights, (k, 3); each by its share, (k,)."""
    table = np.array(colours, np.float32)
    return np.asarray(np.einsum("lk,lc->kc", np.stack(shares), table))


def _facing_eye(normals: Values, towards_eye: Values) -> Values:
    """Unit normals; the inside of an open shell is shown as if it had a face of its own."""
    normals = _unit(normals)
    behind = _dot(normals, towards_eye) < BEHIND
    return np.where(behind[:, None], -normals, normals)


def _gleam(normals: Values, towards_eye: Values, towards_lamp: Values) -> Values:
    """Blinn's highlight, stronger at grazing view (Schlick)."""
    half = _unit(towards_eye + towards_lamp)
    sharp = np.clip(_dot(normals, half), 0, None) ** SHINE
    grazing = 1 - np.clip(_dot(normals, towards_eye), 0, 1)
    return np.asarray(GLOSS * sharp * (0.5 + 0.5 * grazing**5))


def _key_free(
    model: Model,
    camera: Camera,
    hits: Hits,
    towards_eye: Values,
    lamp_part: NDArray[np.intp],
    asked: NDArray[np.intp],
) -> Values:
    """Share of its places on the key lamp that each hit sees; only where `asked`."""
    radius = model.radius
    towards = towards_eye[asked]
    facing = hits.facing[asked]
    facing = np.where(_dot(facing, towards)[:, None] < 0, -facing, facing)
    places = camera.eye - towards * hits.distances[asked, None]
    starts = (places + facing * np.float32(LIFT * radius)).astype(np.float32)
    free = np.zeros(len(towards_eye), np.float32)
    spots, other = np.split(_lamp_spots(camera), 2)
    rays = spots[lamp_part[asked]]
    free[asked] = ~model.scene.blocked(starts, rays, reach=4 * radius)
    # A second look where it is neither light nor shade: it costs as much as the first.
    edge = _near_change(free[asked])
    rays = other[lamp_part[asked[edge]]]
    again = ~model.scene.blocked(starts[edge], rays, reach=4 * radius)
    free[asked[edge]] = (free[asked[edge]] + again) / np.float32(2)
    return free


def _near_change(row: Values) -> NDArray[np.bool_]:
    """Tell which values, in the order of the rays, have another value close by."""
    changed = np.diff(row, prepend=row[:1]) != 0
    return np.asarray(maximum_filter1d(changed, SOFT_RAYS))


def _lamp_spots(camera: Camera) -> NDArray[np.float32]:
    """Directions to places on the key lamp, two rings of LAMP_PARTS."""
    towards = KEY.direction(camera)
    sideways = np.cross(towards, camera.axes[1])
    sideways /= np.linalg.norm(sideways)
    upwards = np.cross(sideways, towards)
    number = np.arange(2 * LAMP_PARTS)
    # A ring apart by an odd angle, so that no two places lie on one line.
    turn = (number + number // LAMP_PARTS * 0.5) * (2 * np.pi / LAMP_PARTS) + 0.3
    away = SOFTNESS * np.sqrt((number // LAMP_PARTS + 0.5) / 2)
    return np.asarray(
        towards
        + (away * np.cos(turn))[:, None] * sideways
        + (away * np.sin(turn))[:, None] * upwards,
        np.float32,
    )
