"""The policies of the register's models."""

from django.db.models import Model, Q

from .models import (
    ACTS,
    RELIC_ROWS,
    Agent,
    Bearer,
    Collection,
    Element,
    Move,
    Period,
    Place,
    Record,
    Relic,
    TechniqueOf,
    Term,
    Transmission,
)
from .policy import (
    AllOf,
    Anybody,
    AnyOf,
    Curates,
    Is,
    Person,
    Policy,
    Through,
    WorksIn,
    declare,
)

RELEASED = Is("state", frozenset({Record.State.RELEASED.value}))
RECORD = AnyOf((RELEASED, WorksIn()))
# What is never public, whatever the state: docs/explanations/visibility.md.
PRIVATE_FIELDS: dict[type[Model], tuple[str, ...]] = {
    Agent: ("birth_date", "contact"),
    Relic: (
        "store_location",
        "source_note",
        "acquired_from",
        "price",
        "price_currency",
    ),
    Bearer: ("consent_until",),
}


def declare_policies() -> None:
    for model in (Relic, Element, Bearer, Agent, Place, Period):
        private = PRIVATE_FIELDS.get(model, ())
        declare(model, Policy(RECORD, {name: Curates() for name in private}))
    of_relic = Through("relic", Relic)
    for row in RELIC_ROWS:
        declare(row, Policy(of_relic))
    for act in ACTS:
        declare(act, Policy(of_relic, {"dissent": WorksIn("relic.collection")}))
    declare(Move, Policy(AllOf((of_relic, Curates("relic.collection")))))
    declare(
        Transmission,
        Policy(AllOf((Through("master", Bearer), Through("apprentice", Bearer)))),
    )
    declare(
        TechniqueOf,
        Policy(AllOf((Through("element", Element), Through("relic", Relic)))),
    )
    declare(Term, Policy(Anybody()))
    declare(Collection, Policy(_MembersOfItself()))


class _MembersOfItself:
    """A collection is seen by those who work in it."""

    def q(self, person: Person, prefix: str = "") -> Q:
        return Q(**{f"{prefix}pk__in": sorted(person.curates | person.helps)})

    def holds(self, person: Person, thing: Collection) -> bool:
        return thing.pk in person.curates | person.helps
