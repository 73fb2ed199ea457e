"""The log of acts on records: appended to, never edited."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RecordEvent(models.Model):
    class Verb(models.TextChoices):
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")
        SUBMITTED = "submitted", _("sent to review")
        SENT_BACK = "sent-back", _("sent back from review")
        APPROVED = "approved", _("approved")
        UNDONE = "undone", _("earlier state brought back")
        RETURNED = "returned", _("returned to draft")
        ACCEPTED = "accepted", _("model accepted")
        REFUSED = "refused", _("model refused")
        SET_UPRIGHT = "set-upright", _("set upright")

    record_kind = models.CharField(_("kind"), max_length=20)
    record_key = models.CharField(_("key"), max_length=16, db_index=True)
    verb = models.CharField(_("act"), max_length=20, choices=Verb)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.record_kind}/{self.record_key} {self.get_verb_display()}"
