"""Options that several commands share, and what they say."""

import argparse
import math
from pathlib import Path
from typing import Any

from scans.attended import memory_allowed
from scans.child import Limits


def add_delivery(command: argparse.ArgumentParser) -> None:
    """Add what says which files are made, and what they say of themselves."""
    command.add_argument(
        "--profiles",
        default="",
        metavar="A,B",
        help="which levels are made; default: those always made",
    )
    command.add_argument(
        "--profile-file",
        type=Path,
        metavar="FILE",
        help="a museum's own profiles, TOML or JSON",
    )
    command.add_argument(
        "--also", action="append", default=[], choices=["print", "study", "sides"],
        help="what is made besides: for printing, for study, more pictures",
    )  # fmt: skip
    command.add_argument(
        "--wall-mm", type=length, default=1.0, help="thinnest wall that can be printed"
    )
    command.add_argument("--relic", default="", metavar="IRI", help="what is shown")
    command.add_argument("--rights", default="", help="a statement, or its address")
    command.add_argument(
        "--accuracy-mm",
        type=length,
        default=0.0,
        help="of the master, as its maker states it",
    )


def add_out(command: Any) -> None:
    """Add the folder that results go to."""
    command.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="where the results go"
    )


def add_unit(command: Any) -> None:
    """Add the unit of files that do not state theirs."""
    command.add_argument(
        "--unit",
        choices=["m", "cm", "mm", "in"],
        default="",
        help="of files that state none",
    )


def add_limits(command: Any) -> None:
    """Add limits of memory and time, and how progress is told."""
    command.add_argument(
        "--memory-mb",
        type=count,
        default=0,
        help="limit; default: most of the machine's memory",
    )
    command.add_argument(
        "--minutes", type=length, default=0.0, help="limit for all stages; 0 for none"
    )
    command.add_argument(
        "--stage-minutes",
        type=length,
        default=0.0,
        help="limit for any one stage; 0 for none",
    )
    command.add_argument(
        "--events",
        action="store_true",
        help="JSON lines on stdout, in this process, without limits of its own",
    )


def length(word: str) -> float:
    """Parse a length or a time: a number that is finite and not below 0."""
    number = float(word)
    if not (math.isfinite(number) and number >= 0):
        raise argparse.ArgumentTypeError(f"it must be 0 or more, not {word}")
    return number


def count(word: str) -> int:
    """Parse a whole number that is not below 0."""
    number = int(word)
    if number < 0:
        raise argparse.ArgumentTypeError(f"it must be 0 or more, not {word}")
    return number


def limits(options: argparse.Namespace) -> Limits:
    """Read the limits of a child."""
    return Limits(
        memory_bytes=memory_allowed(options.memory_mb),
        wall_s=options.minutes * 60,
        cpu_s=0,
        file_bytes=0,
        stage_s=options.stage_minutes * 60,
    )


def said(options: argparse.Namespace) -> Any:
    """Read the constraints that a person gave; none where none are given."""
    from scans.constraints import Constraints, read_constraints

    return (
        read_constraints(options.constraints) if options.constraints else Constraints()
    )


def wanted(options: argparse.Namespace) -> Any:
    """Read which profiles are made, and what their files say of themselves."""
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


def upright_of(options: argparse.Namespace) -> Any:
    """Read the upright motion that a person confirmed, or None."""
    from scans.upright import read_upright

    return read_upright(options.upright) if options.upright else None
