"""How much a finished level looks like its master: renders of both, compared.

Eight fixed views, the same light in both: three lamps that hang on the camera, and a sky
that hollows see less of. None of it was used in baking. The picture is as large as it must
be for the object to cover FILLED of NOMINAL_PX squared, whatever its outline.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from scans.delivery.looks import LevelLook, Look, MasterLook
from scans.delivery.quantise import linear_to_srgb
from scans.delivery.rays import Hits, RayScene
from scans.imaging.beside import Picture
from scans.imaging.camera import Camera, fit_camera

NOMINAL_PX, FILLED = 1024, 0.6
QUICK_PX = 512  # where speed counts for more: a quarter of the pixels
THREADS = 2  # each holds a picture and a band of rays
SCOUT_PX = 128  # side of the picture that tells how much of a frame the object covers
View = tuple[int, int]  # yaw and elevation, degrees
Pair = tuple[Picture, Picture]  # a master and a level
# All round, from above, and into what stands on the ground.
VIEWS = (
    *((0, 12), (90, 12), (180, 12), (270, 12)),
    *((45, 50), (225, 50), (135, -25), (315, -25)),
)
# Towards the lamp in the camera's axes (right, up, back), and its strength.
# They add up to less than one: nothing is so bright that a difference is cut off.
LAMPS = (((0.5, 0.65, 0.6), 0.55), ((-0.8, 0.15, 0.45), 0.25), ((0.1, -0.5, 0.8), 0.1))
SKY = 0.25
BLOCK = 16  # pixels
COLOUR_STEP = 4  # every fourth pixel both ways tells the mean difference of colour well
BAND = 200_000  # rays at a time

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """Structural similarity on the object's mask over the views, and colour difference.

    de00_mean   : CIEDE2000, pixel by pixel
    de00_coarse : of the means over BLOCK by BLOCK pixels: what is wrong rather than blurred
    pixels      : the object covers FILLED of so many squared
    worst       : the view that is least like the master's
    """

    ssim_mean: float
    ssim_worst: float
    de00_mean: float
    de00_coarse: float
    pixels: int = NOMINAL_PX
    worst: View = VIEWS[0]

    def as_json(self) -> dict[str, float]:
        """As it stands in a derivative's report."""
        return {
            "ssim_mean": round(self.ssim_mean, 4),
            "ssim_worst": round(self.ssim_worst, 4),
            "de00_mean": round(self.de00_mean, 3),
            "de00_coarse": round(self.de00_coarse, 3),
            "pixels": self.pixels,
        }


class Original:
    """A master's renders, made once for all its levels."""

    def __init__(self, look: MasterLook, *, pixels: int = NOMINAL_PX) -> None:
        self._look, self._pixels = look, pixels
        self._made: dict[View, tuple[Camera, int, Shot]] = {}

    def measure(self, level: LevelLook) -> tuple[Likeness, Pair]:
        """Compare a level with the master from all sides.

        Gives both pictures of the side where they are least alike, too.
        """

        def compare(view: View) -> tuple[tuple[float, float, float], Pair]:
            pair = self.pair(level, view)
            return (similarity(*pair), *colour_differences(*pair)), pair

        # Filters and tables of colours work without the interpreter's lock; rays hold it, and
        # are cast on all cores.
        with ThreadPoolExecutor(THREADS) as views:
            compared = views.map(compare, VIEWS)
            told, shown = next(compared)
            found = [told]
            for told, pair in compared:
                # Pictures are large: of all only the worst pair is kept.
                shown = pair if told[0] < min(found)[0] else shown
                found.append(told)
        similar, fine, coarse = np.array(found).T
        likeness = Likeness(
            float(similar.mean()),
            float(similar.min()),
            float(fine.mean()),
            float(coarse.mean()),
            self._pixels,
            VIEWS[int(similar.argmin())],
        )
        return likeness, shown

    def pair(self, level: LevelLook, view: View) -> Pair:
        """Master and level from the same side, in the same light."""
        camera, side, original = self._shot(view)
        made = shoot(level, camera, side)
        with_sky = level.has_sky
        return (
            original.picture(self._look, with_sky=with_sky),
            made.picture(level, with_sky=with_sky),
        )

    def _shot(self, view: View) -> tuple[Camera, int, "Shot"]:
        if view not in self._made:
            yaw, elevation = np.deg2rad(view)
            places = self._look.surface.positions
            camera = fit_camera(places, yaw_rad=yaw, elevation_rad=elevation)
            side = _side_for(self._look.scene, camera, self._pixels)
            self._made[view] = camera, side, shoot(self._look, camera, side)
        return self._made[view]


