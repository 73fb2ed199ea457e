"""The task: thin, for the file's row is the truth and this is only a bell."""

from django_tasks import task


@task(queue_name="heavy")
def read_image(key: str) -> None:
    """Read the file with this key if nobody else does."""
    from .reading import read_file  # its rows are not there yet when tasks load

    read_file(key)
