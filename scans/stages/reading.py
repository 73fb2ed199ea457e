"""First stage: files in, points in metres out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scans.errors import UnitUnknown
from scans.geometry.recentre import recentre
from scans.geometry.scan import Finding, FloatArray, Scan
from scans.inputs import Input
from scans.readers import read_scan
from scans.runner import Bench
from scans.scale_bars import ScaleBar, Scaling, weigh_bars
from scans.scan_store import save_scans

SCALE_OFF = 0.002  # share: calibrated scanners keep well below it


@dataclass
class ReadStage:
    """Read every file; a unit nobody states is taken for metres, and said."""

    inputs: list[Input]
    unit: str
    bars: Sequence[ScaleBar] = ()
    name: str = "read"
    version: int = 10
    figures: list[dict[str, Any]] = field(default_factory=list)

    def depends(self) -> dict[str, Any]:
        bars = [(bar.seen_m(), bar.length_m) for bar in self.bars]
        names = [entry.name for entry in self.inputs]
        return {"unit": self.unit, "names": names, "bars": bars}

    def run(self, bench: Bench) -> dict[str, Any]:
        scans = []
        rows = []
        for number, entry in enumerate(self.inputs):
            for finding in entry.findings:
                bench.warn(finding)
            for scan in self.scans_of(entry):
                unit = self._unit(scan, entry.path, bench)
                for finding in scan.findings:
                    bench.warn(finding)
                rows.append(input_row(entry, scan, unit))
                scans.append(scan.in_metres(unit))
            bench.progress((number + 1) / len(self.inputs))
        stated = any(row["unit_stated"] for row in rows)
        scaling = weigh_bars(self.bars, apply=not stated)
        if scaling is not None and scaling.is_applied:
            scans = [scan.scaled(scaling.factor) for scan in scans]
        elif scaling is not None and abs(scaling.factor - 1.0) > SCALE_OFF:
            bench.warn(_scale_off(scaling))
        scans, offset = recentre(scans)
        if offset.any():
            bench.warn(_taken_off(offset))
        save_scans(bench.folder, scans)
        points = sum(len(scan.points) for scan in scans)
        return {
            "inputs": rows,
            "points": points,
            "offset_m": offset.tolist(),
            "scaling": None if scaling is None else asdict(scaling),
        }

    def scans_of(self, entry: Input) -> list[Scan]:
        """What one file holds, under its names."""
        return [entry.named(scan) for scan in read_scan(entry.path)]

    def _unit(self, scan: Scan, path: Path, bench: Bench) -> str:
        if scan.unit:
            if self.unit not in ("", scan.unit):
                bench.warn(_overruled(scan, self.unit))
            return scan.unit
        if self.unit:
            return self.unit
        unknown = UnitUnknown(path)
        bench.warn(
            Finding(unknown.code, f"{unknown} Metres were taken.", unknown.facts)
        )
        return "m"


def _taken_off(offset: FloatArray) -> Finding:
    facts = dict(zip("xyz", offset.tolist(), strict=True))
    told = ", ".join(f"{value:.0f}" for value in facts.values())
    message = (
        f"The coordinates lie far from their origin. {told} m were taken off all of "
        "them, so that nothing is lost to rounding."
    )
    return Finding("far-from-origin", message, facts)


def _scale_off(scaling: Scaling) -> Finding:
    percent = round(100 * (1 / scaling.factor - 1.0), 2)
    message = (
        f"The scale bars come out {percent} % longer than they are certified, in the "
        "unit that the files state. Check the scanner's calibration."
    )
    return Finding("scale-off", message, {"percent": percent})


def _overruled(scan: Scan, asked: str) -> Finding:
    facts: dict[str, str | int | float] = {
        "file": scan.name,
        "stated": scan.unit,
        "asked": asked,
    }
    message = (
        f"{scan.name} states its unit as {scan.unit}; {asked} was not used for it."
    )
    return Finding("unit-stated", message, facts)


def input_row(entry: Input, scan: Scan, unit: str) -> dict[str, Any]:
    """What the report says of a scan that was read."""
    packed = {"archive_sha512": entry.archive} if entry.archive else {}
    return {
        "name": scan.name,
        "file": entry.name,
        "sha512": entry.sha512,
        **packed,
        "bytes": entry.bytes,
        "format": scan.format,
        "points": len(scan.points),
        "unit": unit,
        "unit_stated": bool(scan.unit),
        "attributes": scan.attributes(),
    }
