"""Lawful erasure: who asked for it on what ground, who confirmed it, what is gone."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key


class Erasure(models.Model):
    """An order to remove bytes for ever; it is carried out once a second person agrees."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        DECLINED = "declined", _("declined")
        CONFIRMED = "confirmed", _("being carried out")
        DONE = "done", _("carried out")

    key = models.CharField(
        _("number"), max_length=16, unique=True, default=new_key, editable=False
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.ASKED, editable=False
    )
    ground = models.CharField(
        _("legal ground"), max_length=1000,
        help_text=_("the law and article, the court's order, or the contract's clause"),
    )  # fmt: skip
    chosen = models.JSONField(_("what was asked for"), default=list, editable=False)
    items = models.JSONField(_("what is erased"), default=list, editable=False)
    objects_left = models.JSONField(_("still to do"), default=list, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False,
        verbose_name=_("asked for by"),
    )  # fmt: skip
    asked_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True,
        related_name="+", editable=False, verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(
        _("decided at"), null=True, blank=True, editable=False
    )
    done_at = models.DateTimeField(
        _("carried out at"), null=True, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("lawful erasure")
        verbose_name_plural = _("lawful erasures")
        ordering = ["-asked_at"]
        permissions = [
            ("ask_erasure", _("may ask for a lawful erasure")),
            ("confirm_erasure", _("may confirm a lawful erasure")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["asked", "declined"])
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="erasure_needs_two_people",
            )
        ]

    def __str__(self) -> str:
        return self.key
