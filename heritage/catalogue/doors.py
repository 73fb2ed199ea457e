"""Through which door a change came in: the history says it beside who and when."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords


class Door(models.TextChoices):
    ADMIN = "admin", _("admin")
    API = "api", _("API")
    IMPORT = "import", pgettext_lazy("door", "import")
    COMMAND = "command", _("command")
    TIME = "time", pgettext_lazy("door", "time")


_door: ContextVar[str] = ContextVar("door", default="")


@contextmanager
def through(door: str) -> Iterator[None]:
    """Have all that is saved within say that it came through this door."""
    token = _door.set(door)
    try:
        yield
    finally:
        _door.reset(token)


def door_now() -> str:
    """Name the door: the one said by `through`, else what the request in hand tells."""
    if said := _door.get():
        return said
    request = getattr(HistoricalRecords.context, "request", None)
    if request is None:
        return Door.COMMAND
    match = request.resolver_match
    inside = match is not None and "admin" in match.namespaces
    return Door.ADMIN if inside else Door.API


class CameThrough(models.Model):
    """What each row of a record's history says besides who and when."""

    door = models.CharField(
        _("door"), max_length=10, choices=Door, default=door_now, editable=False
    )

    class Meta:
        abstract = True
