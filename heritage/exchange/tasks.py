"""The tasks: thin, for the row of a load is the truth and these are only bells."""

from django.db import transaction
from django_tasks import task
from django_tasks_db import DatabaseBackend

from .actions import run_load, run_undo
from .lease import LoadLost
from .models import Load


@task(queue_name="heavy")
def work_at_load(pk: int) -> None:
    """Enter a load, or take it back, if nobody else is at it."""
    load = Load.objects.filter(pk=pk).first()
    if load is None:
        return
    try:
        if load.state == Load.State.UNDOING:
            run_undo(pk)
        else:
            run_load(pk)
    except LoadLost:
        return  # another worker holds it


def ring(load: Load) -> None:
    """Ring for a load: in this transaction if the queue is in the database, else after."""
    if isinstance(work_at_load.get_backend(), DatabaseBackend):
        work_at_load.enqueue(load.pk)
    else:
        transaction.on_commit(lambda: work_at_load.enqueue(load.pk))
