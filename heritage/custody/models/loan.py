"""Loans in and out: who, what, until when, insured how."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Agent, Collection, Relic
from heritage.lib.keys import new_key


class Loan(models.Model):
    class Direction(models.TextChoices):
        IN = "in", _("lent to us")
        OUT = "out", _("lent by us")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="loans", verbose_name=_("collection")
    )
    direction = models.CharField(_("direction"), max_length=5, choices=Direction)
    partner = models.ForeignKey(
        Agent,
        models.PROTECT,
        related_name="loans",
        verbose_name=_("lender or borrower"),
    )
    contract_no = models.CharField(_("contract"), max_length=120, blank=True)
    purpose = models.CharField(_("purpose"), max_length=300)
    begins_on = models.DateField(_("begins"))
    due_on = models.DateField(_("due back"))
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    insured_value = models.DecimalField(
        _("insured value"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="CNY")
    insurer = models.CharField(_("insurer and policy"), max_length=300, blank=True)
    terms = models.TextField(_("terms"), blank=True)
    relics = models.ManyToManyField(
        Relic, related_name="loans", verbose_name=_("objects"), blank=True
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("recorded by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        ordering = ["-begins_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("begins_on")), name="loan_due_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("begins_on")),
                name="loan_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(insured_value__isnull=True) | Q(insured_value__gte=0),
                name="loan_value_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_direction_display()} · {self.partner} · {self.begins_on}"

    @property
    def days_overdue(self) -> int:
        if self.ended_on is not None:
            return 0
        return max(0, (timezone.localdate() - self.due_on).days)
