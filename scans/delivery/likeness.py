"""How much a finished level looks like its master: renders of both, compared.

Eight fixed views, the same light in both: three lamps that hang on the camera, and a sky
that hollows see less of. None of it was used in baking. The picture is as large as it must
be for the object to cover FILLED of NOMINAL_PX squared, whatever its outline.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from scans.delivery.looks import LevelLook, Look, MasterLook
from scans.delivery.quantise import linear_to_srgb
from scans.delivery.rays import Hits, RayScene
from scans.imaging.camera import Camera, fit_camera

NOMINAL_PX, FILLED = 1024, 0.6
SCOUT_PX = 128  # side of the picture that tells how much of a frame the object covers
# Yaw and elevation, degrees: all round, from above, and into what stands on the ground.
VIEWS = (
    *((0, 12), (90, 12), (180, 12), (270, 12)),
    *((45, 50), (225, 50), (135, -25), (315, -25)),
)
# Towards the lamp in the camera's axes (right, up, back), and its strength.
# They add up to less than one: nothing is so bright that a difference is cut off.
LAMPS = (((0.5, 0.65, 0.6), 0.55), ((-0.8, 0.15, 0.45), 0.25), ((0.1, -0.5, 0.8), 0.1))
SKY = 0.25
COLOUR_STEP = 4  # every fourth pixel both ways tells the mean difference of colour well
BAND = 200_000  # rays at a time

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """Structural similarity on the object's mask over the views, and colour difference."""

    ssim_mean: float
    ssim_worst: float
    de00_mean: float

    def as_json(self) -> dict[str, float]:
        """As it stands in a derivative's report."""
        return {
            "ssim_mean": round(self.ssim_mean, 4),
            "ssim_worst": round(self.ssim_worst, 4),
            "de00_mean": round(self.de00_mean, 3),
        }


def measure_likeness(
    master: MasterLook, level: LevelLook, *, pixels: int = NOMINAL_PX
) -> Likeness:
    """Render both from all sides and compare; the object covers FILLED of pixels squared."""
    similar, different = [], []
    for view in VIEWS:
        pair = render_pair(master, level, view, pixels=pixels)
        similar.append(similarity(*pair))
        different.append(colour_difference(*pair))
    return Likeness(
        float(np.mean(similar)), float(np.min(similar)), float(np.mean(different))
    )


@dataclass(frozen=True)
class Picture:
    """A render: sRGB, (h, w, 3) from 0 to 1, and where the object is, (h, w)."""

    pixels: Floats
    mask: NDArray[np.bool_]


def render_pair(
    master: MasterLook,
    level: LevelLook,
    view: tuple[float, float],
    *,
    pixels: int = NOMINAL_PX,
) -> tuple[Picture, Picture]:
    """Both from the same side, yaw and elevation in degrees, in the same light."""
    yaw, elevation = view
    camera = fit_camera(
        master.surface.positions,
        yaw_rad=float(np.deg2rad(yaw)),
        elevation_rad=float(np.deg2rad(elevation)),
    )
    side = _side_for(master.scene, camera, pixels)
    with_sky = level.has_sky
    return (
        render(master, camera, side, with_sky=with_sky),
        render(level, camera, side, with_sky=with_sky),
    )


def similarity(one: Picture, other: Picture) -> float:
    """Mean structural similarity of the greys where either shows the object."""
    greys = [
        picture.pixels @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        for picture in (one, other)
    ]
    mask = one.mask | other.mask
    _, similar = structural_similarity(  # type: ignore[no-untyped-call]
        *greys, data_range=1.0, gaussian_weights=True, sigma=1.5, full=True
    )
    return float(similar[mask].mean())


def colour_difference(one: Picture, other: Picture) -> float:
    """Mean CIEDE2000 where both show the object."""
    both = one.mask & other.mask
    thin = np.zeros_like(both)
    thin[::COLOUR_STEP, ::COLOUR_STEP] = True
    labs = [rgb2lab(picture.pixels[both & thin]) for picture in (one, other)]
    return float(deltaE_ciede2000(*labs).mean())  # type: ignore[no-untyped-call]


def render(look: Look, camera: Camera, side: int, *, with_sky: bool) -> Picture:
    """Render the part of the frame that the object can cover."""
    columns, rows = camera.extent(side)
    picture = np.zeros((len(rows) * len(columns), 3), np.float32)
    mask = np.zeros(len(picture), bool)
    step = max(1, BAND // len(columns))
    for start in range(0, len(rows), step):
        band = rows[start : start + step]
        rays = camera.directions(side, columns, band)
        eyes = np.broadcast_to(camera.eye.astype(np.float32), rays.shape)
        hits = look.scene.cast(np.ascontiguousarray(eyes), rays)
        first = start * len(columns)
        mask[first + hits.rays] = True
        lit = _lit(look, camera, hits, rays[hits.rays], side, with_sky=with_sky)
        picture[first + hits.rays] = lit
    shape = (len(rows), len(columns))
    return Picture(picture.reshape(*shape, 3), mask.reshape(shape))


def _lit(
    look: Look, camera: Camera, hits: Hits, rays: Floats, side: int, *, with_sky: bool
) -> Floats:
    """What the camera sees of each hit, sRGB 0 to 1, (k, 3)."""
    facing = np.abs((hits.facing * rays).sum(axis=1))
    pixel_m = (
        hits.distances * (2 * camera.half / side) / np.sqrt(np.maximum(facing, 0.05))
    )
    light, normals, sky = look.seen(hits, pixel_m.astype(np.float32))
    behind = (normals * rays).sum(axis=1) > 0.1
    normals = np.where(behind[:, None], -normals, normals)
    total = SKY * (sky if with_sky else np.ones_like(sky))
    for towards, strength in LAMPS:
        direction = np.array(towards) @ camera.axes
        direction = (direction / np.linalg.norm(direction)).astype(np.float32)
        total = total + strength * np.clip(normals @ direction, 0, None)
    shown = linear_to_srgb(np.clip(light * total[:, None], 0, 1))
    return np.asarray(shown, np.float32)


def _side_for(scene: RayScene, camera: Camera, pixels: int) -> int:
    """Side of the picture in which the object covers FILLED of `pixels` squared."""
    rays = camera.directions(SCOUT_PX, range(SCOUT_PX), range(SCOUT_PX))
    eyes = np.broadcast_to(camera.eye.astype(np.float32), rays.shape)
    share = len(scene.cast(np.ascontiguousarray(eyes), rays).rays) / SCOUT_PX**2
    side = pixels * np.sqrt(FILLED / max(share, 1 / 16))
    return int(np.ceil(side))
