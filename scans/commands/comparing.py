"""`compare`: what changed between two masters."""

import argparse
from pathlib import Path
from typing import Any

from scans.commands.options import add_limits, add_out, upright_of
from scans.events import Say


def add_to(commands: Any) -> None:
    """Add the command to a parser."""
    command = commands.add_parser(
        "compare", help="find what changed between two masters"
    )
    command.add_argument(
        "first", type=Path, metavar="BEFORE.ply", help="the earlier master"
    )
    command.add_argument(
        "second", type=Path, metavar="AFTER.ply", help="the later master"
    )
    add_out(command)
    command.add_argument(
        "--uncertainty-mm",
        default="0,0",
        metavar="A,B",
        help="standard uncertainty of each capture",
    )
    command.add_argument(
        "--free-scale",
        action="store_true",
        help="no certificate vouches for both scales: estimate one factor, take it off",
    )
    command.add_argument(
        "--start", type=Path, metavar="FILE.json", help="a motion known to be near"
    )
    command.add_argument(
        "--upright", type=Path, metavar="FILE.json", help="how the second stands"
    )
    add_limits(command)
    command.set_defaults(run=_compare)


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
        upright=upright_of(options),
        free_scale=options.free_scale,
    )
    compare_masters(pair, options.out, say)
