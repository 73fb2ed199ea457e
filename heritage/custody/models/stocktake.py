"""Stocktaking: what should be in a store, and what was found there."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection, Relic
from heritage.lib.keys import new_key


class Stocktake(models.Model):
    class State(models.TextChoices):
        OPEN = "open", _("being counted")
        CLOSED = "closed", _("counted")
        ACCEPTED = "accepted", _("accepted")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="stocktakes",
        verbose_name=_("collection"),
    )  # fmt: skip
    store = models.CharField(
        _("store"), max_length=200,
        help_text=_("as locations begin: a store, or a store and a cabinet"),
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+",
        verbose_name=_("started by"),
    )  # fmt: skip
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("accepted by"),
    )  # fmt: skip
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)

    class Meta:
        verbose_name = _("stocktaking")
        verbose_name_plural = _("stocktakings")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.store} · {timezone.localtime(self.started_at):%Y-%m-%d}"


class StocktakeLine(models.Model):
    """One object: expected here, or found here though expected elsewhere."""

    class State(models.TextChoices):
        WAITING = "waiting", _("not seen yet")
        FOUND = "found", _("found")
        MISPLACED = "misplaced", _("misplaced")
        MISSING = "missing", _("missing")
        OUT = "out", _("out on a slip")

    DIFFERING: ClassVar = (State.MISPLACED, State.MISSING)

    stocktake = models.ForeignKey(
        Stocktake, models.CASCADE, related_name="lines", verbose_name=_("stocktaking")
    )
    relic = models.ForeignKey(
        Relic, models.PROTECT, related_name="stocktake_lines", verbose_name=_("relic")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.WAITING
    )
    expected_at = models.CharField(_("expected at"), max_length=200, blank=True)
    found_at = models.CharField(_("found at"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("seen by"),
    )  # fmt: skip
    is_accepted = models.BooleanField(_("difference accepted"), default=False)

    class Meta:
        verbose_name = _("line of a stocktaking")
        verbose_name_plural = _("lines of stocktakings")
        ordering = ["stocktake", "expected_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["stocktake", "relic"], name="relic_once_in_a_stocktaking"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("found", "misplaced"))
                | Q(seen_at__isnull=False),
                name="what_was_found_was_seen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.relic} · {self.get_state_display()}"

    @property
    def was_left(self) -> bool:
        """Tell whether the object had moved on when the differences were accepted."""
        is_over = self.stocktake.state == Stocktake.State.ACCEPTED
        return is_over and self.state in self.DIFFERING and not self.is_accepted
