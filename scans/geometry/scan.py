"""One scan as plain arrays: points as the scanner's file gives them."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scans.geometry.painting import Painting
from scans.geometry.rigid import from_parts

FloatArray = NDArray[np.float64]

METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001, "in": 0.0254}


@dataclass(frozen=True)
class Finding:
    """Something a person should know that does not stop the work."""

    code: str
    message: str
    facts: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Scan:
    """Points of one file, or of one station of a file.

    points      : (n, 3) float64, in `unit`, in the scan's own frame
    normals     : (n, 3) float64, unit length, or None
    colours     : (n, 3) uint8, sRGB, or None
    intensities : (n,) float32, as the scanner gives them, or None
    triangles   : (m, 3) int32 indices into points, or None
    painting    : pictures wrapped round the triangles, or None
    viewpoint   : (3,) float64, where the scanner stood, or None if the file is silent
    pose        : (4, 4) float64, rigid, own frame to the set's, or None if the file is
                  silent; its shift is in `unit`
    unit        : m, cm, mm, in, or "" where the file does not say
    """

    name: str
    format: str
    points: FloatArray
    normals: FloatArray | None = None
    colours: NDArray[np.uint8] | None = None
    intensities: NDArray[np.float32] | None = None
    triangles: NDArray[np.int32] | None = None
    viewpoint: FloatArray | None = None
    pose: FloatArray | None = None
    unit: str = ""
    painting: Painting | None = None
    findings: tuple[Finding, ...] = ()

    def in_metres(self, unit: str) -> "Scan":
        """Convert from `unit` to metres."""
        return replace(self.scaled(METRES[unit]), unit="m")

    def scaled(self, scale: float) -> "Scan":
        """Multiply all lengths."""
        viewpoint = None if self.viewpoint is None else self.viewpoint * scale
        pose = self.pose
        if pose is not None:
            pose = from_parts(pose[:3, :3], pose[:3, 3] * scale)
        return replace(self, points=self.points * scale, viewpoint=viewpoint, pose=pose)

    def only(self, kept: NDArray[np.bool_]) -> "Scan":
        """Keep some points, (n,) bool, and the triangles all of whose corners stay."""
        triangles, painting = self.triangles, self.painting
        if triangles is not None:
            renumber = np.cumsum(kept) - 1
            whole = np.asarray(kept[triangles].all(axis=1))
            painting = None if painting is None else painting.only(whole)
            triangles = renumber[triangles[whole]].astype(np.int32)
        return replace(
            self,
            points=self.points[kept],
            normals=None if self.normals is None else self.normals[kept],
            colours=None if self.colours is None else self.colours[kept],
            intensities=None if self.intensities is None else self.intensities[kept],
            triangles=triangles,
            painting=painting,
        )

    def attributes(self) -> list[str]:
        """Name what each point carries besides its place."""
        held = {
            "normals": self.normals is not None,
            "colours": self.colours is not None,
            "intensities": self.intensities is not None,
            "triangles": self.triangles is not None,
            "pictures": self.painting is not None,
            "viewpoint": self.viewpoint is not None,
            "pose": self.pose is not None,
        }
        return [name for name, there in held.items() if there]

    def with_finding(
        self, code: str, message: str, **facts: str | int | float
    ) -> "Scan":
        """Add one finding."""
        return replace(
            self, findings=(*self.findings, Finding(code, message, dict(facts)))
        )
