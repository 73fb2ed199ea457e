"""`synthesize`: scan an object that never was."""

import argparse
from pathlib import Path
from typing import Any

from scans.commands.options import add_limits, length
from scans.events import Event, Say


def add_to(commands: Any) -> None:
    """Add the command to a parser."""
    command = commands.add_parser("synthesize", help="scan an object that never was")
    command.add_argument("kind", help="such as ewer; another word lists all kinds")
    command.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="where scans and truth go",
    )
    command.add_argument(
        "--seed", type=int, default=0, help="of everything drawn at random"
    )
    command.add_argument("--scans", type=int, default=10, help="how many")
    command.add_argument("--points", type=int, default=15_000, help="of each scan")
    command.add_argument("--colour", action="store_true", help="with colours")
    command.add_argument(
        "--noise-m", type=length, default=0.00005, help="along the ray, metres"
    )
    command.add_argument("--fixture", default="", help="what stands round the object")
    command.add_argument("--seats", type=int, default=2, help="on the fixture, 1 or 2")
    command.add_argument("--plant", default="", help="a defect to plant")
    command.add_argument("--one-cloud", action="store_true", help="one cloud, no scans")
    add_limits(command)
    command.set_defaults(run=_synthesize)


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
