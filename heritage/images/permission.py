"""Who may work on a set of images."""

from django.contrib.auth.models import AbstractBaseUser

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person

from .errors import NotPermitted
from .models import ImageSet


def check_member(image_set: ImageSet, by: AbstractBaseUser | None) -> None:
    """Let curators and volunteers of the relic's collection through.

    `by` is None only for what time itself brings about.
    """
    if by is None:
        return
    person = Person.of(by)
    works_in = person.curates | person.helps
    if not person.is_administrator and image_set.relic.collection_id not in works_in:
        raise NotPermitted


def may_open(relic: Relic, person: Person) -> bool:
    """Tell whether a person decides how large the public sees a relic's images."""
    return person.is_administrator or relic.collection_id in person.curates
