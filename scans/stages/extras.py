"""What a run makes only where it is asked: printing, study, USDZ twins, more pictures."""

from dataclasses import asdict, dataclass, field
from typing import Any

from scans.delivery.glb import read_glb
from scans.delivery.placing import ground
from scans.delivery.print import WALL_MM, make_print
from scans.delivery.provenance import Provenance
from scans.delivery.shown import maps_of, surface_of
from scans.delivery.study import write_study
from scans.imaging.sides import render_sides
from scans.runner import Bench, Stage, write_json
from scans.stages.delivering import Source, Wanted, master_digest
from scans.stages.extra_files import PRINT, SIDES, STUDY, TOLD, TWINS


@dataclass(frozen=True)
class Extras:
    """What is asked for besides: names of ALSO, and how thin a wall can be printed."""

    names: tuple[str, ...] = ()
    wall_mm: float = WALL_MM
    has_levels: bool = True


def extra_stages(source: Source, wanted: Wanted, asked: Extras) -> list[Stage]:
    """The stages for what was asked; twins where a profile has one."""
    has_twin = any(profile.usdz for profile in wanted.chosen())
    known: dict[str, Stage] = {
        TWINS: TwinsStage(source, wanted),
        PRINT: PrintStage(source, wanted, wall_mm=asked.wall_mm),
        STUDY: StudyStage(source, wanted),
        SIDES: SidesStage(source, wanted),
    }
    names = {*asked.names, *([TWINS] if has_twin and asked.has_levels else [])}
    return [stage for name, stage in known.items() if name in names]


@dataclass
class _ExtraStage:
    source: Source
    wanted: Wanted = field(default_factory=Wanted)
    version: int = 1

    def depends(self) -> dict[str, Any]:
        return self.source.depends() | {"said": asdict(self.wanted.said)}

    def said(self, bench: Bench) -> Provenance:
        """What each file says of itself, with the master's digest."""
        return self.wanted.about(master_digest(self.source, bench))


@dataclass
class TwinsStage(_ExtraStage):
    """Write a USDZ beside each GLB whose profile asks for one."""

    name: str = TWINS

    def run(self, bench: Bench) -> dict[str, Any]:
        from scans.delivery.usdz import Shown, make_twin  # OpenUSD takes half a second

        told = {}
        for profile in self.wanted.chosen():
            if profile.usdz:
                data = (bench.output("levels") / profile.file).read_bytes()
                finished = read_glb(data)
                look = Shown(surface_of(finished), maps_of(finished))
                told[profile.name] = make_twin(
                    look, profile, bench.folder, provenance=self.said(bench)
                )
        write_json(bench.folder / TOLD, told)
        return {}


@dataclass
class PrintStage(_ExtraStage):
    """Write the closed copy for 3D printing."""

    name: str = PRINT
    wall_mm: float = WALL_MM

    def depends(self) -> dict[str, Any]:
        return super().depends() | {"wall_mm": self.wall_mm}

    def run(self, bench: Bench) -> dict[str, Any]:
        report = make_print(
            self.source.master(bench),
            self.source.upright(bench),
            bench.folder,
            provenance=self.said(bench),
            wall_mm=self.wall_mm,
        )
        write_json(bench.folder / TOLD, report.as_json())
        return {}


@dataclass
class StudyStage(_ExtraStage):
    """Write the master upright, in full resolution, as PLY."""

    name: str = STUDY

    def run(self, bench: Bench) -> dict[str, Any]:
        master = self.source.master(bench)
        upright = ground(self.source.upright(bench), master.vertices)
        told = write_study(master.moved(upright), bench.folder, self.said(bench))
        write_json(bench.folder / TOLD, told)
        return {}


@dataclass
class SidesStage(_ExtraStage):
    """Draw the six sides, three-quarter and the turntable."""

    name: str = SIDES

    def run(self, bench: Bench) -> dict[str, Any]:
        master, upright = self.source.master(bench), self.source.upright(bench)
        render_sides(master, upright, bench.folder, bench.progress)
        return {}
