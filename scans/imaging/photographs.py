"""Large pictures of a model from its four sides, as a photographer would take them.

What makes them worth deep zoom is their size; they are rendered, and say so by name.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from scans.geometry.mesh import FloatArray, Mesh
from scans.imaging.views import Studio

SIDES = {"front": 0.0, "left": np.pi / 2, "back": np.pi, "right": 3 * np.pi / 2}


def take_photographs(
    master: Mesh, upright: FloatArray, out: Path, *, side_px: int
) -> list[Path]:
    """Write front.png, left.png, back.png and right.png.

    upright : (4, 4) rigid, master's frame to Y up

    Raises `DegenerateMaster`, `UprightNotRigid`.
    """
    studio = Studio(master, upright)
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, yaw in SIDES.items():
        path = out / f"{name}.png"
        Image.fromarray(studio.picture(yaw, side_px).rgb).save(path)
        paths.append(path)
    return paths
