"""Who a signed address was given to, as the one visibility function knows persons."""

from collections.abc import Callable, Mapping
from typing import Final

from django.http import QueryDict

from heritage.captures.models import Derivative
from heritage.captures.signed import read_scope
from heritage.catalogue.policy import Person
from heritage.exhibits.addresses import DEVICE
from heritage.exhibits.known_devices import find_in_force, person_of_device

from .granting import REQUEST, person_granted

Finder = Callable[[str], Person | None]


def person_linked(query: QueryDict, derivative: Derivative) -> Person | None:
    """Give the person that an address was signed for; None if it opens nothing."""
    scope = read_scope(query, derivative)
    find = FINDERS.get(scope.kind) if scope else None
    return find(scope.key) if scope and find else None


def _device(key: str) -> Person | None:
    device = find_in_force(key)
    return person_of_device(device) if device else None


FINDERS: Final[Mapping[str, Finder]] = {DEVICE: _device, REQUEST: person_granted}
