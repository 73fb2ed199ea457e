"""How the frame of one master leads to that of the one that replaced it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models.record import Tracked

from .whom import by_whom


class MasterMotion(Tracked):
    """What was placed on one master is found on another through this, once confirmed.

    `matrix` : 4x4, rigid, metres, from the frame of `before` to that of `after`
    """

    class Basis(models.TextChoices):
        SCANS = "scans", _("the same scans lie in both")
        SURFACE = "surface", _("the surfaces were laid on each other")

    before = models.ForeignKey(
        "captures.Run",
        models.CASCADE,
        related_name="+",
        verbose_name=_("master before"),
    )
    after = models.ForeignKey(
        "captures.Run", models.CASCADE, related_name="ways_here",
        verbose_name=_("master after"),
    )  # fmt: skip
    matrix = models.JSONField(_("transform"))
    basis = models.CharField(_("found by"), max_length=8, choices=Basis)
    # Standard uncertainty, and of the surface the share that agrees where it was laid.
    uncertainty_mm = models.FloatField(_("uncertainty (mm)"), null=True, blank=True)
    agreeing_share = models.FloatField(_("share that agrees"), null=True, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = by_whom(_("confirmed by"))

    class Meta:
        verbose_name = _("way from one master to the next")
        verbose_name_plural = _("ways from one master to the next")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["before", "after"], name="one_way_between_two_masters"
            ),
            models.CheckConstraint(
                condition=~Q(before=F("after")), name="a_way_joins_two_masters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
