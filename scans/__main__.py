"""`python -m scans`: the engine's command line (see docs/reference/scans.md).

Nothing heavy is imported before the arguments are known: thread counts are read by the
libraries when they load, and `--help` should not take a second.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scans.attended import attend, memory_allowed
from scans.child import REFUSED, Limits
from scans.errors import DiskFull, OutOfMemory, ScanError
from scans.events import Event
from scans.lean_import import skip_plotting

Say = Callable[[Event], None]


def main(argv: list[str] | None = None) -> int:
    """Run one command; give the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    options = _parser().parse_args(arguments)
    if options.run is None:
        return _recipes()
    if not options.events:
        return attend(arguments, _limits(options))
    _set_threads(exact=getattr(options, "exact", True))
    skip_plotting()
    say = _events(_own_stdout())
    try:
        options.run(options, say)
    except (ScanError, MemoryError, OSError) as error:
        return _refuse(_as_refusal(error), say)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scans", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_inspect(commands)
    _add_reconstruct(commands)
    _add_deliver(commands)
    _add_synthesize(commands)
    _add_image(commands)
    _add_photograph(commands)
    _add_exif(commands)
    _add_compare(commands)
    _add_workbench(commands)
    _add_recipes(commands)
    return parser


def _add_inspect(commands: Any) -> None:
    command = commands.add_parser("inspect", help="say what files hold, as JSON")
    command.add_argument("--work", type=Path, help="where archives are unpacked")
    command.add_argument("path", type=Path)
    _add_limits(command)
    command.set_defaults(run=_inspect)


def _add_reconstruct(commands: Any) -> None:
    command = commands.add_parser("reconstruct", help="make a master from scans")
    command.add_argument("source", type=Path, metavar="FOLDER")
    mode = command.add_mutually_exclusive_group()
    mode.add_argument("--exact", action="store_true", default=True)
    mode.add_argument("--fast", action="store_false", dest="exact")
    command.add_argument("--recipe", default="")
    command.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    command.add_argument("--scan", action="append", default=[], metavar="NAME")
    command.add_argument(
        "--registered-cm", default="", metavar="L,W,H", help="sizes in the register"
    )
    command.add_argument(
        "--constraints",
        type=Path,
        metavar="FILE.json",
        help="cuts, common places, scans left out",
    )
    _add_shared(command)
    command.set_defaults(run=_reconstruct)


def _add_deliver(commands: Any) -> None:
    command = commands.add_parser("deliver", help="make levels and pictures again")
    command.add_argument("source", type=Path, metavar="MASTER")
    command.add_argument("--no-levels", action="store_false", dest="levels")
    command.add_argument("--no-pictures", action="store_false", dest="pictures")
    _add_shared(command)
    command.set_defaults(run=_deliver)


