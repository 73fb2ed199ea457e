"""`image`, `photograph` and `exif`: pictures read, taken and asked."""

import argparse
import os
from pathlib import Path
from typing import Any

from scans.commands.options import add_limits, add_out, upright_of
from scans.events import Event, Say


def add_to(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    _add_image(commands)
    _add_photograph(commands)
    _add_exif(commands)


def _add_image(commands: Any) -> None:
    command = commands.add_parser("image", help="make a pyramid of each page")
    command.add_argument("path", type=Path, metavar="FILE", help="a picture")
    add_out(command)
    command.add_argument("--megapixels", type=int, default=2000, help="of one page")
    command.add_argument("--pages", type=int, default=1000, help="at most")
    add_limits(command)
    command.set_defaults(run=_image)


def _add_photograph(commands: Any) -> None:
    command = commands.add_parser("photograph", help="large pictures of four sides")
    command.add_argument("source", type=Path, metavar="MASTER", help="the mesh to show")
    add_out(command)
    command.add_argument(
        "--upright", type=Path, required=True, metavar="FILE.json", help="how it stands"
    )
    command.add_argument("--side", type=int, default=1600, help="in pixels")
    add_limits(command)
    command.set_defaults(run=_photograph)


def _add_exif(commands: Any) -> None:
    command = commands.add_parser(
        "exif", help="say what photographs tell of their camera"
    )
    command.add_argument("path", type=Path, metavar="FOLDER", help="of photographs")
    add_limits(command)
    command.set_defaults(run=_exif)


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
        upright_of(options),
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
