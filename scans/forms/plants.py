"""Defects planted in a generated set, each told in `truth/truth.json`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.forms.scanner import Shot
from scans.geometry.mesh import Mesh, vertex_normals

FloatArray = NDArray[np.float64]

PLANTS = (
    "dent",
    "doubled-scan",
    "hole",
    "missing-scan",
    "moved-turntable",
    "noise",
    "two-objects",
    "wrong-unit",
)

DENT_M = 0.0005  # the quality sheet must find a dent of half a millimetre
DENT_RADIUS = 0.05  # of the diagonal
HOLE_RADIUS = 0.06  # of the diagonal
NOISIER = 5.0
SIDE_RAD = np.radians(50.0)  # cameras this near to the missing one go with it
STRANGERS = 1 / 3  # of the scans, where two objects are mixed
WRONG_UNIT = 1000.0  # millimetres that are said to be metres


@dataclass(frozen=True)
class Spot:
    """A place on the object, metres, in its own frame, and how far it reaches."""

    place: FloatArray
    normal: FloatArray
    radius: float

    def share(self, points: FloatArray) -> FloatArray:
        """Give 1 at the spot's middle, 0 from its border outwards, smooth, (n,)."""
        off = np.linalg.norm(points - self.place, axis=1) / self.radius
        return np.asarray(np.clip(1 - off**2, 0, 1) ** 2)

    def told(self) -> dict[str, Any]:
        return {"place": self.place.tolist(), "radius_m": self.radius}


@dataclass
class Planted:
    """What was planted, and what is known of it."""

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any] | None:
        return {"kind": self.kind} | self.facts if self.kind else None


def choose_spot(form: Mesh, share: float, random: np.random.Generator) -> Spot:
    """Choose a place on the outermost part of the object, half-way up."""
    low, high = form.vertices.min(axis=0), form.vertices.max(axis=0)
    middle = (low + high) / 2
    normals = vertex_normals(form.vertices, form.triangles)
    level = np.abs(form.vertices[:, 1] - middle[1]) < 0.1 * (high - low)[1]
    from_axis = np.linalg.norm((form.vertices - middle)[:, [0, 2]], axis=1)
    outward = ((form.vertices - middle) * normals)[:, [0, 2]].sum(axis=1)
    outer = level & (outward > 0.6 * from_axis)
    outer &= from_axis > 0.7 * from_axis[level].max()
    index = int(random.choice(np.flatnonzero(outer)))
    return Spot(form.vertices[index], normals[index], share * form.diagonal())


def dented(form: Mesh, spot: Spot) -> Mesh:
    """Press a spot in by half a millimetre, along its normal."""
    facing = vertex_normals(form.vertices, form.triangles) @ spot.normal > 0
    depth = DENT_M * spot.share(form.vertices) * facing
    vertices = form.vertices - depth[:, None] * spot.normal
    normals = vertex_normals(vertices, form.triangles)
    return Mesh(vertices, form.triangles, normals, form.colours)


def missing_side(
    shots: list[tuple[int, Shot]], form: Mesh, random: np.random.Generator
) -> list[int]:
    """Choose scans to leave out: one from the side, and all that look from near it."""
    middle = (form.vertices.min(axis=0) + form.vertices.max(axis=0)) / 2
    lines = np.array([shot.pose[:3, 3] - middle for _, shot in shots])
    lines /= np.linalg.norm(lines, axis=1, keepdims=True)
    level = np.flatnonzero(np.abs(lines[:, 1]) < 0.6)
    chosen = int(random.choice(level))
    gone = np.arccos(np.clip(lines @ lines[chosen], -1, 1)) < SIDE_RAD
    return [int(index) for index in np.flatnonzero(gone)]


Scale = Callable[[FloatArray], FloatArray]


def in_wrong_unit(points: FloatArray) -> FloatArray:
    """Write millimetres where metres are stated."""
    return points * WRONG_UNIT
