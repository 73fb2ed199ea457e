"""What a person did where the machine could not: one row an act, in order, never erased."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models.record import Tracked

from .whom import by_whom


class HandAct(Tracked):
    """One act on a capture's scans. Undoing dates it; what stands makes the next run."""

    class Kind(models.TextChoices):
        LEAVE_OUT = "leave-out", _("left a scan out")
        TAKE_IN = "take-in", _("took a scan in again")
        POINT = "point", _("picked a place that two scans share")
        PAIR = "pair", _("placed a scan by places that two share")
        BOX = "box", _("cut with a box")
        PLANE = "plane", _("cut with a plane")
        HOLES = "holes", _("decided on holes")

    capture = models.ForeignKey(
        "captures.Capture", models.CASCADE, related_name="hand_acts",
        verbose_name=_("capture"),
    )  # fmt: skip
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("act"), max_length=12, choices=Kind)
    data = models.JSONField(_("what was said"), default=dict)
    # Of each scan that it speaks of: the digest of its file, its unit (`ties.py`).
    scans = models.JSONField(_("scans it was said of"), default=dict, editable=False)
    by = by_whom(_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = by_whom(_("undone by"))

    class Meta:
        verbose_name = _("act by hand")
        verbose_name_plural = _("acts by hand")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["capture", "number"], name="hand_act_once_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_kind_display()}"


class ChangeRecord(Tracked):
    """A comparison of two masters that was kept as a check of the relic's condition."""

    run = models.OneToOneField(
        "captures.Run", models.PROTECT, related_name="change_record",
        verbose_name=_("comparison"),
    )  # fmt: skip
    check_key = models.CharField(_("condition check"), max_length=16)
    by = by_whom(_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("recorded change")
        verbose_name_plural = _("recorded changes")

    def __str__(self) -> str:
        return str(self.run)