@dataclass(frozen=True)
class Shot:
    """What a camera sees of a surface in the light of the lamps; the sky's may be added.

    mask   : (h, w) where the object is, and of its k pixels in their order
    triangles, weights : (k,), (k, 3) the place that each shows
    light  : (k, 3) or (k, 1) for a grey, what is reflected
    lamps  : (k,) how much of their light falls there
    """

    mask: NDArray[np.bool_]
    triangles: NDArray[np.uint32]
    weights: Floats
    light: Floats
    lamps: Floats

    def picture(self, look: Look, *, with_sky: bool) -> Picture:
        """The picture of the surface that was shot."""
        sky = look.sky(self.triangles, self.weights) if with_sky else np.float32(1)
        # A surface without colours is as bright in all three: one is enough to compute.
        lit = np.clip(self.light * (SKY * sky + self.lamps)[:, None], 0, 1)
        pixels = np.zeros((*self.mask.shape, 3), np.float32)
        pixels[self.mask] = linear_to_srgb(lit)
        return Picture(pixels, self.mask)


def telling_px(samples: int, *, most: int) -> int:
    """Side of the pictures beyond which more pixels would only show what lies between.

    A view shows half of a master's samples at most: each has two pixels at least.
    """
    edge = int(np.ceil(np.sqrt(samples / FILLED)))
    return min(most, max(QUICK_PX, edge))


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


def colour_differences(one: Picture, other: Picture) -> tuple[float, float]:
    """Mean CIEDE2000 where both show the object: of pixels, and of blocks of them."""
    both = one.mask & other.mask
    thin = np.zeros_like(both)
    thin[::COLOUR_STEP, ::COLOUR_STEP] = True
    fine = _difference(one.pixels[both & thin], other.pixels[both & thin])
    whole = _blocks(both[:, :, None].astype(np.float32))[:, :, 0] == 1
    if not whole.any():
        return fine, fine
    return fine, _difference(_blocks(one.pixels)[whole], _blocks(other.pixels)[whole])


def _difference(one: Floats, other: Floats) -> float:
    labs = rgb2lab(one), rgb2lab(other)
    return float(deltaE_ciede2000(*labs).mean())  # type: ignore[no-untyped-call]


def _blocks(values: Floats) -> Floats:
    """Means over BLOCK by BLOCK pixels, the rest left out."""
    rows, columns = (side // BLOCK for side in values.shape[:2])
    cut = values[: rows * BLOCK, : columns * BLOCK]
    return np.asarray(cut.reshape(rows, BLOCK, columns, BLOCK, -1).mean(axis=(1, 3)))


def shoot(look: Look, camera: Camera, side: int) -> Shot:
    """Look at the part of the frame that the object can cover."""
    columns, rows = camera.extent(side)
    step = max(1, BAND // len(columns))
    bands = [
        _band(look, camera, side, columns, rows[start : start + step])
        for start in range(0, len(rows), step)
    ]
    return Shot(*(np.concatenate(parts) for parts in zip(*bands, strict=True)))


def _band(
    look: Look, camera: Camera, side: int, columns: range, rows: range
) -> tuple[NDArray[np.bool_], NDArray[np.uint32], Floats, Floats, Floats]:
    """What a `Shot` holds, of some rows."""
    rays = camera.directions(side, columns, rows)
    eyes = np.broadcast_to(camera.eye.astype(np.float32), rays.shape)
    hits = look.scene.cast(eyes, rays)
    mask = np.zeros(len(rays), bool)
    mask[hits.rays] = True
    light, lamps = _lit(look, camera, hits, rays[hits.rays], side)
    shape = (len(rows), len(columns))
    return mask.reshape(shape), hits.triangles, hits.weights, light, lamps


def _lit(
    look: Look, camera: Camera, hits: Hits, rays: Floats, side: int
) -> tuple[Floats, Floats]:
    """What each hit reflects, (k, 3) or (k, 1), and the lamps' light there, (k,)."""
    facing = np.abs(np.einsum("kd,kd->k", hits.facing, rays))
    pixel_m = (
        hits.distances * (2 * camera.half / side) / np.sqrt(np.maximum(facing, 0.05))
    )
    light, normals = look.seen(hits, pixel_m.astype(np.float32))
    behind = np.einsum("kd,kd->k", normals, rays) > 0.1
    normals = np.where(behind[:, None], -normals, normals)
    lamps = np.zeros(len(light), np.float32)
    for towards, strength in LAMPS:
        direction = np.array(towards) @ camera.axes
        direction = (direction / np.linalg.norm(direction)).astype(np.float32)
        lamps += strength * np.clip(normals @ direction, 0, None)
    return light, lamps


def _side_for(scene: RayScene, camera: Camera, pixels: int) -> int:
    """Side of the picture in which the object covers FILLED of `pixels` squared."""
    rays = camera.directions(SCOUT_PX, range(SCOUT_PX), range(SCOUT_PX))
    eyes = np.broadcast_to(camera.eye.astype(np.float32), rays.shape)
    share = len(scene.cast(np.ascontiguousarray(eyes), rays).rays) / SCOUT_PX**2
    side = pixels * np.sqrt(FILLED / max(share, 1 / 16))
    return int(np.ceil(side))
