"""Ring for runs that wait: the run row is the truth, a task in the queue only a bell.

A bell may get lost (the process dies between commit and enqueue, the queue is emptied)
or ring twice; the sweep makes up for the first, the lease for the second.
"""

from django.db import transaction
from django_tasks.base import TASK_MAX_PRIORITY
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from .lease import close_hopeless, free_runs
from .models import Run
from .tasks import compute_run

AHEAD = TASK_MAX_PRIORITY  # the only one that Redis knows


def ring(run: Run) -> None:
    """Ring for a run: in this transaction if the queue is in the database, else after."""
    key = run.key
    # A delivery takes little and somebody waits for it: it goes before the others.
    is_quick = run.type != Run.Type.RECONSTRUCT
    bell = compute_run.using(priority=AHEAD if is_quick else 0)
    if _is_in_database():
        bell.enqueue(key)
    else:
        transaction.on_commit(lambda: bell.enqueue(key))


def sweep() -> int:
    """Ring again for runs that nobody will hear of otherwise; tell for how many."""
    close_hopeless()
    rung = keys_rung()
    silent = [run for run in free_runs().only("key", "type") if run.key not in rung]
    for run in silent:
        ring(run)
    return len(silent)


def keys_rung() -> set[str]:
    """Give the keys of the runs whose bell is still in the queue."""
    return _in_database() if _is_in_database() else _in_redis()


def _is_in_database() -> bool:
    return isinstance(compute_run.get_backend(), DatabaseBackend)


def _in_database() -> set[str]:
    rows = DBTaskResult.objects.ready().filter(task_path=compute_run.module_path)
    return {str(call["args"][0]) for call in rows.values_list("args_kwargs", flat=True)}


def _in_redis() -> set[str]:
    import django_rq
    from django_tasks_rq.backend import Job

    queue = django_rq.get_queue(compute_run.queue_name, job_class=Job)
    jobs = queue.get_jobs()
    return {
        str(job.args[0]) for job in jobs if job.func_name == compute_run.module_path
    }
