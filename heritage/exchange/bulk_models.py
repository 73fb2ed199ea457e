"""One change of many relics, and what came of each of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .work import Work


class BulkChange(Work):
    """The same done to many relics: `steps` say what, a file in the work folder to which."""

    steps = models.JSONField(_("what is done"), default=list)
    public = models.PositiveIntegerField(_("of them public"), default=0)

    class Meta(Work.Meta):
        verbose_name = _("change of many relics")
        verbose_name_plural = _("changes of many relics")

    def __str__(self) -> str:
        return self.key

    @property
    def may_undo(self) -> bool:
        """Also once more, where relics refused it that may no longer."""
        undone = self.state == self.State.UNDONE
        return super().may_undo or (undone and self.refused_undo.exists())

    @property
    def refused_undo(self) -> models.QuerySet["ChangedRecord"]:
        return self.results.filter(undo=ChangedRecord.Undo.REFUSED)


class ChangedRecord(models.Model):
    """What came of one relic; `before` takes it back, `after` tells what came later.

    Both hold `columns` by name, and `rows` by relation: what else stood in them by term.
    """

    class Verdict(models.TextChoices):
        CHANGED = "changed", pgettext_lazy("row", "changed")
        UNCHANGED = "unchanged", pgettext_lazy("row", "unchanged")
        REFUSED = "refused", pgettext_lazy("row", "refused")

    class Undo(models.TextChoices):
        NOT_YET = "", _("no")
        TAKEN_BACK = "taken-back", _("taken back")
        PARTLY = "partly", _("taken back but for what was edited since")
        EDITED = "edited", _("edited since, left as it is")
        REFUSED = "refused", _("not taken back: it was refused")

    change = models.ForeignKey(
        BulkChange, models.CASCADE, related_name="results", verbose_name=_("change")
    )
    place = models.PositiveIntegerField(_("place among those chosen"))
    relic_key = models.CharField(_("relic"), max_length=16, blank=True)
    verdict = models.CharField(_("result"), max_length=10, choices=Verdict)
    faults = models.JSONField(_("what is wrong"), default=list, blank=True)
    before = models.JSONField(_("before"), default=dict, blank=True)
    after = models.JSONField(_("after"), default=dict, blank=True)
    acts = models.JSONField(_("acts"), default=list, blank=True)
    undo = models.CharField(
        _("taken back"), max_length=10, choices=Undo, blank=True, default=Undo.NOT_YET
    )

    class Meta:
        verbose_name = _("changed relic")
        verbose_name_plural = _("changed relics")
        ordering = ["change", "place"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "place"], name="one_result_a_changed_relic"
            )
        ]
        indexes = [models.Index(fields=["change", "verdict", "place"])]

    def __str__(self) -> str:
        return f"{self.relic_key} {self.get_verdict_display()}"
