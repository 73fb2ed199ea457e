"""`inspect` and `recipes`: say what files hold, and what could be made of them."""

import argparse
import sys
from pathlib import Path
from typing import Any

from scans.commands.options import add_limits
from scans.events import Event, Say


def add_to(commands: Any) -> None:
    """Add the commands of this module to a parser."""
    _add_inspect(commands)
    _add_recipes(commands)


def _add_inspect(commands: Any) -> None:
    command = commands.add_parser("inspect", help="say what files hold, as JSON")
    command.add_argument(
        "--work", type=Path, help="where archives are unpacked meanwhile"
    )
    command.add_argument("path", type=Path, help="a file, an archive or a folder")
    add_limits(command)
    command.set_defaults(run=_inspect)


def _add_recipes(commands: Any) -> None:
    command = commands.add_parser("recipes", help="print all recipes and parameters")
    command.set_defaults(run=None)


def _inspect(options: argparse.Namespace, say: Say) -> None:
    from scans.inspection import inspect

    detail = inspect(options.path, work=options.work)
    say(Event("done", fraction=1.0, detail=detail))


def print_recipes() -> int:
    """Print all recipes and parameters; give the exit code."""
    from scans.recipe_book import as_markdown

    sys.stdout.write(as_markdown())
    return 0
