"""Ring for files that wait to be read; the row is the truth, a task only a bell."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from .models import ImageFile
from .tasks import read_image

State = ImageFile.State


def ring(file: ImageFile) -> None:
    """Ring in this transaction if the queue is in the database, else after it."""
    key = file.key
    if _is_in_database():
        read_image.enqueue(key)
    else:
        transaction.on_commit(lambda: read_image.enqueue(key))


def free_files() -> QuerySet[ImageFile]:
    """Give the files that some worker should take up."""
    rows: QuerySet[ImageFile] = ImageFile.objects.filter(is_free())
    return rows


def is_free() -> Q:
    """Waiting, or held by a worker that has not been heard of."""
    lapsed = Q(state=State.RUNNING, leased_until__lt=timezone.now())
    return Q(state=State.WAITING) | lapsed


def keys_rung() -> set[str]:
    """Give the keys of the files whose bell is still in the queue."""
    if _is_in_database():
        rows = DBTaskResult.objects.ready().filter(task_path=read_image.module_path)
        calls = rows.values_list("args_kwargs", flat=True)
        return {str(call["args"][0]) for call in calls}
    import django_rq
    from django_tasks_rq.backend import Job

    queue = django_rq.get_queue(read_image.queue_name, job_class=Job)
    jobs = [job for job in queue.get_jobs() if job.func_name == read_image.module_path]
    return {str(job.args[0]) for job in jobs}


def _is_in_database() -> bool:
    return isinstance(read_image.get_backend(), DatabaseBackend)
