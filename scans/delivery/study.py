"""The model in full resolution, for measuring and research: PLY, upright, metres."""

from pathlib import Path
from typing import Any

from scans.delivery.provenance import Provenance
from scans.digests import file_digest
from scans.geometry.mesh import Mesh
from scans.geometry.mesh_file import write_master

PLY = "study.ply"


def write_study(upright: Mesh, out: Path, provenance: Provenance) -> dict[str, Any]:
    """Write every vertex and triangle of a mesh that stands upright, and whose it is."""
    path = out / PLY
    write_master(path, upright, comments=comments_of(provenance))
    entry = {
        "file": PLY,
        "bytes": path.stat().st_size,
        "sha512": file_digest(path),
        "triangles": len(upright.triangles),
    }
    return {"files": [entry]}


def comments_of(provenance: Provenance) -> list[str]:
    """Say in a header's comments what stands up, and what the file is of."""
    told = {
        "up": "Y",
        "relic": provenance.relic,
        "rights": provenance.rights or provenance.notice(),
        "master": f"sha512:{provenance.master_sha512}" * bool(provenance.master_sha512),
    }
    return [f"{name} {value}" for name, value in told.items() if value]
