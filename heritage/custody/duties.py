"""Who has which duty in custody.

A membership makes somebody keeper of a collection's ledger or of its stores, and the
collection's curators are heads of custody. The director is named by a permission. Being
an administrator gives none of these: a duty is a matter of who answers for things, not
of what an account can reach.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection
from heritage.catalogue.policy import Person, ReadsIn

from .errors import DutiesApart, NotYourDuty

DIRECTOR: Final = "direct_custody"


class Duty(StrEnum):
    LEDGER = "ledger"
    STORES = "stores"
    HEAD = "head"
    DIRECTOR = "director"


NAMES: Final[dict[Duty, Promise | str]] = {
    Duty.LEDGER: _("ledger keeper"),
    Duty.STORES: _("store keeper"),
    Duty.HEAD: _("head of custody (a curator)"),
    Duty.DIRECTOR: _("director"),
}


def duties_in(person: Person, collection: int) -> frozenset[Duty]:
    """Give the duties that a person has in a collection."""
    held = {
        Duty.LEDGER: collection in person.keeps_ledger,
        Duty.STORES: collection in person.keeps_store,
        Duty.HEAD: collection in person.curates,
        Duty.DIRECTOR: collection in person.reads_in and directs(person),
    }
    return frozenset(duty for duty, has in held.items() if has)


def directs(person: Person) -> bool:
    """Tell whether the account was named director, itself or through a group."""
    if person.user_id is None:
        return False
    named = Q(user=person.user_id) | Q(group__user=person.user_id)
    rows = Permission.objects.filter(
        named, content_type__app_label="custody", codename=DIRECTOR
    )
    return rows.exists()


def check_duty(by: Any, collection: Collection, *any_of: Duty) -> None:
    """Let pass who has one of the duties in the collection.

    Raises `NotYourDuty`, and `DutiesApart` for who keeps one ledger and another store.
    """
    person = Person.of(by)
    wanted = duties_in(person, collection.pk) & set(any_of)
    if not wanted:
        raise NotYourDuty(spoken(any_of))
    if wanted <= {Duty.LEDGER, Duty.STORES} and (
        person.keeps_ledger and person.keeps_store
    ):
        raise DutiesApart


def may(by: Any, collection: Collection, *any_of: Duty) -> bool:
    try:
        check_duty(by, collection, *any_of)
    except (NotYourDuty, DutiesApart):
        return False
    return True


def spoken(duties: Iterable[Duty]) -> list[str]:
    return [str(NAMES[duty]) for duty in duties]


@dataclass(frozen=True)
class Directs:
    """The person is the director, and has a part in the collection at `path`."""

    path: str = "collection"

    def q(self, person: Person, prefix: str = "") -> Q:
        if not directs(person):
            return Q(**{f"{prefix}pk__in": []})
        return ReadsIn(self.path).q(person, prefix)

    def holds(self, person: Person, thing: Any) -> bool:
        return directs(person) and ReadsIn(self.path).holds(person, thing)
