"""Who may work on a capture."""

from django.contrib.auth.models import AbstractBaseUser

from heritage.catalogue.policy import Person

from .errors import NotPermitted
from .models import Capture


def check_member(
    capture: Capture, by: AbstractBaseUser | None, *, person: Person | None = None
) -> None:
    """Let curators and volunteers of the relic's collection through.

    `by` is None only for what time itself brings about. Whoever has read already what
    `by` is in the museum gives it as `person`.
    """
    if by is None:
        return
    person = person or Person.of(by)
    works_in = person.curates | person.helps
    if not person.is_administrator and _collection(capture) not in works_in:
        raise NotPermitted


def check_curator(capture: Capture, by: AbstractBaseUser | None) -> None:
    if by is None:
        return
    person = Person.of(by)
    if not person.is_administrator and _collection(capture) not in person.curates:
        raise NotPermitted(curators_only=True)


def may_open(capture: Capture, person: Person) -> bool:
    """Tell whether a person decides what the public gets of a capture."""
    return person.is_administrator or _collection(capture) in person.curates


def _collection(capture: Capture) -> int:
    return capture.relic.collection_id
