"""From a master to its levels of detail, each measured, within budget and validated."""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.delivery.album import Album
from scans.delivery.bake import Master
from scans.delivery.deviation import Deviation, Reference
from scans.delivery.dressing import count_samples
from scans.delivery.effort import Effort, find_breach, harder, refusal
from scans.delivery.errors import PackFailed, UntrueFile
from scans.delivery.frames import whole_tangents
from scans.delivery.glb import FinishedFile, read_glb
from scans.delivery.likeness import NOMINAL_PX, QUICK_PX, Original, telling_px
from scans.delivery.looks import MasterLook
from scans.delivery.pack import Order, Verdict, pack
from scans.delivery.paintings import Painting
from scans.delivery.placing import check_master, ground
from scans.delivery.profiles import Profile, choose_profiles, read_profiles
from scans.delivery.promises import check_colour, check_outward, check_true
from scans.delivery.provenance import Provenance
from scans.delivery.quantise import Level, quantise
from scans.delivery.reporting import LevelReport, copy_files, measured
from scans.delivery.settling import settle
from scans.delivery.shelf import Shelf
from scans.delivery.shown import look_of
from scans.delivery.simplify import Surface, simplify, weld_and_tell
from scans.delivery.textures import Texture
from scans.delivery.wardrobe import Wardrobe, open_wardrobe
from scans.geometry.mesh import FloatArray, Mesh

Progress = Callable[[float], None]
WELDED, PREPARED, MEASURED = 0.05, 0.5, 0.95  # of the progress


