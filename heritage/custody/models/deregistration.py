"""Deregistration (注销): a kind of issue that is approved above the museum."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Relic

from .approval import Rank
from .request import Request

INSIDE = (Rank.HEAD, Rank.DIRECTOR)


class Deregistration(Request):
    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        DONE = "done", _("deregistered")

    class Reason(models.TextChoices):
        TRANSFER = "transfer", _("transferred")
        EXCHANGE = "exchange", _("exchanged")
        RETURN = "return", _("returned to its owner")
        UNFIT = "unfit", _("not fit for the collection")
        DESTROYED = "destroyed", _("destroyed")
        LOST = "lost", _("lost")
        OTHER = "other", _("other")

    # The first grade goes up to the state's administration, all else to the superior
    # authority (standards 2.4).
    chains = {"first": (*INSIDE, Rank.STATE)}
    others = (*INSIDE, Rank.AUTHORITY)

    relic = models.ForeignKey(
        Relic, models.PROTECT, related_name="deregistrations", verbose_name=_("relic")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.REQUESTED
    )
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    note = models.CharField(_("explanation"), max_length=500)
    destination = models.CharField(_("goes to"), max_length=200, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("struck off by"),
    )  # fmt: skip
    done_at = models.DateTimeField(_("deregistered"), null=True, blank=True)

    class Meta:
        verbose_name = _("deregistration")
        verbose_name_plural = _("deregistrations")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relic"],
                condition=Q(state__in=("requested", "approved", "done")),
                name="relic_deregistered_once",
            ),
            models.CheckConstraint(
                condition=~Q(note=""), name="deregistered_for_a_reason"
            ),
        ]

    @property
    def subjects(self) -> list[Relic]:
        return [self.relic]

    @property
    def voucher(self) -> str:
        """Its number as the ledger names it."""
        return f"注销 {self.number}"
