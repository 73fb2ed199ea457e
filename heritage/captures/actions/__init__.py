"""What people do with captures: admin, API and commands all come through here."""

from .decide import decide_run
from .files import add_files
from .further_files import make_again, make_further
from .runs import cancel_run, start_run
from .upright import confirm_upright

__all__ = [
    "add_files",
    "cancel_run",
    "confirm_upright",
    "decide_run",
    "make_again",
    "make_further",
    "start_run",
]
