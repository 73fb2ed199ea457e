"""`python -m scans`: the engine's command line (see docs/reference/scans.md).

Nothing heavy is imported before the arguments are known: thread counts are read by the
libraries when they load, and `--help` should not take a second.
"""

import argparse
import os
import sys
from pathlib import Path

from scans.attended import attend
from scans.child import REFUSED
from scans.commands import comparing, handwork, looking, making, picturing, synthesizing
from scans.commands.options import limits
from scans.errors import DiskFull, OutOfMemory, ScanError, UnreadableScan
from scans.events import Event, Say
from scans.lean_import import skip_plotting

ABOUT = (
    "Measured masters from scans: look at files, reconstruct, deliver, compare. "
    "`python -m scans COMMAND --help` tells of one command. Exit codes: 0 done, 2 "
    "refused, with one sentence that says why."
)


def main(argv: list[str] | None = None) -> int:
    """Run one command; give the exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    options = build_parser().parse_args(arguments)
    if options.run is None:
        return looking.print_recipes()
    if not options.events:
        return attend(arguments, limits(options))
    _set_threads(exact=getattr(options, "exact", True))
    skip_plotting()
    say = _events(_own_stdout())
    try:
        options.run(options, say)
    except (ScanError, MemoryError, OSError) as error:
        return _refuse(_as_refusal(error, getattr(options, "out", None)), say)
    return 0


def build_parser() -> argparse.ArgumentParser:
    """Give the parser of all commands."""
    parser = argparse.ArgumentParser(prog="python -m scans", description=ABOUT)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (looking, making, synthesizing, picturing, comparing, handwork):
        module.add_to(commands)
    return parser


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


def _as_refusal(
    error: ScanError | MemoryError | OSError, out: Path | None
) -> ScanError:
    if isinstance(error, ScanError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemory()
    missing = Path(str(error.filename or ""))
    given = missing.name and (out is None or not missing.is_relative_to(out))
    if isinstance(error, FileNotFoundError) and given:
        return UnreadableScan(missing, error.strerror or str(error))
    return DiskFull(error.strerror or str(error))


def _refuse(error: ScanError, say: Say) -> int:
    detail = {"code": error.code, "facts": error.facts, "message": str(error)}
    say(Event("error", detail=detail))
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
