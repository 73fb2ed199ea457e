"""Small pictures of relics for lists: the rooms above, which have pictures, tell them.

All relics of a page are asked for together, so that a list costs one query a room.
"""

from collections.abc import Callable, Iterable

from .models import Relic
from .policy import Person

# Addresses by the relics' primary keys, of what this person may see; none for the others.
Pictures = Callable[[list[Relic], Person], dict[int, str]]
_sources: list[Pictures] = []


def declare(pictures: Pictures) -> None:
    """Ask this for the relics that no room declared before has a picture of."""
    if pictures not in _sources:
        _sources.append(pictures)


def small_pictures(relics: Iterable[Relic], person: Person) -> dict[int, str]:
    """Give an address for each relic that has a picture for this person."""
    left, found = list(relics), dict[int, str]()
    for pictures in _sources:
        if left:
            found |= pictures(left, person)
            left = [relic for relic in left if relic.pk not in found]
    return found