def _add_shared(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--unit", choices=["m", "cm", "mm", "in"], default="")
    command.add_argument("--upright", type=Path, metavar="FILE.json")
    _add_delivery(command)
    _add_limits(command)


def _add_delivery(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--profiles", default="", metavar="A,B", help="default: those always made"
    )
    command.add_argument(
        "--profile-file", type=Path, metavar="FILE", help="a museum's own, TOML or JSON"
    )
    command.add_argument(
        "--also", action="append", default=[], choices=["print", "study", "sides"],
        help="what is made besides: for printing, for study, more pictures",
    )  # fmt: skip
    command.add_argument(
        "--wall-mm", type=float, default=1.0, help="thinnest wall that can be printed"
    )
    command.add_argument("--relic", default="", metavar="IRI", help="what is shown")
    command.add_argument("--rights", default="", help="a statement, or its address")
    command.add_argument(
        "--accuracy-mm", type=float, default=0.0, help="of the master, as stated"
    )


def _add_limits(command: Any) -> None:
    command.add_argument(
        "--memory-mb", type=int, default=0, help="default: most of the machine's"
    )
    command.add_argument("--minutes", type=float, default=0.0, help="of all stages")
    command.add_argument(
        "--stage-minutes", type=float, default=0.0, help="of any one stage"
    )
    command.add_argument(
        "--events",
        action="store_true",
        help="JSON lines on stdout, in this process, without limits of its own",
    )


def _limits(options: argparse.Namespace) -> Limits:
    return Limits(
        memory_bytes=memory_allowed(options.memory_mb),
        wall_s=options.minutes * 60,
        cpu_s=0,
        file_bytes=0,
        stage_s=options.stage_minutes * 60,
    )


def _add_synthesize(commands: Any) -> None:
    command = commands.add_parser("synthesize", help="scan an object that never was")
    command.add_argument("kind")
    command.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--scans", type=int, default=10)
    command.add_argument("--points", type=int, default=15_000, help="of each scan")
    command.add_argument("--colour", action="store_true")
    command.add_argument("--noise-m", type=float, default=0.00005)
    command.add_argument("--fixture", default="", help="what stands round the object")
    command.add_argument("--seats", type=int, default=2, help="on the fixture, 1 or 2")
    command.add_argument("--plant", default="", help="a defect to plant")
    command.add_argument("--one-cloud", action="store_true", help="one cloud, no scans")
    _add_limits(command)
    command.set_defaults(run=_synthesize)


def _add_image(commands: Any) -> None:
    command = commands.add_parser("image", help="make a pyramid of each page")
    command.add_argument("path", type=Path, metavar="FILE")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--megapixels", type=int, default=2000, help="of one page")
    command.add_argument("--pages", type=int, default=1000, help="at most")
    _add_limits(command)
    command.set_defaults(run=_image)


def _add_photograph(commands: Any) -> None:
    command = commands.add_parser("photograph", help="large pictures of four sides")
    command.add_argument("source", type=Path, metavar="MASTER")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument("--upright", type=Path, required=True, metavar="FILE.json")
    command.add_argument("--side", type=int, default=1600, help="in pixels")
    _add_limits(command)
    command.set_defaults(run=_photograph)


def _add_exif(commands: Any) -> None:
    command = commands.add_parser(
        "exif", help="say what photographs tell of their camera"
    )
    command.add_argument("path", type=Path, metavar="FOLDER")
    _add_limits(command)
    command.set_defaults(run=_exif)


def _add_compare(commands: Any) -> None:
    command = commands.add_parser(
        "compare", help="find what changed between two masters"
    )
    command.add_argument("first", type=Path, metavar="BEFORE.ply")
    command.add_argument("second", type=Path, metavar="AFTER.ply")
    command.add_argument("--out", type=Path, required=True, metavar="DIR")
    command.add_argument(
        "--uncertainty-mm",
        default="0,0",
        metavar="A,B",
        help="standard, of each capture",
    )
    command.add_argument(
        "--start", type=Path, metavar="FILE.json", help="a motion known to be near"
    )
    command.add_argument(
        "--upright", type=Path, metavar="FILE.json", help="of the second"
    )
    _add_limits(command)
    command.set_defaults(run=_compare)


def _add_workbench(commands: Any) -> None:
    thin = commands.add_parser("thin", help="thin clouds of all scans, to look at")
    thin.add_argument("source", type=Path, metavar="FOLDER")
    thin.add_argument("--out", type=Path, required=True, metavar="DIR")
    thin.add_argument("--unit", choices=["m", "cm", "mm", "in"], default="")
    _add_limits(thin)
    thin.set_defaults(run=_thin)
    snap = commands.add_parser("snap", help="place a scan by places picked on two")
    snap.add_argument("clouds", type=Path, metavar="DIR", help="as `thin` wrote it")
    snap.add_argument("numbers", type=int, nargs=2, metavar="N")
    snap.add_argument("--pair", type=Path, required=True, metavar="FILE.json")
    _add_limits(snap)
    snap.set_defaults(run=_snap)
    propose = commands.add_parser("propose", help="propose what to cut away")
    propose.add_argument("clouds", type=Path, metavar="DIR", help="as `thin` wrote it")
    propose.add_argument("--poses", type=Path, required=True, metavar="FILE.json")
    _add_limits(propose)
    propose.set_defaults(run=_propose)


def _add_recipes(commands: Any) -> None:
    command = commands.add_parser("recipes", help="print all recipes and parameters")
    command.set_defaults(run=None)


def _recipes() -> int:
    from scans.recipe_book import as_markdown

    sys.stdout.write(as_markdown())
    return 0


def _inspect(options: argparse.Namespace, say: Say) -> None:
    from scans.inspection import inspect

    detail = inspect(options.path, work=options.work)
    say(Event("done", fraction=1.0, detail=detail))


def _reconstruct(options: argparse.Namespace, say: Say) -> None:
    from scans.engine import Order, reconstruct
    from scans.quality.scale import parse_lengths

    order = Order(
        source=options.source,
        out=options.out,
        exact=options.exact,
        recipe=options.recipe,
        settings=tuple(options.set),
        unit=options.unit,
        names=tuple(options.scan),
        upright=_upright(options),
        registered_cm=parse_lengths(options.registered_cm),
        said=_said(options),
        wanted=_wanted(options),
        also=tuple(options.also),
        wall_mm=options.wall_mm,
    )
    reconstruct(order, say)


def _deliver(options: argparse.Namespace, say: Say) -> None:
    from scans.engine import Order, deliver

    order = Order(
        source=options.source,
        out=options.out,
        unit=options.unit,
        upright=_upright(options),
        wanted=_wanted(options),
        also=tuple(options.also),
        wall_mm=options.wall_mm,
        levels=options.levels,
        pictures=options.pictures,
    )
    deliver(order, say)


def _synthesize(options: argparse.Namespace, say: Say) -> None:
    from scans.synthetic import Scanning, synthesize, synthesize_cloud

    scanning = Scanning(
        scans=options.scans,
        points=options.points,
        noise_m=options.noise_m,
        coloured=options.colour,
        fixture=options.fixture,
        seats=options.seats,
        plant=options.plant,
    )
    make = synthesize_cloud if options.one_cloud else synthesize
    made = make(options.kind, options.out, seed=options.seed, scanning=scanning)
    say(Event("done", fraction=1.0, detail=made))


def _image(options: argparse.Namespace, say: Say) -> None:
    os.environ["VIPS_CONCURRENCY"] = "2"  # read when libvips loads
    from scans.images.ingest import ingest
    from scans.images.opening import Bounds

    bounds = Bounds(pixels=options.megapixels * 10**6, pages=options.pages)
    say(Event("done", fraction=1.0, detail=ingest(options.path, options.out, bounds)))


def _photograph(options: argparse.Namespace, say: Say) -> None:
    from scans.geometry.mesh_file import read_master
    from scans.imaging.photographs import take_photographs

    paths = take_photographs(
        read_master(options.source),
        _upright(options),
        options.out,
        side_px=options.side,
    )
    files = [path.name for path in paths]
    say(Event("done", fraction=1.0, detail={"files": files}))


def _exif(options: argparse.Namespace, say: Say) -> None:
    from scans.images.camera_facts import camera_facts

    paths = sorted(path for path in options.path.iterdir() if path.is_file())
    files = [{"file": path.name, "exif": camera_facts(path)} for path in paths]
    say(Event("done", fraction=1.0, detail={"files": files}))


def _compare(options: argparse.Namespace, say: Say) -> None:
    from scans.change.comparing import Pair, compare_masters, parse_uncertainties
    from scans.upright import read_upright

    first_mm, second_mm = parse_uncertainties(options.uncertainty_mm)
    pair = Pair(
        options.first,
        options.second,
        first_mm,
        second_mm,
        start=read_upright(options.start) if options.start else None,
        upright=_upright(options),
    )
    compare_masters(pair, options.out, say)


def _thin(options: argparse.Namespace, say: Say) -> None:
    from scans.workbench.thinning import thin_scans

    def progress(share: float) -> None:
        say(Event("progress", fraction=share))

    made = thin_scans(options.source, options.out, unit=options.unit, progress=progress)
    say(Event("done", fraction=1.0, detail=made))


def _snap(options: argparse.Namespace, say: Say) -> None:
    from scans.workbench.snapping import snap

    first, second = options.numbers
    pair = json.loads(options.pair.read_text(encoding="utf-8"))
    snapped = snap(options.clouds, first, second, pair)
    say(Event("done", fraction=1.0, detail=snapped.as_json()))


def _propose(options: argparse.Namespace, say: Say) -> None:
    from scans.workbench.proposing import propose_of

    poses = json.loads(options.poses.read_text(encoding="utf-8"))
    say(Event("done", fraction=1.0, detail=propose_of(options.clouds, poses)))


def _said(options: argparse.Namespace) -> Any:
    from scans.constraints import Constraints, read_constraints

    return (
        read_constraints(options.constraints) if options.constraints else Constraints()
    )


def _wanted(options: argparse.Namespace) -> Any:
    from scans.delivery.profiles import choose_profiles, read_profiles
    from scans.delivery.provenance import Provenance
    from scans.stages.delivering import Wanted

    names = [name for name in options.profiles.split(",") if name]
    return Wanted(
        choose_profiles(read_profiles(options.profile_file), names),
        Provenance(
            relic=options.relic,
            rights=options.rights,
            accuracy_m=max(options.accuracy_mm, 0.0) / 1000,
        ),
    )


def _upright(options: argparse.Namespace) -> Any:
    from scans.upright import read_upright

    return read_upright(options.upright) if options.upright else None


def _set_threads(*, exact: bool) -> None:
    """Fix what would make sums run in another order from one time to the next."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if exact:
        os.environ["OMP_NUM_THREADS"] = "1"


def _own_stdout() -> int:
    """Keep stdout for events; whatever libraries print goes to stderr."""
    own = os.dup(1)
    os.dup2(2, 1)
    return own


def _events(stream: int) -> Say:
    def say(event: Event) -> None:
        os.write(stream, (event.to_line() + "\n").encode())

    return say


def _as_refusal(error: Exception) -> ScanError:
    if isinstance(error, ScanError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemory()
    return (
        DiskFull(error.strerror or str(error))
        if isinstance(error, OSError)
        else (ScanError())
    )


def _refuse(error: ScanError, say: Say) -> int:
    detail = {"code": error.code, "facts": error.facts, "message": str(error)}
    say(Event("error", detail=detail))
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
