"""The tasks: thin, for the row of a work is the truth and these are only bells."""

from typing import Any

from django.db import transaction
from django_tasks import task

from heritage.lib import bells

from .actions import run_change, run_change_undo, run_load, run_undo
from .lease import WorkLost
from .models import BulkChange, Load
from .work import Work


@task(queue_name="heavy")
def work_at_load(pk: int) -> None:
    """Enter a load, or take it back, if nobody else is at it."""
    _work(Load.objects.filter(pk=pk).first(), run_load, run_undo)


@task(queue_name="heavy")
def work_at_change(pk: int) -> None:
    """Change many records, or take that back, if nobody else is at it."""
    _work(BulkChange.objects.filter(pk=pk).first(), run_change, run_change_undo)


def ring(work: Work) -> None:
    """Ring for a work: in this transaction if the queue is in the database, else after."""
    bell = bell_of(type(work))
    if bells.is_in_database(bell):
        bell.enqueue(work.pk)
    else:
        transaction.on_commit(lambda: bell.enqueue(work.pk))


def bell_of(kind: type[Work]) -> Any:
    return work_at_change if kind is BulkChange else work_at_load


def _work(work: Work | None, run: Any, undo: Any) -> None:
    if work is None:
        return
    try:
        (undo if work.state == Work.State.UNDOING else run)(work.pk)
    except WorkLost:
        return  # another worker holds it, or somebody has stopped it
