"""From a master to its levels of detail, each measured, within budget and validated."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from scans.delivery.deviation import Deviation, Reference
from scans.delivery.errors import OverBudget, PackFailed
from scans.delivery.glb import FinishedFile, read_glb
from scans.delivery.pack import Order, Verdict, pack
from scans.delivery.placing import check_master, ground
from scans.delivery.profiles import Profile, read_profiles
from scans.delivery.quantise import Level, quantise
from scans.delivery.simplify import Surface, simplify, weld
from scans.geometry.mesh import FloatArray, Mesh

# Share of the triangle budget tried, attempt by attempt. From the second on, only shape
# counts and small loose parts may go.
ATTEMPTS = (1.0, 0.8, 0.6, 0.4)

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Provenance:
    """What each file says about where it comes from."""

    master_sha512: str = ""
    copyright_notice: str = ""


@dataclass(frozen=True)
class LevelReport:
    """What is known about one finished file; bounds in metres, upright frame."""

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

    def as_json(self) -> dict[str, Any]:
        """As it stands under `derivatives` in report.json."""
        return asdict(self) | {"deviation": self.deviation.as_json()}


def build_levels(
    master: Mesh,
    upright: FloatArray,
    out: Path,
    progress: Progress,
    *,
    profiles: Sequence[Profile] | None = None,
    provenance: Provenance | None = None,
) -> list[LevelReport]:
    """Write one GLB per profile into `out` and report on each, in the profiles' order.

    upright : (4, 4) rigid, master's frame to Y up; the object is put on y=0, centred

    Raises `DegenerateMaster`, `UprightNotRigid`, `OverBudget`, `InvalidDerivative`,
    `PackFailed`, `ToolMissing`. Nothing is left in `out` after any of them.
    """
    check_master(master)
    surface = weld(master.moved(ground(upright, master.vertices)))
    progress(0.1)
    bench = _Bench(surface, Reference(surface), provenance or Provenance())
    with tempfile.TemporaryDirectory(prefix=".tmp-levels-", dir=out) as folder:
        reports = bench.build_all(profiles or read_profiles(), Path(folder), progress)
        for report in reports:
            shutil.move(Path(folder) / report.file, out / report.file)
    progress(1.0)
    return reports


@dataclass(frozen=True)
class _Bench:
    """One master under work."""

    surface: Surface
    reference: Reference
    provenance: Provenance

    def build_all(
        self, profiles: Sequence[Profile], folder: Path, progress: Progress
    ) -> list[LevelReport]:
        done: dict[str, LevelReport] = {}
        finest = sorted(profiles, key=lambda profile: -profile.triangles)
        for attempt, share in enumerate(ATTEMPTS):
            waiting = [profile for profile in finest if profile.name not in done]
            tried = self._attempt(waiting, share, folder)
            progress(0.1 + 0.9 * (attempt + 1) / len(ATTEMPTS))
            done |= {
                report.profile: report
                for profile, report in zip(waiting, tried, strict=True)
                if _within(report, profile)
            }
            if len(done) == len(profiles):
                return [done[profile.name] for profile in profiles]
        raise _refusal(waiting, tried)

    def _attempt(
        self, profiles: Sequence[Profile], share: float, folder: Path
    ) -> list[LevelReport]:
        chain = self._levels(profiles, share)
        levels, measured = [], []
        # meshoptimizer works without the interpreter's lock: the next level is made
        # while one is measured.
        with ThreadPoolExecutor(1) as ahead:
            for made in [ahead.submit(next, chain) for _ in profiles]:
                level = made.result()
                triangles = level.triangles.astype(np.uint32)
                measured.append(self.reference.measure(level.metres(), triangles))
                levels.append(level)
        orders = [
            Order(level, _extras(level, deviation, self.provenance))
            for level, deviation in zip(levels, measured, strict=True)
        ]
        notice = self.provenance.copyright_notice
        verdicts = pack(orders, folder, copyright_notice=notice)
        return [
            _report(level, deviation, verdict, folder)
            for level, deviation, verdict in zip(
                levels, measured, verdicts, strict=True
            )
        ]

    def _levels(self, profiles: Sequence[Profile], share: float) -> Iterator[Level]:
        """Make a level for each profile, finest first, each from the one before."""
        surface = self.surface
        for profile in profiles:
            target = int(profile.triangles * share)
            surface = simplify(surface, target, harder=share < 1)
            yield quantise(surface, profile)


def _extras(
    level: Level, deviation: Deviation, provenance: Provenance
) -> dict[str, Any]:
    extras: dict[str, Any] = {
        "profile": level.profile.name,
        "deviation": deviation.as_json(),
    }
    if provenance.master_sha512:
        extras["master_sha512"] = provenance.master_sha512
    return extras


def _report(
    level: Level, deviation: Deviation, verdict: Verdict, folder: Path
) -> LevelReport:
    data = (folder / level.profile.file).read_bytes()
    finished = _read_back(data, level)
    return LevelReport(
        file=level.profile.file,
        profile=level.profile.name,
        triangles=len(finished.triangles),
        vertices=len(finished.metres),
        bytes=len(data),
        sha512=hashlib.sha512(data).hexdigest(),
        bounds={
            "min": finished.metres.min(axis=0).tolist(),
            "max": finished.metres.max(axis=0).tolist(),
        },
        deviation=deviation,
        draws=finished.draws,
        gpu_bytes=finished.gpu_bytes,
        validator=verdict,
    )


def _read_back(data: bytes, level: Level) -> FinishedFile:
    """Decode the finished file: the deviation measured must be that of its bytes."""
    try:
        finished = read_glb(data)
    except ValueError as broken:
        raise PackFailed(
            f"{level.profile.file} cannot be read back, {broken}"
        ) from broken
    same = np.array_equal(finished.attributes["POSITION"], level.positions)
    if not same or len(finished.triangles) != len(level.triangles):
        raise PackFailed(f"{level.profile.file} holds another surface than it should")
    return finished


def _within(report: LevelReport, profile: Profile) -> bool:
    return report.triangles <= profile.triangles and report.bytes <= profile.bytes


def _refusal(waiting: Sequence[Profile], tried: Sequence[LevelReport]) -> OverBudget:
    profile, report = next(
        pair
        for pair in zip(waiting, tried, strict=True)
        if not _within(pair[1], pair[0])
    )
    return OverBudget(
        profile.name,
        triangles=report.triangles,
        size_bytes=report.bytes,
        attempts=len(ATTEMPTS),
        triangle_limit=profile.triangles,
        byte_limit=profile.bytes,
    )
