"""Tasks that only ring for a row: which of them wait, wherever the queue is."""

from typing import Any

from django_tasks.base import TASK_MAX_PRIORITY, Task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

# The only one that Redis knows; there the last of those that have it comes first.
AHEAD = TASK_MAX_PRIORITY


def is_in_database(task: Task[Any, Any]) -> bool:
    """Tell whether the queue is in the database, and so in its transactions."""
    return isinstance(task.get_backend(), DatabaseBackend)


def keys_rung(task: Task[Any, Any]) -> set[str]:
    """Give the keys for which this task still waits in the queue."""
    return _in_database(task) if is_in_database(task) else _in_redis(task)


def is_rung(task: Task[Any, Any], key: str) -> bool:
    """Tell whether this task still waits in the queue for this key: of many, one query."""
    if not is_in_database(task):
        return key in _in_redis(task)
    rows = DBTaskResult.objects.ready().filter(task_path=task.module_path)
    return bool(rows.filter(args_kwargs__args__0=key).exists())


def _in_database(task: Task[Any, Any]) -> set[str]:
    rows = DBTaskResult.objects.ready().filter(task_path=task.module_path)
    return {str(call["args"][0]) for call in rows.values_list("args_kwargs", flat=True)}


def _in_redis(task: Task[Any, Any]) -> set[str]:
    # Imported here: both ask for settings that are only there with Redis.
    import django_rq
    from django_tasks_rq.backend import Job

    jobs = django_rq.get_queue(task.queue_name, job_class=Job).get_jobs()
    return {str(job.args[0]) for job in jobs if job.func_name == task.module_path}
