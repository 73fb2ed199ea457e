"""What was decided of a model: accepted or refused, by whom, why; never changed after."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models.record import Tracked

from .whom import by_whom


class RunDecision(Tracked):
    """One decision on a run. Of several, the latest counts; all of them stay."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")

    run = models.ForeignKey(
        "captures.Run", models.PROTECT, related_name="decisions", verbose_name=_("run")
    )
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict)
    at = models.DateTimeField(_("decided"), default=timezone.now, editable=False)
    by = by_whom(_("checker"))
    checker = models.CharField(_("name of the checker"), max_length=200, blank=True)
    profile = models.CharField(_("acceptance profile"), max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    target_accuracy_mm = models.FloatField(
        _("target accuracy (mm)"), null=True, blank=True
    )
    accuracy_mm = models.FloatField(_("accuracy reached (mm)"), null=True, blank=True)
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    # The master until then: what a later, better run replaced, or what was refused.
    replaced = models.ForeignKey(
        "captures.Run", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("replaces"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("decision on a model")
        verbose_name_plural = _("decisions on models")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verdict="refused") | ~Q(reason=""),
                name="refusal_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} · {self.run}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A decision is not changed; decide again.")
        super().save(*args, **kwargs)
