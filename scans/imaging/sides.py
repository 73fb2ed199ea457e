"""Pictures for a catalogue: six sides, three-quarter, and a strip that turns once round.

Through the relic's upright pose, as PNG and as WebP, in its own colours or as clay; with a
value at each vertex also as a heat map.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image

from scans.geometry.mesh import FloatArray, Mesh
from scans.imaging.diverging import diverging
from scans.imaging.views import AT_A_TIME, FOLDER, Paint, Progress, Studio

SIDE_PX = 1024
FRAMES, FRAME_PX = 24, 320  # of the strip; a WebP is at most 16383 pixels wide
WEBP_QUALITY = 86
FORMATS = ("png", "webp")
STRIP = "turntable"


@dataclass(frozen=True)
class View:
    """Where the camera stands; elevation None for what suits the object's shape."""

    yaw_rad: float
    elevation_rad: float | None = 0.0


# Seen from above, the front lies at the lower edge; seen from below, at the upper.
VIEWS = {
    "front": View(0.0),
    "back": View(np.pi),
    "left": View(np.pi / 2),
    "right": View(3 * np.pi / 2),
    "top": View(0.0, np.pi / 2),
    "bottom": View(0.0, -np.pi / 2),
    "three-quarter": View(np.deg2rad(35), None),
}
NAMES = (*VIEWS, STRIP)


@dataclass(frozen=True)
class Style:
    """What is painted on the surface, and what is added to a picture's name."""

    suffix: str
    paint: Paint | None


def as_clay(master: Mesh) -> Mesh:
    """Take the colours off: what is left is shape."""
    return replace(master, colours=None)


def as_heat(by_vertex: FloatArray, limit: float) -> Paint:
    """Paint a signed value at each vertex, grey where it is nan."""

    def paint(master: Mesh) -> Mesh:
        shades = np.rint(diverging(by_vertex / limit) * 255).astype(np.uint8)
        return replace(master, colours=shades)

    return paint


COLOUR, CLAY = Style("", None), Style("-clay", as_clay)


def render_sides(
    master: Mesh,
    upright: FloatArray,
    out: Path,
    progress: Progress,
    *,
    styles: tuple[Style, ...] = (COLOUR, CLAY),
) -> list[Path]:
    """Write pictures/NAME.png and NAME.webp of every view, and the strips.

    upright : (4, 4) rigid, master's frame to Y up

    Raises `DegenerateMaster`, `UprightNotRigid`.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    # Without colours of its own an object is clay anyway.
    wanted = [
        style for style in styles if style is not CLAY or master.colours is not None
    ]
    paths: list[Path] = []
    for number, style in enumerate(wanted or styles[:1]):
        paths += _in_style(Studio(master, upright, style.paint), style, folder)
        progress((number + 1) / max(len(wanted), 1))
    return paths


def _in_style(studio: Studio, style: Style, folder: Path) -> Iterator[Path]:
    shots: list[Callable[[], tuple[str, Image.Image]]] = [
        *(lambda name=name: (name, _side(studio, name)) for name in VIEWS),
        lambda: (STRIP, _strip(studio)),
    ]
    # Each picture is made by itself, so its bytes do not depend on how many at a time.
    with ThreadPoolExecutor(AT_A_TIME) as threads:
        for name, picture in threads.map(lambda shot: shot(), shots):
            for kind in FORMATS:
                path = folder / f"{name}{style.suffix}.{kind}"
                how = {"quality": WEBP_QUALITY} if kind == "webp" else {}
                picture.save(path, **how)
                yield path


def _side(studio: Studio, name: str) -> Image.Image:
    view = VIEWS[name]
    return Image.fromarray(
        studio.picture(view.yaw_rad, SIDE_PX, view.elevation_rad).rgb
    )


def _strip(studio: Studio) -> Image.Image:
    """Frames side by side, once round towards the object's own left."""
    strip = Image.new("RGB", (FRAMES * FRAME_PX, FRAME_PX))
    for number, camera in enumerate(studio.turning(FRAMES)):
        frame = studio.shot(camera, FRAME_PX).rgb
        strip.paste(Image.fromarray(frame), (number * FRAME_PX, 0))
    return strip
