"""Ring for files that wait to be read; the row is the truth, a task only a bell."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from heritage.lib import bells

from .models import ImageFile
from .tasks import read_image

State = ImageFile.State


def ring(file: ImageFile) -> None:
    """Ring in this transaction if the queue is in the database, else after it."""
    key = file.key
    if bells.is_in_database(read_image):
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
    return bells.keys_rung(read_image)
