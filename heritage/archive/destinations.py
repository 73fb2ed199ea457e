"""Where a deposit may belong: the rooms above say what a name refers to.

The archive keeps bytes before anybody knows whose they are. A destination finds the
record that a number or key means, and makes a sealed deposit's files part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from django.contrib.auth.models import AbstractBaseUser

from .errors import NoDestination
from .models import Deposit
from .set_report import SetReport


@dataclass(frozen=True)
class Target:
    """A record that files may be given to."""

    kind: str
    key: str
    title: str
    record: Any


class Destination(Protocol):
    def find(self, reference: str) -> Sequence[Target]:
        """Give the records that a key or a register number means."""

    def match(self, name: str) -> Sequence[Target]:
        """Give the records whose register number stands in a name."""

    def search(self, text: str, *, by: AbstractBaseUser | None) -> Sequence[Target]:
        """Give the first records this person may give files to, by number or name."""

    def may_hand_in(self, by: AbstractBaseUser | None) -> bool:
        """Tell whether this person may see the inbox and empty it."""

    def look(self, root: Path) -> SetReport:
        """Look at a folder or a file on a disk, all of it; nothing is handed in."""

    def attach(
        self, target: Target, deposit: Deposit, *, by: AbstractBaseUser | None
    ) -> None:
        """Make a deposit's files part of the record."""


_declared: list[Destination] = []


def declare(destination: Destination) -> None:
    if destination not in _declared:
        _declared.append(destination)


def destination() -> Destination:
    return _declared[0]


def find_target(reference: str) -> Target:
    """Give the one record that is meant; raise `NoDestination` for none or several."""
    found = destination().find(reference)
    if len(found) != 1:
        raise NoDestination(reference, [target.key for target in found])
    return found[0]
