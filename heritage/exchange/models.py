"""Mappings, loads and what came of each row; what a source said; doubts and proposals."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.catalogue.models import Collection, Relic
from heritage.lib.plain_json import PlainJSON

from .bulk_models import BulkChange, ChangedRecord
from .work import Work

__all__ = [
    "BulkChange",
    "ChangedRecord",
    "Doubt",
    "Load",
    "LoadedRow",
    "Mapping",
    "SourceRecord",
    "Work",
]


class Mapping(models.Model):
    """How the columns of a table become fields. A version is never changed."""

    name = models.SlugField(_("name"), max_length=60)
    version = models.PositiveIntegerField(_("version"), default=1)
    document = models.JSONField(_("mapping"), default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        verbose_name=_("by"), related_name="+",
    )  # fmt: skip
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("mapping")
        verbose_name_plural = _("mappings")
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "version"], name="mapping_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.version}"


class Load(Work):
    """One table on its way into a collection."""

    fetched = ("collection", "mapping", "created_by", "undone_by")

    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="+", verbose_name=_("collection")
    )
    mapping = models.ForeignKey(
        Mapping, models.PROTECT, null=True, blank=True, related_name="loads",
        verbose_name=_("mapping"),
    )  # fmt: skip
    file_name = models.CharField(_("file"), max_length=255)
    digest = models.CharField(_("SHA-256"), max_length=64, blank=True)
    encoding = models.CharField(_("encoding"), max_length=20, blank=True)
    columns = models.JSONField(_("columns"), default=list)

    class Meta(Work.Meta):
        verbose_name = _("load")
        verbose_name_plural = _("loads")

    def __str__(self) -> str:
        return f"{self.file_name} · {self.key}"


class SourceRecord(models.Model):
    """What one table says of a relic: all its columns as they came, mapped or not."""

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="sources", verbose_name=_("relic")
    )
    collection = models.ForeignKey(
        Collection, models.PROTECT, related_name="+", verbose_name=_("collection")
    )
    source = models.CharField(_("source"), max_length=60)
    table = models.CharField(_("mapping"), max_length=60)
    identifier = models.CharField(_("identifier there"), max_length=200)
    cells = models.JSONField(_("columns as they came"), default=dict, encoder=PlainJSON)
    said = models.JSONField(
        _("what the mapping made of them"), default=dict, encoder=PlainJSON
    )
    load = models.ForeignKey(
        Load, models.SET_NULL, null=True, blank=True, related_name="sources",
        verbose_name=_("load"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("source data")
        verbose_name_plural = _("source data")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "source", "identifier", "table"],
                name="source_identifier_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.identifier}"


class LoadedRow(models.Model):
    """What came of one row of a load; `before` takes a change back."""

    class Verdict(models.TextChoices):
        CREATED = "created", pgettext_lazy("row", "created")
        CHANGED = "changed", pgettext_lazy("row", "changed")
        UNCHANGED = "unchanged", pgettext_lazy("row", "unchanged")
        REFUSED = "refused", pgettext_lazy("row", "refused")

    class Undo(models.TextChoices):
        NOT_YET = "", _("no")
        TAKEN_BACK = "taken-back", _("taken back")
        EDITED = "edited", _("edited since, left as it is")

    load = models.ForeignKey(
        Load, models.CASCADE, related_name="results", verbose_name=_("load")
    )
    place = models.PositiveIntegerField(_("place in the file"))
    number = models.PositiveIntegerField(_("row"))
    file = models.CharField(_("file"), max_length=255, blank=True)
    identifier = models.CharField(_("identifier"), max_length=200, blank=True)
    verdict = models.CharField(_("result"), max_length=10, choices=Verdict)
    relic_key = models.CharField(_("relic"), max_length=16, blank=True)
    faults = models.JSONField(
        _("what is wrong"), default=list, blank=True, encoder=PlainJSON
    )
    doubts = models.PositiveIntegerField(_("doubts"), default=0)
    cells = models.JSONField(
        _("cells of a refused row"), default=dict, blank=True, encoder=PlainJSON
    )
    before = models.JSONField(_("before"), default=dict, blank=True, encoder=PlainJSON)
    left_version = models.PositiveIntegerField(
        _("edit version after it"), null=True, blank=True
    )
    undo = models.CharField(
        _("taken back"), max_length=10, choices=Undo, blank=True, default=Undo.NOT_YET
    )

    class Meta:
        verbose_name = _("result of a row")
        verbose_name_plural = _("results of rows")
        ordering = ["load", "place"]
        constraints = [
            models.UniqueConstraint(fields=["load", "place"], name="one_result_a_row")
        ]
        indexes = [models.Index(fields=["load", "verdict", "place"])]

    def __str__(self) -> str:
        return f"{self.number} {self.get_verdict_display()}"


class Doubt(models.Model):
    """A flag on a relic with a proposal that a curator accepts or puts aside."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        DISMISSED = "dismissed", _("put aside")

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="doubts", verbose_name=_("relic")
    )
    load = models.ForeignKey(
        Load, models.SET_NULL, null=True, blank=True, related_name="doubts",
        verbose_name=_("load"),
    )  # fmt: skip
    code = models.CharField(_("kind"), max_length=40)
    field = models.CharField(_("field"), max_length=60)
    literal = models.CharField(_("as written"), max_length=300, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True, encoder=PlainJSON)
    proposal = models.JSONField(
        _("proposal"), default=dict, blank=True, encoder=PlainJSON
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN
    )
    before = models.JSONField(_("before"), default=dict, blank=True, encoder=PlainJSON)
    together = models.CharField(_("settled together"), max_length=16, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True,
        verbose_name=_("settled by"), related_name="+",
    )  # fmt: skip
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    class Meta:
        verbose_name = _("doubt")
        verbose_name_plural = _("doubts")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["code", "field", "literal"],
                condition=Q(state="open"),
                name="open_doubts_alike",
            ),
            models.Index(
                fields=["together"], condition=~Q(together=""), name="settled_together"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.literal}"

    @property
    def alike(self) -> dict[str, Any]:
        """What open doubts have in common that one answer settles."""
        return {"code": self.code, "field": self.field, "literal": self.literal}
