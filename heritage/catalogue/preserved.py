"""Which of the register's rows make up a record in the archive, and when it changed."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from heritage.archive.events import Type, log_event
from heritage.archive.institution import museum_names
from heritage.archive.records import (
    Description,
    Kind,
    Part,
    declare,
    note_change,
    record_id,
)

from . import signals
from .models import (
    ACTS,
    ELEMENT_ROWS,
    IDENTIFIERS,
    RELIC_ROWS,
    SITE_ROWS,
    STUDY_ROWS,
    Agent,
    AgentRole,
    Bearer,
    Consent,
    Element,
    FindBatch,
    Period,
    Place,
    Recognition,
    Record,
    RecordEvent,
    Recording,
    RecordingItem,
    Relic,
    Site,
    TechniqueOf,
    Transmission,
)

PARTS: dict[type[Record], tuple[Part, ...]] = {
    Relic: (
        *(Part(model, "relic") for model in (*RELIC_ROWS, *STUDY_ROWS, *ACTS)),
        Part(TechniqueOf, "relic"),
    ),
    Agent: (Part(AgentRole, "agent"),),
    Element: tuple(Part(model, "element") for model in ELEMENT_ROWS),
    Bearer: (
        Part(Transmission, "master"),
        Part(Recognition, "bearer"),
        Part(Consent, "bearer"),
    ),
    Recording: (Part(RecordingItem, "recording"),),
    Site: tuple(Part(model, "site") for model in SITE_ROWS),
}
KEPT: tuple[type[Record], ...] = (
    Relic, Element, Bearer, Recording, Site, FindBatch, Agent, Place, Period,
)  # fmt: skip


def preserve_records() -> None:
    for model in KEPT:
        parts = PARTS.get(model, ())
        if numbers := IDENTIFIERS.get(model):
            parts = (*parts, Part(numbers, numbers.owner))
        declare(Kind(model.kind, model, parts, describe))
    signals.changed.connect(on_changed, dispatch_uid="preserve-changed")
    signals.many_changed.connect(on_many_changed, dispatch_uid="preserve-many")
    signals.state_changed.connect(on_state_changed, dispatch_uid="preserve-state")


def describe(record: Record) -> Description:
    """Name a record as one would cite it: its names, the museum, number, address."""
    museum = museum_names().said(english=True)
    address = record_id(record.kind, record.key)
    parts = [record.name_zh, record.name_en, museum]
    parts += [getattr(record, "register_no", ""), address]
    return Description(
        record.name_zh or record.name_en,
        licence=getattr(record, "rights", ""),
        citation=", ".join(part for part in parts if part),
    )


def on_changed(sender: type[Model], *, instance: Model, **_: Any) -> None:
    note_change(instance)


def on_many_changed(
    sender: type[Model], *, instances: Sequence[Model], **_: Any
) -> None:
    note_change(*instances)


def on_state_changed(
    sender: type[Model], *, record: Record, new: str, **_: Any
) -> None:
    note_change(record, reason=new)
    if new == Record.State.WITHDRAWN:
        acts = RecordEvent.objects.filter(
            record_kind=record.kind, record_key=record.key
        )
        act = acts.select_related("by").first()
        log_event(
            Type.ACCESS_REMOVED,
            f"{record.kind}/{record.key}",
            by=act.by if act else None,
            detail={"reason": act.reason if act else ""},
        )
