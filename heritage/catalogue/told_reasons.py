"""Why a version of a record came to be, as its reader is told: in pages and in object files.

What a history holds is short and of no language (`change 01ab…`): the room above that
wrote it says it as a sentence. What no room knows is told as it stands.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .policy import Person


@dataclass(frozen=True)
class Reason:
    """A sentence, and the address of what was done where its reader may open that."""

    text: str
    address: str = ""


# Asked with what the history holds, for a reader; gives what it knows of it.
Telling = Callable[[Collection[str], Person], Mapping[str, Reason]]
_tellings: list[Telling] = []


def tell_reasons(telling: Telling) -> None:
    """Have a room above say the reasons that it has written."""
    if telling not in _tellings:
        _tellings.append(telling)


def told_reasons(rows: Sequence[Any], person: Person) -> list[Reason]:
    """Give the reason of each of these rows of a history, in their order."""
    held = [row.history_change_reason or "" for row in rows]
    asked = {reason for reason in held if reason}
    known: dict[str, Reason] = {}
    for telling in _tellings:
        known |= telling(asked, person)
    return [known.get(reason) or Reason(reason) for reason in held]
