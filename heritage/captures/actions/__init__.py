"""What people do with captures: admin, API and commands all come through here."""

from .files import add_files
from .further_files import make_again, make_further
from .runs import accept_run, cancel_run, start_run
from .upright import confirm_upright

__all__ = [
    "accept_run",
    "add_files",
    "cancel_run",
    "confirm_upright",
    "make_again",
    "make_further",
    "start_run",
]
