"""`thin`, `snap` and `propose`: what a person needs who places scans by hand."""

import argparse
import json
from pathlib import Path
from typing import Any

from scans.commands.options import add_limits, add_out, add_unit
from scans.events import Event, Say


def add_to(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    thin = commands.add_parser("thin", help="thin clouds of all scans, to look at")
    thin.add_argument("source", type=Path, metavar="FOLDER", help="a folder of scans")
    add_out(thin)
    add_unit(thin)
    add_limits(thin)
    thin.set_defaults(run=_thin)
    snap = commands.add_parser("snap", help="place a scan by places picked on two")
    snap.add_argument("clouds", type=Path, metavar="DIR", help="as `thin` wrote it")
    snap.add_argument(
        "numbers", type=int, nargs=2, metavar="N", help="of the two scans"
    )
    snap.add_argument(
        "--pair",
        type=Path,
        required=True,
        metavar="FILE.json",
        help="places picked on both",
    )
    add_limits(snap)
    snap.set_defaults(run=_snap)
    propose = commands.add_parser("propose", help="propose what to cut away")
    propose.add_argument("clouds", type=Path, metavar="DIR", help="as `thin` wrote it")
    propose.add_argument(
        "--poses", type=Path, required=True, metavar="FILE.json", help="of all scans"
    )
    add_limits(propose)
    propose.set_defaults(run=_propose)


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
