"""Pictures of how finished levels differ from their master: in shape, and to the eye."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.delivery.rays import RayScene
from scans.delivery.simplify import Surface
from scans.geometry.mesh import Mesh
from scans.imaging.beside import MOST_DE00, Picture, draw_beside
from scans.imaging.heatmap import FourSides, nice_limit

FOLDER = "quality"  # of the output, as the quality sheet's own pictures
MM = 1000.0


@dataclass(frozen=True)
class Album:
    """Draws a master's levels into a folder.

    surface : the master's, upright; scene : of it
    """

    surface: Surface
    scene: RayScene
    folder: Path

    def draw_deviation(
        self, profile: str, signed_m: NDArray[np.float32]
    ) -> dict[str, Any]:
        """Draw where a level lies off each of the master's vertices; say what was drawn."""
        signed_mm = signed_m.astype(np.float64) * MM
        limit = nice_limit(signed_mm)
        name = self._name(profile, "deviation")
        self._sides.draw(signed_mm, limit, self.folder / name)
        return {"file": name, "kind": "deviation", "limit_mm": limit}

    def draw_likeness(
        self, profile: str, pair: tuple[Picture, Picture], view: tuple[int, int]
    ) -> dict[str, Any]:
        """Draw a level beside its master from a view; say what was drawn."""
        name = self._name(profile, "likeness")
        draw_beside(*pair, self.folder / name)
        yaw, elevation = view
        told = {"yaw_deg": yaw, "elevation_deg": elevation, "limit_de00": MOST_DE00}
        return {"file": name, "kind": "likeness", **told}

    def _name(self, profile: str, kind: str) -> str:
        (self.folder / FOLDER).mkdir(exist_ok=True)
        return f"{FOLDER}/{profile}-{kind}.png"

    @cached_property
    def _sides(self) -> FourSides:
        triangles = self.surface.triangles.astype(np.int32)
        places = self.surface.positions.astype(np.float64)
        standing = Mesh(places, triangles, self.surface.normals.astype(np.float64))
        # A ray a pixel shows where it differs; making the files is what takes time.
        return FourSides(standing, np.eye(4), self.scene, rays=1)
