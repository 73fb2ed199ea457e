"""Steps of a change: each does one thing to one field; pure, nothing is written here."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import asdict, dataclass, field
from typing import Any

from heritage.catalogue.models import Relic
from heritage.exchange.writing import read_anew

from .targets import TERMS, Do, columns

Rows = dict[str, dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Step:
    """`value` is a column's, as JSON writes it, or a list of terms."""

    field: str
    do: str
    value: Any = None
    find: str = ""

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Step":
        return cls(**told)

    @property
    def document(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Held:
    """A relic in hand, not saved, and the rows that hang on it."""

    relic: Relic
    rows: Rows = field(default_factory=dict)

    @classmethod
    def of(cls, relic: Relic, steps: Iterable[Step]) -> "Held":
        """Take the relic and those of its rows that the steps are about."""
        asked = {step.field for step in steps}
        return cls(relic, {n: TERMS[n].held(relic) for n in TERMS if n in asked})


def carried_out(held: Held, steps: Iterable[Step]) -> Held:
    """Give what comes of the steps, one after another; what was given stays as it is."""
    after = Held(
        copy(held.relic), {name: dict(rows) for name, rows in held.rows.items()}
    )
    for step in steps:
        if step.field in TERMS:
            _change_rows(after.rows[step.field], step)
        else:
            _change_column(after.relic, step)
    if after.relic.period_text != held.relic.period_text:
        said = {step.field: step.value for step in steps}
        read_anew(after.relic, held.relic, said)
    return after


def _change_column(relic: Relic, step: Step) -> None:
    column = columns()[step.field].field
    if step.do == Do.SET:
        value = column.to_python(step.value)
    elif step.do == Do.CLEAR:
        value = None if column.null else ""
    else:
        value = str(getattr(relic, column.attname)).replace(step.find, step.value)
    setattr(relic, column.attname, value)


def _change_rows(rows: dict[str, dict[str, Any]], step: Step) -> None:
    for term in step.value:
        if step.do == Do.ADD:
            rows.setdefault(term, {})
        else:
            rows.pop(term, None)
