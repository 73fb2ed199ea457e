"""The two runs of the engine: `reconstruct` from scans, `deliver` from a master."""

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scans.constraints import Constraints
from scans.cost import Clock, Load, estimate, machine_speed
from scans.delivery.likeness import QUICK_PX
from scans.digests import key_digest
from scans.errors import WrongRecipe
from scans.events import Say
from scans.inputs import Input, choose_recipe, find_inputs
from scans.monitor import Monitor
from scans.readers.rgbd import DepthSequence
from scans.recipe import MESH_ONLY, RGBD_SEQUENCE, SINGLE_CLOUD, Recipe, read_recipe
from scans.runner import Stage, run_stages
from scans.sequences import given_sequence, sequence_inputs
from scans.stages.delivering import (
    LevelsStage,
    PicturesStage,
    ReportStage,
    Source,
    Wanted,
    hand_over,
)
from scans.stages.extras import Extras, extra_stages
from scans.stages.frames import FramesStage
from scans.stages.fusing import FuseStage, TrackStage
from scans.stages.mastering import MasterStage, MeshStage
from scans.stages.measuring import Claims, MeasureStage
from scans.stages.reading import ReadStage
from scans.stages.registering import RegisterStage
from scans.stages.surfacing import OrientStage, SurfaceStage
from scans.versions import versions

UNPACKED = "unpacked"  # archives, below the stages
POINTS_A_FRAME = 5_000  # that a frame adds to a fused surface, for the estimate


@dataclass(frozen=True)
class Order:
    """What is asked of the engine.

    source  : a folder of scans, one scan, or (deliver) a master
    upright : confirmed transform, or None to use the proposed one
    recipe  : its name, or "" to choose by what there is
    registered_cm : up to three lengths that the register gives for the object
    said    : what a person constrains
    wanted  : which files are delivered, and what they say of themselves
    also    : what is made besides, of extra_files.ALSO
    wall_mm : thinner walls are told of in what is made for printing
    levels, pictures : whether `deliver` makes those
    """

    source: Path
    out: Path
    exact: bool = True
    recipe: str = ""
    settings: tuple[str, ...] = ()
    unit: str = ""
    names: tuple[str, ...] = ()
    upright: NDArray[np.float64] | None = None
    registered_cm: tuple[float, ...] = ()
    said: Constraints = field(default_factory=Constraints)
    wanted: Wanted = field(default_factory=Wanted)
    also: tuple[str, ...] = ()
    wall_mm: float = 1.0
    levels: bool = True
    pictures: bool = True

    @property
    def compared(self) -> Wanted:
        """What is wanted; in a hurry, levels are compared in smaller pictures."""
        if self.exact:
            return self.wanted
        return replace(self.wanted, looked_at_px=QUICK_PX)


def reconstruct(order: Order, say: Say) -> Path:
    """Make a master and all that is delivered from it; give the report's path.

    Raises ScanError.
    """
    workspace = order.out / "stages" / UNPACKED
    sequence = _sequence(order, workspace)
    if sequence is not None:
        return _reconstruct_sequence(order, sequence, say)
    inputs = find_inputs(order.source, order.names, workspace=workspace)
    recipe = read_recipe(order.recipe or choose_recipe(inputs), order.settings)
    _check_recipe(recipe, inputs)
    from_mesh = recipe.name == MESH_ONLY
    source = Source(reconstructed=True, given=order.upright)
    read = MeshStage if from_mesh else ReadStage
    stages: list[Stage] = [
        read(inputs, order.unit, order.said.scale_bars),
        RegisterStage(recipe.parameters, order.said),
        SurfaceStage(recipe.parameters, order.exact, from_mesh, order.said),
        OrientStage(),
        MeasureStage(
            source, Claims(order.unit, order.registered_cm), from_mesh=from_mesh
        ),
        LevelsStage(source, order.compared),
        PicturesStage(source),
    ]
    load = Load(
        points=sum(entry.points for entry in inputs),
        scans=len(inputs),
        exact=order.exact,
        meshed=from_mesh,
    )
    return _run(order, recipe, inputs, stages, source, load=load, say=say)


