"""The tasks: thin, for the run row is the truth and these are only bells."""

from django_tasks import task

from .worker_run import compute
from .worker_state import THIS_WORKER


@task(queue_name="heavy")
def compute_run(key: str) -> None:
    """Compute the run with this key if nobody else does."""
    compute(key, worker=THIS_WORKER.name, is_stopping=THIS_WORKER.stopping.is_set)
