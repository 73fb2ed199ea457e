"""What would come of a change for one relic, or why it is refused: nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder

from heritage.catalogue.actions import ask_guards
from heritage.catalogue.deciding import held_back
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import ACTS, Relic
from heritage.catalogue.models.acts import Act
from heritage.catalogue.policy import Person, allows
from heritage.exchange.reasons import reason_of

from .steps import Held, Step, carried_out
from .targets import TERMS, columns

Fault = tuple[str, dict[str, Any]]
Values = dict[str, dict[str, Any]]  # {"columns": {name: value}, "rows": {name: rows}}


@dataclass
class Look:
    """`before` and `after` hold what differs alone, as JSON writes it."""

    held: Held
    after: Held
    faults: list[Fault] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Name the fields of the relic that would be different."""
        old, new = self.held.relic, self.after.relic
        return [
            name for name, column in columns().items()
            if getattr(old, column.field.attname) != getattr(new, column.field.attname)
        ]  # fmt: skip

    @property
    def relations(self) -> list[str]:
        return [n for n in self.after.rows if self.held.rows[n] != self.after.rows[n]]

    @property
    def is_change(self) -> bool:
        return bool(self.names or self.relations)

    @property
    def values(self) -> tuple[Values, Values]:
        """Give what was and what would be."""
        return self._values(self.held), self._values(self.after)

    def _values(self, held: Held) -> Values:
        told = {name: value_of(held.relic, name) for name in self.names}
        return {"columns": told, "rows": {n: held.rows[n] for n in self.relations}}


def look_at(relic: Relic, steps: Sequence[Step], *, by: Any, person: Person) -> Look:
    """Carry the steps out in memory and tell all that speaks against saving it."""
    held = Held.of(relic, steps)
    look = Look(held, carried_out(held, steps))
    if not person.is_administrator and relic.collection_id not in person.curates:
        look.faults.append(("not-yours", {}))
        return look
    if not look.is_change:
        return look
    look.after.relic.read_period_text()  # as a save does
    look.acts = _acts(look)
    look.faults = [*_held(look, person), *_guarded(look, by), *_wrong(look)]
    return look


def value_of(relic: Relic, name: str) -> Any:
    """Write a column's value as JSON holds it."""
    field = columns()[name].field
    value = getattr(relic, field.attname)
    if isinstance(value, Decimal):
        return f"{value:.{field.decimal_places}f}"  # as the database will give it
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return DjangoJSONEncoder().default(value)


def _acts(look: Look) -> list[Act]:
    """Give the acts that saving it would record."""
    found = []
    for kind in ACTS:
        act: Any = kind.of(look.after.relic)
        if act.outcome != kind.of(look.held.relic).outcome:
            found.append(act)
    return found


def _held(look: Look, person: Person) -> list[Fault]:
    """Name what nobody types over in this relic, or what this person may not read."""
    relic = look.held.relic
    held = held_back(Relic, person, relic.collection_id, pk=relic.pk)
    return [
        ("held", {"field": name})
        for name in look.names
        if name in held or not allows(person, relic, name)
    ]


def _guarded(look: Look, by: Any) -> list[Fault]:
    faults: list[Fault] = []
    for act in look.acts:
        try:
            ask_guards(act, by)
        except CatalogueError as error:
            faults.append(("refused", {"reason": reason_of(error)}))
    return faults


def _wrong(look: Look) -> list[Fault]:
    """Validate what is different, and what the relic must be as a whole.

    What was wrong before, in a field that stays as it is, keeps no other from changing.
    """
    relic = look.after.relic
    if (
        relic.begin_year is not None
        and relic.end_year is not None
        and relic.end_year < relic.begin_year
    ):
        return [("backwards", {"begin": relic.begin_year, "end": relic.end_year})]
    changed = set(look.names)
    kept = {f.name for f in Relic._meta.fields if f.name not in changed}
    try:
        relic.clean_fields(exclude=kept)
        relic.clean()
        relic.validate_constraints()
    except ValidationError as error:
        return told_errors(error)
    return []


def told_errors(error: ValidationError) -> list[Fault]:
    """Say as faults what validation has found."""
    if not hasattr(error, "error_dict"):
        return [("refused", {"reason": reason_of(error)})]
    reasons = {
        name: reason_of(ValidationError(errors))
        for name, errors in error.error_dict.items()
    }
    return [
        ("invalid", {"field": name, "reason": reason})
        if name in columns() or name in TERMS
        else ("refused", {"reason": reason})
        for name, reason in reasons.items()
    ]
