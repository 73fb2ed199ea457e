"""Who sees what of the exchange, and how it is kept in the archive."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q

from heritage.archive.records import Kind, Part
from heritage.archive.records import declare as keep
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import (
    AllOf,
    AnyOf,
    Curates,
    Person,
    Policy,
    Through,
    WorksIn,
    declare,
)
from heritage.catalogue.rules import PRIVATE_FIELDS

from .fields import fields
from .models import BulkChange, ChangedRecord, Doubt, Load, LoadedRow, SourceRecord

PRIVATE: Final = frozenset(PRIVATE_FIELDS[Relic])


@dataclass(frozen=True)
class TellsNothingPrivate:
    """Neither what a doubt is about nor what it proposes is a field that is never public.

    What is no field of ours is a heading of a table, under which anything may stand.
    """

    def q(self, person: Person, prefix: str = "") -> Q:
        about = Q(**{f"{prefix}field__in": sorted(set(fields()) - PRIVATE)})
        return about & ~Q(**{f"{prefix}proposal__has_any_keys": sorted(PRIVATE)})

    def holds(self, person: Person, thing: Any) -> bool:
        public = thing.field in fields() and thing.field not in PRIVATE
        return public and PRIVATE.isdisjoint(thing.proposal)


@dataclass(frozen=True)
class IsBy:
    """The account at `path` is the person's own."""

    path: str

    def q(self, person: Person, prefix: str = "") -> Q:
        if person.user_id is None:
            return Q(**{f"{prefix}pk__in": []})
        path = self.path.replace(".", "__")
        return Q(**{f"{prefix}{path}_id": person.user_id})

    def holds(self, person: Person, thing: Any) -> bool:
        *steps, last = self.path.split(".")
        for step in steps:
            thing = getattr(thing, step)
        own = person.user_id is not None
        return own and getattr(thing, f"{last}_id") == person.user_id


def declare_policies() -> None:
    of_relic = Through("relic", Relic)
    # A table may say what is never public: prices, places in the store.
    curates = Curates("relic.collection")
    curated = Policy(AllOf((of_relic, curates)))
    declare(SourceRecord, curated)
    declare(
        Doubt,
        Policy(
            AllOf(
                (
                    of_relic,
                    WorksIn("relic.collection"),
                    AnyOf((curates, TellsNothingPrivate())),
                )
            ),
            {"facts": curates},
        ),
    )
    declare(Load, Policy(WorksIn()))
    declare(BulkChange, Policy(IsBy("created_by")))
    declare(ChangedRecord, Policy(IsBy("change.created_by")))
    declare(LoadedRow, Policy(Curates("load.collection")))


def preserve() -> None:
    """What a source said, and the doubts about it, stand in the relic's own document."""
    parts = (Part(SourceRecord, "relic"), Part(Doubt, "relic"))
    keep(Kind(Relic.kind, Relic, parts))