def _sequence(order: Order, workspace: Path) -> DepthSequence | None:
    """The depth sequence to be fused, if that is what was given or asked for."""
    if order.names or order.recipe not in ("", RGBD_SEQUENCE):
        return None
    sequence = given_sequence(order.source, workspace)
    if sequence is None and order.recipe:
        raise WrongRecipe(order.recipe, "it takes depth pictures, and there are none")
    return sequence


def _reconstruct_sequence(order: Order, sequence: DepthSequence, say: Say) -> Path:
    recipe = read_recipe(RGBD_SEQUENCE, order.settings)
    inputs = sequence_inputs(sequence)
    source = Source(reconstructed=True, given=order.upright)
    stages: list[Stage] = [
        FramesStage(sequence, inputs, recipe.parameters.far_m),
        TrackStage(recipe.parameters),
        FuseStage(recipe.parameters),
        OrientStage(),
        MeasureStage(source, Claims(order.unit, order.registered_cm), from_mesh=False),
        LevelsStage(source, order.compared),
        PicturesStage(source),
    ]
    frames = len(sequence.frames)
    load = Load(points=POINTS_A_FRAME * frames, scans=frames, exact=True, frames=frames)
    return _run(order, recipe, inputs, stages, source, load=load, say=say)


def deliver(order: Order, say: Say) -> Path:
    """Make levels, pictures and figures again from a master.

    Raises ScanError.
    """
    inputs = find_inputs(order.source)
    recipe = read_recipe(MESH_ONLY)
    source = Source(reconstructed=False, given=order.upright)
    stages: list[Stage] = [
        MasterStage(
            inputs,
            order.unit or "m",
            given=order.upright,
            registered_cm=order.registered_cm,
        ),
        *([LevelsStage(source, order.compared)] if order.levels else []),
        *([PicturesStage(source)] if order.pictures else []),
    ]
    points = sum(entry.points for entry in inputs)
    load = Load(points=2 * points, scans=1, exact=order.exact, meshed=True)
    return _run(order, recipe, inputs, stages, source, load=load, say=say)


def _run(
    order: Order,
    recipe: Recipe,
    inputs: list[Input],
    stages: list[Stage],
    source: Source,
    *,
    load: Load,
    say: Say,
) -> Path:
    asked = Extras(order.also, wall_mm=order.wall_mm, has_levels=order.levels)
    stages += extra_stages(source, order.wanted, asked)
    names = [stage.name for stage in stages] + ["report"]
    clock = Clock(estimate(load, names, speed=machine_speed()))
    monitor = Monitor(say, clock)
    monitor.plan()
    parameters = asdict(recipe.parameters) | {"exact": order.exact} | order.said.shown()
    stages.append(ReportStage(source, recipe, parameters, lambda: _told(monitor)))
    key = key_digest(
        [(entry.name, entry.sha512) for entry in inputs],
        {"exact": order.exact, "made_with": versions()},
    )
    records = run_stages(stages, order.out / "stages", key=key, monitor=monitor)
    hand_over({name: record.folder for name, record in records.items()}, order.out)
    report = order.out / "report.json"
    monitor.done(report=str(report))
    return report


def _check_recipe(recipe: Recipe, inputs: list[Input]) -> None:
    if recipe.name == MESH_ONLY and not (len(inputs) == 1 and inputs[0].meshed):
        raise WrongRecipe(recipe.name, "it takes one file that holds triangles")
    if recipe.name == SINGLE_CLOUD and len(inputs) > 1:
        raise WrongRecipe(
            recipe.name, f"it takes one file, and there are {len(inputs)}"
        )


def _told(monitor: Monitor) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in monitor.findings]
