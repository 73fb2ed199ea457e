"""The ledger of a collection (藏品总登记账): appended to, struck through, never erased.

Entries name objects, people and vouchers in words, not by foreign key: the ledger
outlives the rows of the register. Each is sealed with a digest over itself and the one
before it (`sealing.py`).
"""

from typing import Any, Final, NoReturn

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection
from heritage.custody.errors import LedgerStays
from heritage.lib.keys import new_key

# The columns of a page, in its order.
COLUMNS: Final[dict[str, Any]] = {
    "register_no": _("General register number"),
    "class": _("Class"),
    "name": _("Name"),
    "period": _("Period"),
    "count": _("Count"),
    "size": _("Size and mass"),
    "material": _("Material"),
    "completeness": _("Completeness"),
    "grade": _("Grade"),
    "source": _("Source"),
    "note": _("Remark"),
}


class AppendOnly(models.QuerySet[Any]):
    """Rows that stay as they were written."""

    def update(self, **values: Any) -> NoReturn:
        raise LedgerStays

    def delete(self) -> NoReturn:
        raise LedgerStays


class Ledger(models.Model):
    """One book for each collection: its register numbers are unique in it."""

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    collection = models.OneToOneField(
        Collection, models.PROTECT, related_name="ledger", verbose_name=_("collection")
    )
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    last_number = models.PositiveIntegerField(_("entries"), default=0, editable=False)
    last_digest = models.CharField(
        _("digest of the last entry"), max_length=128, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("ledger")
        verbose_name_plural = _("ledgers")
        ordering = ["collection__name_zh"]
        permissions = [("direct_custody", "Directs the museum: approves above custody")]

    def __str__(self) -> str:
        return f"{_('Ledger')} · {self.collection}"


class LedgerEntry(models.Model):
    class Kind(models.TextChoices):
        ENTERED = "entered", _("entered")
        CORRECTED = "corrected", _("corrected")
        STRUCK = "struck", _("struck off")

    ledger = models.ForeignKey(
        Ledger, models.PROTECT, related_name="entries", verbose_name=_("ledger")
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    about = models.PositiveIntegerField(
        _("corrects or strikes number"), null=True, blank=True
    )
    relic_key = models.CharField(_("relic"), max_length=16, db_index=True)
    cells = models.JSONField(_("as written"), default=dict)
    struck = models.JSONField(_("struck through"), default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    voucher = models.CharField(_("voucher"), max_length=60, blank=True)
    by = models.CharField(_("by"), max_length=150)
    at = models.DateTimeField(_("at"))
    previous = models.CharField(_("digest before"), max_length=128, blank=True)
    digest = models.CharField(_("digest"), max_length=128)
    is_demo = models.BooleanField(_("generated for the demo"), default=False)

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["ledger", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["ledger", "number"], name="ledger_number_once"
            ),
            models.UniqueConstraint(
                fields=["ledger", "relic_key"],
                condition=Q(kind="entered"),
                name="relic_entered_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="entered", about__isnull=True)
                | (~Q(kind="entered") & Q(about__isnull=False) & ~Q(reason="")),
                name="ledger_struck_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise LedgerStays
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise LedgerStays
