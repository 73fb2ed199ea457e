"""From a master to its levels of detail, each measured, within budget and validated."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from scans.delivery.deviation import Deviation, Reference
from scans.delivery.effort import Effort, find_breach, harder, refusal
from scans.delivery.errors import PackFailed
from scans.delivery.glb import FinishedFile, read_glb
from scans.delivery.pack import Order, Verdict, pack
from scans.delivery.placing import check_master, ground
from scans.delivery.profiles import Profile, choose_profiles, read_profiles
from scans.delivery.promises import check_outward, check_true
from scans.delivery.provenance import Provenance
from scans.delivery.quantise import Level, quantise
from scans.delivery.reporting import LevelReport, measured
from scans.delivery.shelf import Shelf
from scans.delivery.simplify import Surface, simplify, weld
from scans.delivery.textures import Texture
from scans.geometry.mesh import FloatArray, Mesh

Progress = Callable[[float], None]
PREPARED, MEASURED = 0.1, 0.9  # of the progress


def build_levels(
    master: Mesh,
    upright: FloatArray,
    out: Path,
    progress: Progress,
    *,
    profiles: Sequence[Profile] | None = None,
    provenance: Provenance | None = None,
    shelf: Path | None = None,
) -> list[LevelReport]:
    """Write one GLB per profile into `out` and report on each, in the profiles' order.

    upright : (4, 4) rigid, master's frame to Y up; the object is put on y=0, centred
    shelf   : where finished files are kept for another time, or None

    Raises `DegenerateMaster`, `UprightNotRigid`, `InsideOut`, `OverBudget`,
    `OverErrorLimit`, `OverGpuBudget`, `UntrueFile`, `InvalidDerivative`, `PackFailed`,
    `ToolMissing`. Nothing is left in `out` after any of them.
    """
    check_master(master)
    check_outward(master)
    said = provenance or Provenance()
    wanted = profiles or choose_profiles(read_profiles())
    placed = ground(upright, master.vertices)
    kept = Shelf.of(shelf, said, placed)
    done = kept.find(wanted)
    missing = [profile for profile in wanted if profile.name not in done]
    with tempfile.TemporaryDirectory(prefix=".tmp-levels-", dir=out) as name:
        folder = Path(name)
        if missing:
            bench = _Bench(weld(master.moved(placed)), said, folder)
            made = bench.build(missing, progress)
            for profile in missing:
                kept.keep(profile, folder / profile.file, made[profile.name])
            done |= made
        for profile in wanted:
            source = (
                kept.file(profile) if profile not in missing else folder / profile.file
            )
            shutil.copyfile(source, out / profile.file)
    progress(1.0)
    return [done[profile.name] for profile in wanted]


@dataclass(frozen=True)
class _Try:
    """A level, made and measured."""

    profile: Profile
    surface: Surface
    level: Level
    deviation: Deviation
    textures: tuple[Texture, ...] = ()


@dataclass
class _Bench:
    """One master under work."""

    surface: Surface
    provenance: Provenance
    folder: Path
    efforts: dict[str, Effort] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reference = Reference(self.surface)

    def build(
        self, profiles: Sequence[Profile], progress: Progress
    ) -> dict[str, LevelReport]:
        """Try each profile until it keeps its promises, or raise."""
        progress(PREPARED)
        done: dict[str, LevelReport] = {}
        self.efforts = {profile.name: Effort() for profile in profiles}
        waiting = list(profiles)
        while waiting:
            reports = self._attempt(waiting)
            again = []
            for profile, report in zip(waiting, reports, strict=True):
                if self._keeps(profile, report):
                    done[profile.name] = report
                else:
                    again.append(profile)
            waiting = again
            progress(PREPARED + (MEASURED - PREPARED) * len(done) / len(profiles))
        return done

    def _keeps(self, profile: Profile, report: LevelReport) -> bool:
        """Whether a file keeps its promises; otherwise set how to try it again."""
        limit_m = self._error_limit_m(profile)
        found = measured(report)
        breach = find_breach(found, profile, limit_m)
        if not breach:
            return True
        effort = self.efforts[profile.name]
        following = harder(effort, breach, found, profile)
        if following is None:
            raise refusal(
                breach, found, profile, limit_m=limit_m, attempts=effort.attempt
            )
        self.efforts[profile.name] = following
        return False

    def _error_limit_m(self, profile: Profile) -> float:
        """What a level may depart; below the master's own accuracy nothing is asked."""
        asked = profile.error_share * self.reference.diagonal_m
        return max(asked, self.provenance.accuracy_m) if asked else 0.0

    def _attempt(self, profiles: Sequence[Profile]) -> list[LevelReport]:
        tries = []
        # meshoptimizer works without the interpreter's lock: the next level is made
        # while one is measured.
        with ThreadPoolExecutor(1) as ahead:
            for profile, made in [(p, ahead.submit(self._level, p)) for p in profiles]:
                surface, level = made.result()
                triangles = level.triangles.astype(np.uint32)
                deviation = self.reference.measure(level.metres(), triangles)
                tries.append(_Try(profile, surface, level, deviation))
        orders = [self._order(one) for one in tries]
        notice = self.provenance.notice()
        verdicts = pack(orders, self.folder, copyright_notice=notice)
        return [
            self._report(one, verdict)
            for one, verdict in zip(tries, verdicts, strict=True)
        ]

    def _level(self, profile: Profile) -> tuple[Surface, Level]:
        """Each from the master itself: it does not depend on which others are made."""
        effort = self.efforts[profile.name]
        target = int(profile.triangles * effort.share) or len(self.surface.triangles)
        surface = simplify(self.surface, target, harder=effort.shape_only)
        accuracy = self.provenance.accuracy_m
        return surface, quantise(surface, profile, accuracy_m=accuracy)

    def _order(self, one: _Try) -> Order:
        extras: dict[str, Any] = {
            "profile": one.profile.name,
            "deviation": one.deviation.as_json(),
        }
        if self.provenance.master_sha512:
            extras["master_sha512"] = self.provenance.master_sha512
        return Order(one.level, extras, one.textures, self.provenance.xmp())

    def _report(self, one: _Try, verdict: Verdict) -> LevelReport:
        data = (self.folder / one.profile.file).read_bytes()
        finished = _read_back(data, one.profile.file)
        rounding = check_true(finished, one.level, one.surface, one.textures)
        maps_gpu = sum(texture.gpu_bytes for texture in one.textures)
        return LevelReport(
            file=one.profile.file,
            profile=one.profile.name,
            triangles=len(finished.triangles),
            vertices=len(finished.metres),
            bytes=len(data),
            sha512=hashlib.sha512(data).hexdigest(),
            bounds={
                "min": finished.metres.min(axis=0).tolist(),
                "max": finished.metres.max(axis=0).tolist(),
            },
            deviation=one.deviation,
            draws=finished.draws,
            gpu_bytes=finished.buffer_bytes + maps_gpu,
            validator=verdict,
            rounding_m=rounding,
            attempts=self.efforts[one.profile.name].attempt,
            texture_gpu_bytes=maps_gpu,
            maps={texture.wish.slot: texture.as_json() for texture in one.textures},
        )


def _read_back(data: bytes, file: str) -> FinishedFile:
    """Decode the finished file: what is promised must be true of its bytes."""
    try:
        return read_glb(data)
    except ValueError as broken:
        raise PackFailed(f"{file} cannot be read back, {broken}") from broken