def build_levels(
    master: Mesh,
    upright: FloatArray,
    out: Path,
    progress: Progress,
    *,
    profiles: Sequence[Profile] | None = None,
    provenance: Provenance | None = None,
    painting: Painting | None = None,
    shelf: Path | None = None,
    looked_at_px: int = NOMINAL_PX,
) -> list[LevelReport]:
    """Write one GLB per profile into `out` and report on each, in the profiles' order.

    upright : (4, 4) rigid, master's frame to Y up; the object is put on y=0, centred
    painting : pictures that came with the master, for its triangles in their order
    shelf   : where finished files are kept for another time, or None
    looked_at_px : side of the pictures by which levels with maps are compared with the
              master; those without are in smaller ones

    Raises `DegenerateMaster`, `UprightNotRigid`, `InsideOut`, `OverBudget`,
    `OverErrorLimit`, `OverGpuBudget`, `UntrueFile`, `InvalidDerivative`, `PackFailed`,
    `ToolMissing`. Nothing is left in `out` after any of them.
    """
    check_master(master)
    check_outward(master)
    said = provenance or Provenance()
    wanted = profiles or choose_profiles(read_profiles())
    placed = ground(upright, master.vertices)
    kept = Shelf.of(shelf, said, placed, painting)
    done = kept.find(wanted)
    missing = [profile for profile in wanted if profile.name not in done]
    with tempfile.TemporaryDirectory(prefix=".tmp-levels-", dir=out) as name:
        folder = Path(name)
        if missing:
            bench = _bench(master.moved(placed), painting, said, folder)
            bench.looked_at_px = looked_at_px
            made = bench.build(missing, progress, kept.dressing)
            for profile in missing:
                kept.keep(profile, folder, made[profile.name])
                copy_files(made[profile.name], folder, out)
            done |= made
    for profile in wanted:
        if profile not in missing:
            kept.hand_out(profile, done[profile.name], out)
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
    painting: Painting | None
    provenance: Provenance
    folder: Path
    efforts: dict[str, Effort] = field(default_factory=dict)
    wardrobe: Wardrobe = field(default_factory=lambda: Wardrobe(frozenset()))
    looked_at_px: int = NOMINAL_PX
    looked_wrong: set[str] = field(default_factory=set)
    off_m: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.master = Master(self.surface, self.painting)
        self.reference = Reference(self.surface, self.master.scene)
        self.album = Album(self.surface, self.master.scene, self.folder)
        self._originals: dict[int, Original] = {}

    def build(
        self, profiles: Sequence[Profile], progress: Progress, dressing: Path | None
    ) -> dict[str, LevelReport]:
        """Try each profile until it keeps its promises, or raise."""
        open_ = partial(open_wardrobe, self.master, profiles, kept=dressing)
        self.wardrobe = open_(
            progress=lambda share: progress(WELDED + (PREPARED - WELDED) * share)
        )
        progress(PREPARED)
        done: dict[str, LevelReport] = {}
        self.efforts = {profile.name: Effort() for profile in profiles}
        waiting = list(profiles)
        while waiting:
            reports = self._attempt(waiting)
            again = []
            for profile, report in zip(waiting, reports, strict=True):
                kept = self._keeps(profile, report)
                compared = self._compared(report, profile) if kept else None
                if compared is None:
                    again.append(profile)
                else:
                    done[profile.name] = self._mapped(compared)
            if self.looked_wrong - self.wardrobe.profiles:
                self.wardrobe = open_(progress=_unseen, anyhow=self.looked_wrong)
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

    @cached_property
    def _look(self) -> MasterLook:
        return MasterLook(self.master, self.master.scene)

    @cached_property
    def _telling_px(self) -> int:
        samples = count_samples(self.surface, self.painting)
        return telling_px(samples, most=self.looked_at_px)

    def _original(self, profile: Profile, *, dressed: bool) -> Original:
        """The master in pictures as large as the profile's largest map, at most.

        Nor larger than what the master itself can fill.
        """
        largest = max(profile.colour_px, profile.normal_px) if dressed else 0
        pixels = min(self._telling_px, max(largest, QUICK_PX))
        if pixels not in self._originals:
            self._originals[pixels] = Original(self._look, pixels=pixels)
        return self._originals[pixels]

    def _compared(self, report: LevelReport, profile: Profile) -> LevelReport | None:
        """Look at a finished level, of a profile that has maps, beside its master.

        None if it must be made again with maps. Raises `UntrueFile`.
        """
        is_plain = profile.name in self.wardrobe.plain
        is_whole = report.triangles == len(self.surface.triangles)
        # With every triangle of its master and its colours it differs by rounding only.
        if not profile.has_maps or (is_whole and not report.maps):
            return report
        finished = read_glb((self.folder / report.file).read_bytes())
        look = look_of(finished)
        original = self._original(profile, dressed=bool(report.maps))
        likeness, pair = original.measure(look)
        try:
            check_colour(report.file, likeness.de00_coarse)
        except UntrueFile:
            if not is_plain:
                raise
            self.looked_wrong.add(profile.name)
            self.efforts[profile.name] = Effort()
            return None
        drawn = self.album.draw_likeness(profile.name, pair, likeness.worst)
        return replace(report, likeness=likeness.as_json(), pictures=(drawn,))

    def _mapped(self, report: LevelReport) -> LevelReport:
        """Draw where a level that is done lies off its master."""
        off_m = self.off_m.pop(report.profile)
        drawn = self.album.draw_deviation(report.profile, off_m)
        return replace(report, pictures=(drawn, *report.pictures))

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
                deviation, off_m = self.reference.measure_and_tell(
                    level.metres(), triangles
                )
                self.off_m[profile.name] = off_m
                thrift = self.efforts[profile.name].thrift
                textures = self.wardrobe.textures(profile, thrift=thrift)
                tries.append(_Try(profile, surface, level, deviation, textures))
        orders = [self._order(one) for one in tries]
        notice = self.provenance.notice()
        verdicts = pack(orders, self.folder, copyright_notice=notice)
        return [
            self._report(one, verdict)
            for one, verdict in zip(tries, verdicts, strict=True)
        ]

    def _level(self, profile: Profile) -> tuple[Surface, Level]:
        """Each from the master itself: it does not depend on which others are made."""
        surface = self._coarser(profile, self.efforts[profile.name])
        is_bent = surface.uvs is not None and profile.normal_px > 0
        return surface, quantise(
            surface,
            profile,
            accuracy_m=self.provenance.accuracy_m,
            map_px=max(profile.colour_px, profile.normal_px),
            tangents=whole_tangents(surface) if is_bent else None,
        )

    def _coarser(self, profile: Profile, effort: Effort) -> Surface:
        if effort == Effort() and profile.name in self.wardrobe.plain:
            return self.wardrobe.plain[profile.name]
        # Tried harder, a level is made from nothing less than the master.
        master = (
            self.surface if effort.shape_only else self.master.source(profile.triangles)
        )
        source = self.wardrobe.surface(profile, master)
        target = int(profile.triangles * effort.share) or len(source.triangles)
        surface = simplify(source, target, harder=effort.shape_only)
        return settle(surface, self.surface.positions)

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


def _bench(
    master: Mesh, painting: Painting | None, said: Provenance, folder: Path
) -> _Bench:
    surface, whole = weld_and_tell(master)
    shown = None if painting is None else painting.only(whole)
    return _Bench(surface, shown, said, folder)


def _unseen(share: float) -> None:
    """Tell nobody: what is done again goes no further than it was."""


def _read_back(data: bytes, file: str) -> FinishedFile:
    """Decode the finished file: what is promised must be true of its bytes."""
    try:
        return read_glb(data)
    except ValueError as broken:
        raise PackFailed(f"{file} cannot be read back, {broken}") from broken
