"""The task: thin, for the file's row is the truth and this is only a bell."""

from django_tasks import task

from heritage.captures.worker_state import THIS_WORKER
from heritage.lib.bells import AHEAD


# Not behind the runs, which take hours: what people have just added they want to see.
# And before the clouds of captures, which nobody may ever look at.
@task(queue_name="quick", priority=AHEAD)
def read_image(key: str) -> None:
    """Read the file with this key if nobody else does."""
    from .reading import read_file  # it rings, and so needs this module

    read_file(key, should_stop=THIS_WORKER.stopping.is_set)
