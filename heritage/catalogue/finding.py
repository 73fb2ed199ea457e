"""Words typed over a list of records: whoever keeps an index of them answers, if it can.

The room of the search index lies above this one and declares itself here.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from .policy import Person


@dataclass(frozen=True)
class Found:
    """Keys of records that answer, the best first, and of those not looked at yet.

    `is_cut`: more answer than are named.
    """

    keys: Collection[str]
    unread: Collection[str] = ()
    is_cut: bool = False


# Kind, text, who asks; None: there is no index, or it cannot tell.
Find = Callable[[str, str, Person], Found | None]
_finders: list[Find] = []


def declare_finder(find: Find) -> None:
    """Have lists of records searched by an index."""
    if find not in _finders:
        _finders.append(find)


def find_by_words(kind: str, text: str, person: Person) -> Found | None:
    answers = (find(kind, text, person) for find in _finders)
    return next((found for found in answers if found is not None), None)
