"""The tasks: thin, for the run row is the truth and these are only bells."""

from django_tasks import task

from .clouds_ahead import make_ahead
from .worker_run import compute
from .worker_state import THIS_WORKER


@task(queue_name="heavy")
def compute_run(key: str) -> None:
    """Compute the run with this key if nobody else does."""
    compute(key, worker=THIS_WORKER.name, is_stopping=THIS_WORKER.stopping.is_set)


# Not behind the runs, which take hours: a person who places scans by hand has none yet.
@task(queue_name="quick")
def thin_clouds(key: str) -> None:
    """Make the thin clouds of the capture with this key, if they are not there."""
    make_ahead(key, should_stop=THIS_WORKER.stopping.is_set)
