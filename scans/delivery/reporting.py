"""What is known of one finished file, as `derivatives` in report.json has it."""

import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scans.delivery.deviation import Deviation
from scans.delivery.effort import Measured
from scans.delivery.pack import Verdict


@dataclass(frozen=True)
class LevelReport:
    """What is known about one finished file; bounds in metres, upright frame.

    rounding_m        : the farthest that storing moved a vertex
    texture_gpu_bytes : the maps' share of `gpu_bytes`
    maps              : edge, codec, bytes and likeness of each map
    pictures          : of where the level differs from its master
    """

    file: str
    profile: str
    triangles: int
    vertices: int
    bytes: int
    sha512: str
    bounds: dict[str, list[float]]
    deviation: Deviation
    draws: int
    gpu_bytes: int
    validator: Verdict
    rounding_m: float
    attempts: int
    texture_gpu_bytes: int = 0
    maps: dict[str, dict[str, Any]] = field(default_factory=dict)
    likeness: dict[str, float] | None = None
    pictures: tuple[dict[str, Any], ...] = ()

    @property
    def files(self) -> list[str]:
        """The file and its pictures, as they lie below one folder."""
        return [self.file, *(str(picture["file"]) for picture in self.pictures)]

    def as_json(self) -> dict[str, Any]:
        """As it stands under `derivatives` in report.json."""
        rounding = float(f"{self.rounding_m:.4g}")
        told = asdict(self) | {
            "deviation": self.deviation.as_json(),
            "rounding_m": rounding,
        }
        if self.likeness is None:
            del told["likeness"]
        return told


def read_report(entry: dict[str, Any]) -> LevelReport:
    """Take up what `as_json` gave."""
    told: dict[str, Any] = {
        "deviation": Deviation(**entry["deviation"]),
        "validator": Verdict(**entry["validator"]),
    }
    told["pictures"] = tuple(entry["pictures"])
    return LevelReport(**{**entry, **told})


def measured(report: LevelReport) -> Measured:
    """The figures that a profile promises."""
    return Measured(
        triangles=report.triangles,
        bytes=report.bytes,
        texture_bytes=sum(entry["bytes"] for entry in report.maps.values()),
        gpu_bytes=report.gpu_bytes,
        texture_gpu_bytes=report.texture_gpu_bytes,
        draws=report.draws,
        mean_m=report.deviation.mean_m,
    )


def copy_files(report: LevelReport, source: Path, target: Path) -> None:
    """Copy the file and its pictures from one folder to another."""
    for name in report.files:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target / name)
