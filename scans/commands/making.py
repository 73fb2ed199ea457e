"""`reconstruct` and `deliver`: from scans to a master, from a master to its files."""

import argparse
from pathlib import Path
from typing import Any

from scans.commands.options import (
    add_delivery,
    add_limits,
    add_out,
    add_unit,
    said,
    upright_of,
    wanted,
)
from scans.errors import BadParameter
from scans.events import Say


def add_to(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    _add_reconstruct(commands)
    _add_deliver(commands)


def _add_reconstruct(commands: Any) -> None:
    command = commands.add_parser("reconstruct", help="make a master from scans")
    command.add_argument(
        "source",
        type=Path,
        metavar="FOLDER",
        help="a folder of scans, an archive of them, or one scan",
    )
    mode = command.add_mutually_exclusive_group()
    mode.add_argument(
        "--exact",
        action="store_true",
        default=True,
        help="the same files from the same scans, byte for byte (this is the default)",
    )
    mode.add_argument(
        "--fast",
        action="store_false",
        dest="exact",
        help="sooner; the same poses, and the same surface within a tolerance",
    )
    command.add_argument(
        "--recipe",
        default="",
        help="how scans become a master; default: by what there is (see `recipes`)",
    )
    command.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter of the recipe (see `recipes`); may be given several times",
    )
    command.add_argument(
        "--scan",
        action="append",
        default=[],
        metavar="NAME",
        help="only this file of the folder; may be given several times",
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
    command.add_argument(
        "source", type=Path, metavar="MASTER", help="the mesh to deliver"
    )
    command.add_argument(
        "--no-levels", action="store_false", dest="levels", help="make none"
    )
    command.add_argument(
        "--no-pictures", action="store_false", dest="pictures", help="make none"
    )
    _add_shared(command)
    command.set_defaults(run=_deliver)


def _add_shared(command: argparse.ArgumentParser) -> None:
    add_out(command)
    add_unit(command)
    command.add_argument(
        "--upright",
        type=Path,
        metavar="FILE.json",
        help="how it stands, as a person confirmed it",
    )
    command.add_argument(
        "--registered-cm",
        default="",
        metavar="L,W,H",
        help="sizes in the register, to be compared with",
    )
    add_delivery(command)
    add_limits(command)


def _reconstruct(options: argparse.Namespace, say: Say) -> None:
    from scans.engine import Order, reconstruct
    from scans.quality.scale import parse_lengths

    _check_apart(options.source, options.out)
    order = Order(
        source=options.source,
        out=options.out,
        exact=options.exact,
        recipe=options.recipe,
        settings=tuple(options.set),
        unit=options.unit,
        names=tuple(options.scan),
        upright=upright_of(options),
        registered_cm=parse_lengths(options.registered_cm),
        said=said(options),
        wanted=wanted(options),
        also=tuple(options.also),
        wall_mm=options.wall_mm,
    )
    reconstruct(order, say)


def _check_apart(source: Path, out: Path) -> None:
    """Refuse to write a master among the scans: the next run would take it for one."""
    if source.is_dir() and out.resolve() == source.resolve():
        reason = "the scans lie there, and the next run would take its result for one"
        raise BadParameter("out", str(out), reason)


def _deliver(options: argparse.Namespace, say: Say) -> None:
    from scans.engine import Order, deliver
    from scans.quality.scale import parse_lengths

    order = Order(
        source=options.source,
        out=options.out,
        unit=options.unit,
        upright=upright_of(options),
        registered_cm=parse_lengths(options.registered_cm),
        wanted=wanted(options),
        also=tuple(options.also),
        wall_mm=options.wall_mm,
        levels=options.levels,
        pictures=options.pictures,
    )
    deliver(order, say)
