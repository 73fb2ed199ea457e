"""Which of the register's rows make up a record in the archive, and when it changed."""

from typing import Any

from django.db.models import Model

from heritage.archive.records import Kind, Part, declare, note_change

from . import signals
from .models import (
    Agent,
    Bearer,
    Dimension,
    Element,
    Period,
    Place,
    Record,
    Relic,
    RelicMaterial,
    TechniqueOf,
    Transmission,
)

PARTS: dict[type[Record], tuple[Part, ...]] = {
    Relic: (
        Part(RelicMaterial, "relic"),
        Part(Dimension, "relic"),
        Part(TechniqueOf, "relic"),
    ),
    Bearer: (Part(Transmission, "master"),),
}


def preserve_records() -> None:
    for model in (Relic, Element, Bearer, Agent, Place, Period):
        declare(Kind(model.kind, model, PARTS.get(model, ())))
    signals.changed.connect(on_changed, dispatch_uid="preserve-changed")
    signals.state_changed.connect(on_state_changed, dispatch_uid="preserve-state")


def on_changed(sender: type[Model], *, instance: Model, **_: Any) -> None:
    note_change(instance)


def on_state_changed(
    sender: type[Model], *, record: Record, new: str, **_: Any
) -> None:
    note_change(record, reason=new)
