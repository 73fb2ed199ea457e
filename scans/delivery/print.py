"""Files for 3D printing: watertight STL and 3MF in millimetres, and what to beware of."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np

from scans.delivery.closing import Closed, close, volume_m3
from scans.delivery.placing import check_master, ground
from scans.delivery.provenance import Provenance
from scans.delivery.simplify import simplify, weld
from scans.delivery.walls import ThinPlace, find_thin
from scans.digests import file_digest
from scans.geometry.mesh import FloatArray, Mesh
from scans.quality.pieces import piece_of

STL, MF3 = "print.stl", "print.3mf"
MM = 1000.0
WALL_MM = 1.0  # what most powder and resin services ask for at least
MOST_TRIANGLES = 1_000_000  # finer than any printer, and what slicers still open
MOST_TOLD = 50  # thin places and holes listed one by one
# The record of a binary STL: normal, three corners, two bytes that nobody reads.
FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("spare", "<u2")])
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same bytes for the same mesh
BAND = 100_000  # rows of XML written at a time
CONTENT_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/>'
    "</Types>"
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Target="/3D/3dmodel.model" Id="rel0" '
    'Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>'
)


@dataclass(frozen=True)
class PrintReport:
    """What a printing service must know of the copy; places in mm, upright frame."""

    wall_mm: float
    body: Closed
    thin: list[ThinPlace]
    files: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """As it stands under `print` in report.json."""
        mesh = self.body.mesh
        pieces = piece_of(mesh.triangles, len(mesh.vertices))[mesh.triangles[:, 0]]
        return {
            "watertight": mesh.is_closed(),
            "triangles": len(mesh.triangles),
            "dropped_triangles": self.body.dropped,
            "pieces": len(np.unique(pieces)),
            "size_mm": np.round(np.ptp(mesh.vertices, axis=0) * MM, 3).tolist(),
            "volume_mm3": float(f"{volume_m3(mesh) * MM**3:.6g}"),
            "wall_mm": self.wall_mm,
            "thinnest_mm": self.thin[0].as_json()["thickness_mm"]
            if self.thin
            else None,
            "thin_count": len(self.thin),
            "thin_places": [place.as_json() for place in self.thin[:MOST_TOLD]],
            "hole_count": len(self.body.holes),
            "holes": [
                {
                    "centre_mm": np.round(hole.centre * MM, 2).tolist(),
                    "width_mm": float(f"{hole.width_m() * MM:.3g}"),
                    "area_mm2": float(f"{hole.area_m2 * MM**2:.3g}"),
                }
                for hole in self.body.holes[:MOST_TOLD]
            ],
            "files": self.files,
        }


def make_print(
    master: Mesh,
    upright: FloatArray,
    out: Path,
    *,
    provenance: Provenance,
    wall_mm: float = WALL_MM,
) -> PrintReport:
    """Write print.stl and print.3mf of a closed copy into `out`.

    Raises `DegenerateMaster`, `UprightNotRigid`, `NotPrintable`.
    """
    check_master(master)
    body = close(_copied(master, upright))
    thin = find_thin(body.mesh, wall_m=wall_mm / MM)
    write_stl(out / STL, body.mesh, provenance)
    write_3mf(out / MF3, body.mesh, provenance)
    files = [
        {
            "file": name,
            "bytes": (out / name).stat().st_size,
            "sha512": file_digest(out / name),
            "triangles": len(body.mesh.triangles),
        }
        for name in (STL, MF3)
    ]
    return PrintReport(wall_mm, body, thin, files)


def _copied(master: Mesh, upright: FloatArray) -> Mesh:
    """The master upright, welded, and no finer than a printer's programs can take."""
    surface = weld(master.moved(ground(upright, master.vertices)))
    surface = simplify(surface, MOST_TRIANGLES, harder=False)
    triangles = surface.triangles.astype(np.int32)
    return Mesh(surface.positions.astype(np.float64), triangles)


def write_stl(path: Path, mesh: Mesh, provenance: Provenance) -> None:
    """Write a binary STL in millimetres."""
    corners = (mesh.vertices[mesh.triangles] * MM).astype("<f4")
    table = np.zeros(len(corners), FACET)
    table["corners"] = corners
    table["normal"] = _normals(corners)
    about = " ".join(filter(None, ["mm", provenance.relic, provenance.rights]))
    with path.open("wb") as file:
        # Readers take a file that begins with "solid" for text.
        file.write(about.encode("ascii", "replace")[:80].ljust(80))
        file.write(np.uint32(len(table)).tobytes())
        file.write(table.tobytes())


def write_3mf(path: Path, mesh: Mesh, provenance: Provenance) -> None:
    """Write a 3MF (Core Specification 1.3) in millimetres, with its rights.

    Z is up on a printer's bed, so the copy is laid from Y up to Z up.
    """
    with zipfile.ZipFile(path, "w") as package:
        _add(package, "[Content_Types].xml", CONTENT_TYPES)
        _add(package, "_rels/.rels", RELATIONS)
        with (
            package.open(_entry("3D/3dmodel.model"), "w", force_zip64=True) as raw,
            io.TextIOWrapper(raw, "utf-8", newline="\n") as text,
        ):
            _write_model(text, mesh, provenance)


def _write_model(text: io.TextIOWrapper, mesh: Mesh, provenance: Provenance) -> None:
    text.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<model unit="millimeter" xml:lang="en" '
        'xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">\n'
    )
    for name, value in _metadata(provenance):
        text.write(f'<metadata name="{name}">{escape(value)}</metadata>\n')
    text.write('<resources><object id="1" type="model"><mesh><vertices>\n')
    _write_rows(text, '<vertex x="%.4f" y="%.4f" z="%.4f"/>\n', _bed_up(mesh.vertices))
    text.write("</vertices><triangles>\n")
    _write_rows(text, '<triangle v1="%d" v2="%d" v3="%d"/>\n', mesh.triangles)
    text.write(
        '</triangles></mesh></object></resources><build><item objectid="1"/></build></model>'
    )


def _bed_up(metres: FloatArray) -> FloatArray:
    x, y, z = metres.T * MM
    return np.stack([x, -z, y], axis=1)


def _write_rows(text: io.TextIOWrapper, row: str, table: np.ndarray) -> None:
    for start in range(0, len(table), BAND):
        part = table[start : start + BAND]
        text.write(row * len(part) % tuple(part.ravel().tolist()))


def _metadata(provenance: Provenance) -> list[tuple[str, str]]:
    told = [
        ("Title", provenance.relic),
        ("Copyright", provenance.notice()),
        ("LicenseTerms", provenance.rights),
    ]
    if provenance.master_sha512:
        told.append(("Description", f"master sha512:{provenance.master_sha512}"))
    return [(name, value) for name, value in told if value]


def _add(package: zipfile.ZipFile, name: str, text: str) -> None:
    package.writestr(_entry(name), text)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _normals(corners: np.ndarray) -> np.ndarray:
    a, b, c = (corners[:, k] for k in range(3))
    crossed = np.cross(b - a, c - a)
    lengths = np.linalg.norm(crossed, axis=1, keepdims=True)
    return np.asarray(crossed / np.where(lengths > 0, lengths, 1))
