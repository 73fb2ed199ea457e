"""Hear of changes in the rooms below, and queue the graphs that they touch."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.db.models.signals import post_migrate, pre_delete

from heritage.catalogue import signals
from heritage.catalogue.mentions import GraphName
from heritage.catalogue.models import Record
from heritage.catalogue.models.record import Tracked
from heritage.lib.upgrades import Plan, is_upgraded

from .graphs import touched_by
from .models import PublishedGraph
from .outbox import mentioning, queue
from .projector import queue_everything
from .soundness import check_record


def connect() -> None:
    app = apps.get_app_config("linked_data")
    post_migrate.connect(on_migrated, sender=app, dispatch_uid="graph-migrated")
    signals.changed.connect(on_changed, dispatch_uid="graph-changed")
    signals.many_changed.connect(on_many_changed, dispatch_uid="graph-many")
    signals.state_changed.connect(on_state_changed, dispatch_uid="graph-state")
    signals.state_changed.connect(on_release, dispatch_uid="graph-shapes")
    for model in apps.get_models():
        # A cascade calls no delete() of ours. Before it, for afterwards the row no
        # longer leads to the record whose graph it belongs to.
        if issubclass(model, Tracked):
            pre_delete.connect(on_changed, sender=model, dispatch_uid="graph-deleted")


def on_changed(sender: type[Model], *, instance: Model, **_: Any) -> None:
    queue(touched_by(instance))


def on_many_changed(
    sender: type[Model], *, instances: Sequence[Model], **_: Any
) -> None:
    queue({name for row in instances for name in touched_by(row)})


def on_state_changed(sender: type[Model], *, record: Record, **_: Any) -> None:
    """A record came or went: so do all statements that name it."""
    own = GraphName(record.kind, record.key)
    queue({own, *mentioning([own])})


def on_migrated(sender: object, *, using: str, plan: Plan = (), **_: Any) -> None:
    """Build all graphs again after an upgrade: migrations change records unheard."""
    if is_upgraded(plan, using=using) and PublishedGraph.objects.exists():
        queue_everything()


def on_release(sender: type[Model], *, record: Record, new: str, **_: Any) -> None:
    """Refuse a release whose graph would break a shape, in the release's transaction."""
    if new == Record.State.RELEASED:
        check_record(record)
