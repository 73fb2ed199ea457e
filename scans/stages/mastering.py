"""First stage of a delivery: a master that is taken as it is, and what is held against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.digests import file_digest
from scans.errors import NoSurface, PictureMissing, WrongUnit
from scans.geometry.scan import Finding, Scan
from scans.inputs import Input
from scans.painting_store import painting_beside, painting_files
from scans.quality.findings import lengths_told, size_disagrees, unit_proposed
from scans.quality.scale import find_factor, match_register
from scans.quality.size import measure_size
from scans.readers.mtl import LIBRARY, NOT_THERE
from scans.reconstruction.orient import propose_upright
from scans.runner import Bench, write_json
from scans.stages.delivering import stored_mesh
from scans.stages.reading import ReadStage
from scans.stages.surfacing import UPRIGHT


@dataclass
class MeshStage(ReadStage):
    """Read a mesh that is the master itself: with every picture that it names."""

    # Not the reader's: what that has left on the disk was not asked for its pictures.
    version: int = ReadStage.version + 1

    def scans_of(self, entry: Input) -> list[Scan]:
        """What the file holds. Raises `PictureMissing`."""
        scans = super().scans_of(entry)
        for scan in scans:
            refuse_absent(scan.findings)
        return scans


@dataclass
class MasterStage(MeshStage):
    """Read a master and what it is painted with, and propose how it stands.

    given : the confirmed upright transform, or None
    registered_cm : up to three lengths of the register, in any order
    """

    given: NDArray[np.float64] | None = None
    registered_cm: Sequence[float] = ()

    def depends(self) -> dict[str, Any]:
        painted = [file for one in self.inputs for file in painting_files(one.path)]
        given = None if self.given is None else self.given.tolist()
        held = {"upright": given, "registered": [*self.registered_cm]}
        told = super().depends() | {"painted": [file_digest(file) for file in painted]}
        return told | (held if self.registered_cm else {})

    def scans_of(self, entry: Input) -> list[Scan]:
        return [_painted(entry, scan) for scan in super().scans_of(entry)]

    def run(self, bench: Bench) -> dict[str, Any]:
        figures = super().run(bench)
        mesh = stored_mesh(bench.folder)
        if not len(mesh.triangles):
            raise NoSurface(points=figures["points"], reason="it holds no triangles")
        proposed = propose_upright(mesh)
        write_json(bench.folder / UPRIGHT, {"matrix": proposed.tolist()})
        if self.registered_cm:
            size = measure_size(mesh, proposed if self.given is None else self.given)
            unit = figures["inputs"][0]["unit"]
            self._hold_to_register(size["oriented_mm"], unit=unit, bench=bench)
        return figures | {"triangles": len(mesh.triangles)}

    def _hold_to_register(
        self, sides_mm: Sequence[float], *, unit: str, bench: Bench
    ) -> None:
        """Refuse a size that another unit would explain; tell one that none does.

        One length alone is too weak a witness to refuse by: at some ratio of two units
        one of three sides is soon near it.
        """
        told = lengths_told(self.registered_cm, sides_mm)
        sides_m = [side / 1000 for side in sides_mm]
        factor = find_factor(sides_m, self.registered_cm)
        if factor == 1:
            return
        if factor is not None and len(self.registered_cm) > 1:
            raise WrongUnit(**told, factor=factor)
        match = match_register(sides_m, self.registered_cm, taken=unit)
        bench.warn(unit_proposed(told, match.unit) if match else size_disagrees(told))


def refuse_absent(findings: Iterable[Finding]) -> None:
    """Refuse a mesh without a picture that it names: it would be shown colourless."""
    for finding in findings:
        other = str(finding.facts.get("other", ""))
        if finding.code in NOT_THERE and not other.lower().endswith(LIBRARY):
            raise PictureMissing(str(finding.facts["file"]), other)


def _painted(entry: Input, scan: Scan) -> Scan:
    """Give a master back the pictures that lie beside it; a mesh of others has its own."""
    if scan.painting is not None or scan.triangles is None:
        return scan
    painting = painting_beside(entry.path, triangles=len(scan.triangles))
    return replace(scan, painting=painting)
