"""What work that goes row by row in the background has in common: its row is the truth."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key


class Work(models.Model):
    """Something that is done to many rows, one after another. A task is only its bell.

    `fetched` names what is read along with it when somebody takes it up.
    """

    class State(models.TextChoices):
        STAGED = "staged", _("to be looked at")
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        STOPPED = "stopped", _("stopped")
        FAILED = "failed", _("failed")
        UNDOING = "undoing", _("being taken back")
        UNDONE = "undone", _("taken back")

    fetched: ClassVar[tuple[str, ...]] = ("created_by", "undone_by")
    results: Any  # what came of each row, with `undo` where it was taken back

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    rows = models.PositiveIntegerField(_("rows"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.STAGED
    )
    cursor = models.PositiveIntegerField(_("rows done"), default=0)
    attempt = models.PositiveIntegerField(_("attempt"), default=0)
    # Tries that have ended at the same row without a word: killed, or out of memory.
    tried_at = models.PositiveIntegerField(_("row tried"), null=True, editable=False)
    tries = models.PositiveIntegerField(_("tries at it"), default=0, editable=False)
    singly_until = models.PositiveIntegerField(
        _("rows entered singly"), default=0, editable=False
    )
    leased_until = models.DateTimeField(_("held until"), null=True, blank=True)
    error = models.CharField(_("why it failed"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        verbose_name=_("by"), related_name="+",
    )  # fmt: skip
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        verbose_name=_("taken back by"), related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["-created_at", "-pk"]

    @property
    def is_busy(self) -> bool:
        return self.state in (
            self.State.WAITING,
            self.State.RUNNING,
            self.State.UNDOING,
        )

    @property
    def may_begin(self) -> bool:
        """It has not begun, or goes on where it was; not if it is on its way back."""
        free = (self.State.STAGED, self.State.STOPPED, self.State.FAILED)
        return self.state in free and not self.is_going_back

    @property
    def is_going_back(self) -> bool:
        """Somebody began to take it back: it goes on that way alone."""
        begun = self.undone_by_id is not None
        return begun or self.results.exclude(undo="").exists()

    @property
    def may_stop(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def may_undo(self) -> bool:
        return self.state in (self.State.DONE, self.State.STOPPED, self.State.FAILED)

    @property
    def per_cent(self) -> int:
        return 100 * self.cursor // max(1, self.rows)
