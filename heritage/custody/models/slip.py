"""Slips of use and return (提用, 归库): no object leaves a store without one."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField
from heritage.catalogue.models import Collection, Relic

from .approval import Rank
from .request import Request


class Slip(Request):
    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        OUT = "out", _("handed out")
        RETURNED = "returned", _("returned")
        CANCELLED = "cancelled", _("cancelled")

    class Purpose(models.TextChoices):
        EXHIBITION = "exhibition", _("exhibition")
        RESEARCH = "research", _("research")
        CONSERVATION = "conservation", _("conservation")
        DIGITIZATION = "digitization", _("photography or scanning")
        LOAN = "loan", _("loan")
        OTHER = "other", _("other")

    chains = {"first": (Rank.HEAD, Rank.DIRECTOR)}

    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="slips", verbose_name=_("collection")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.REQUESTED, db_index=True
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    note = models.CharField(_("note"), max_length=500, blank=True)
    destination = models.CharField(_("goes to"), max_length=200)
    receiver = models.CharField(_("received by"), max_length=150)
    due_on = models.DateField(_("due back"))
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("handed out by"),
    )  # fmt: skip
    handed_at = models.DateTimeField(_("handed out"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("slip of use")
        verbose_name_plural = _("slips of use")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "number"], name="slip_number_once"
            )
        ]

    @property
    def subjects(self) -> list[Relic]:
        return [item.relic for item in self.items.select_related("relic")]

    @property
    def is_overdue(self) -> bool:
        return self.state == self.State.OUT and self.due_on < timezone.localdate()

    @property
    def days_overdue(self) -> int:
        today: date = timezone.localdate()
        return max(0, (today - self.due_on).days) if self.is_overdue else 0


class SlipItem(models.Model):
    """One object on a slip: its condition and its place, both ways."""

    slip = models.ForeignKey(
        Slip, models.CASCADE, related_name="items", verbose_name=_("slip")
    )
    relic = models.ForeignKey(
        Relic, models.PROTECT, related_name="slip_items", verbose_name=_("relic")
    )
    is_out = models.BooleanField(_("is out"), default=False)
    taken_from = models.CharField(_("taken from"), max_length=200, blank=True)
    condition_out = ConceptField(
        _("condition when handed out"), vocabulary="completeness", blank=True
    )
    note_out = models.CharField(_("remark when handed out"), max_length=500, blank=True)
    returned_to = models.CharField(_("returned to"), max_length=200, blank=True)
    condition_in = ConceptField(
        _("condition when returned"), vocabulary="completeness", blank=True
    )
    note_in = models.CharField(_("remark when returned"), max_length=500, blank=True)
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("taken back by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("object on a slip")
        verbose_name_plural = _("objects on slips")
        ordering = ["slip", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slip", "relic"], name="relic_once_on_a_slip"
            ),
            models.UniqueConstraint(
                fields=["relic"], condition=Q(is_out=True), name="relic_out_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slip} · {self.relic}"
