"""Ask for documents to be made again, in the transaction of the change that asks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.db.models.signals import pre_delete

from heritage.catalogue import signals
from heritage.catalogue.models import Period, Record, Relic, Site
from heritage.catalogue.models.record import Tracked
from heritage.lib.inserting import insert_rows

from .documents import RecordName
from .models import IndexChange
from .registry import sources, touched_by

EVERYTHING: Final = RecordName("*", "*")  # have the whole index made anew
LOOKED_AT: Final = (
    100  # of what a transaction has queued; more is queued twice, harmlessly
)


def connect() -> None:
    signals.changed.connect(on_changed, dispatch_uid="index-changed")
    signals.many_changed.connect(on_many_changed, dispatch_uid="index-many")
    signals.state_changed.connect(on_state_changed, dispatch_uid="index-state")
    for model in apps.get_models():
        if issubclass(model, Tracked):  # a cascade calls no delete() of ours
            pre_delete.connect(on_changed, sender=model, dispatch_uid="index-deleted")


def on_changed(sender: type[Model], *, instance: Model, **_: Any) -> None:
    queue(touched_by(instance))


def on_many_changed(
    sender: type[Model], *, instances: Sequence[Model], **_: Any
) -> None:
    queue(name for row in instances for name in touched_by(row))


def on_state_changed(sender: type[Model], *, record: Record, **_: Any) -> None:
    if record.kind in sources():
        queue([RecordName(record.kind, record.key), *_dated_by(record)])


def _dated_by(record: Record) -> Iterator[RecordName]:
    """Name what is of a period: it is found by it by those who may see the period."""
    if isinstance(record, Period):
        for model in (Relic, Site):
            rows = model._default_manager.filter(period=record)
            for key in rows.values_list("key", flat=True):
                yield RecordName(model.kind, key)


def queue(names: Iterable[RecordName]) -> None:
    """Ask for these documents, once a transaction."""
    missing = sorted(set(names) - _already_queued())
    if not missing:
        return
    with transaction.atomic():
        insert_rows([IndexChange(kind=name.kind, key=name.key) for name in missing])
        transaction.on_commit(Queued(frozenset(missing)))


@dataclass(frozen=True)
class Queued:
    """Remembers, as long as the transaction lasts, what it has asked for already.

    Django forgets it with a savepoint that is rolled back, and the rows go with it.
    """

    names: frozenset[RecordName]

    def __call__(self) -> None:
        """Nothing is left to do at the commit."""


def _already_queued() -> set[RecordName]:
    known: set[RecordName] = set()
    for hook in connection.run_on_commit[-LOOKED_AT:]:
        if isinstance(hook[1], Queued):
            known |= hook[1].names
    return known
