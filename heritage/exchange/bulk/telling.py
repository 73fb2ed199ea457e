"""Say changes in the reader's words: labels of fields and terms, not what is stored."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from heritage.catalogue.changes import told
from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, allows

from .steps import Step
from .targets import TERMS, Do, columns, label_of

BETWEEN = ", "


class Line(NamedTuple):
    """One field before and after."""

    name: str
    label: str
    was: str
    now: str


def told_lines(
    before: Mapping[str, Any], after: Mapping[str, Any], person: Person, relic: Relic
) -> list[Line]:
    """Tell what differs, as far as this person may read it on the relic."""
    lines = [
        Line(
            name, label_of(name), _told(name, was), _told(name, after["columns"][name])
        )
        for name, was in before.get("columns", {}).items()
        if allows(person, relic, name)
    ]
    return lines + [
        Line(name, label_of(name), told_terms(name, was), told_terms(name, after["rows"][name]))
        for name, was in before.get("rows", {}).items()
    ]  # fmt: skip


def told_step(step: Step) -> str:
    """Say a step as a line: the field, what is done, and with what."""
    label = label_of(step.field)
    verb = Do(step.do).label
    if step.do == Do.CLEAR:
        return f"{label}: {verb}"
    if step.do == Do.REPLACE:
        return f"{label}: {verb} “{step.find}” → “{step.value}”"
    value = (
        told_terms(step.field, step.value)
        if step.field in TERMS
        else _told(step.field, step.value)
    )
    return f"{label}: {verb} {value}"


def told_terms(name: str, terms: Sequence[str] | Mapping[str, Any]) -> str:
    vocabulary = TERMS[name].field.vocabulary
    return BETWEEN.join(concept_label(vocabulary, term) for term in terms)


def _told(name: str, value: Any) -> str:
    field = columns()[name].field
    relic = Relic()
    setattr(relic, field.attname, field.to_python(value))
    return told(field, relic)
