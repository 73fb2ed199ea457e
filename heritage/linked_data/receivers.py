"""Hear of changes in the rooms below, and queue the graphs that they touch."""

from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import pre_delete

from heritage.catalogue import signals
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Record
from heritage.catalogue.models.record import Tracked

from .graphs import touched_by
from .outbox import mentioning, queue


def connect() -> None:
    signals.changed.connect(on_changed, dispatch_uid="graph-changed")
    signals.state_changed.connect(on_state_changed, dispatch_uid="graph-state")
    for model in apps.get_models():
        # A cascade calls no delete() of ours. Before it, for afterwards the row no
        # longer leads to the record whose graph it belongs to.
        if issubclass(model, Tracked):
            pre_delete.connect(on_changed, sender=model, dispatch_uid="graph-deleted")


def on_changed(sender: type[Model], *, instance: Model, **_: Any) -> None:
    queue(touched_by(instance))


def on_state_changed(sender: type[Model], *, record: Record, **_: Any) -> None:
    """A record came or went: so do all statements that name it."""
    own = GraphName(record.kind, record.key)
    queue({own, *mentioning([own])})
