"""What visitors ask of the museum: files of a relic, and that a mistake be mended.

What a visitor writes is a private matter, and so is the answer: neither is in any copy of
the archive, and both are taken away some months later (`due.py`).
"""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.captures.models import Capture
from heritage.catalogue.dashboard import record_models
from heritage.catalogue.models import Collection, Record, RecordEvent, Relic
from heritage.lib.keys import new_key

from .bundle_models import IssuedBundle

__all__ = ["ErrorReport", "IssuedBundle", "ModelRequest"]

Tier = Capture.Tier


class Asked(models.Model):
    """What both kinds have: a key, an address to answer to, who dealt with it."""

    key = models.CharField(
        _("number"), max_length=16, unique=True, default=new_key, editable=False
    )
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=10, editable=False, default="zh-hans")
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    handled_at = models.DateTimeField(_("answered"), null=True, editable=False)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False,
        related_name="+", verbose_name=_("answered by"),
    )  # fmt: skip

    class Meta:
        abstract = True
        ordering = ["-asked_at", "-pk"]


class ModelRequests(QuerySet["ModelRequest"]):
    def in_force(self, today: date | None = None) -> "ModelRequests":
        """Keep those whose files may be fetched today: a withdrawal ends a grant."""
        today = today or timezone.localdate()
        withdrawn = RecordEvent.objects.filter(
            record_kind=Relic.kind,
            record_key=OuterRef("relic__key"),
            verb=RecordEvent.Verb.WITHDRAWN,
            at__gte=OuterRef("handled_at"),
        )
        granted = self.filter(state=ModelRequest.State.GRANTED, until__gte=today)
        return granted.exclude(Exists(withdrawn))

    def open_in(self, collection: Collection) -> "ModelRequests":
        rows = self.filter(state=ModelRequest.State.OPEN)
        return rows.filter(relic__collection=collection)


class ModelRequest(Asked):
    """Somebody asks for files of a relic that not everybody gets."""

    kind = "model-request"
    private_fields = ("name", "organisation", "email", "purpose", "reply")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    class Wish(models.TextChoices):
        """As a capture's tiers: each holds what the one before it does."""

        SCREEN = Tier.SCREEN.value, _("models for screens")
        PRINT = Tier.PRINT.value, _("also files for 3D printing")
        FULL = Tier.FULL.value, _("also the model in full resolution")

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="+", verbose_name=_("relic")
    )
    name = models.CharField(_("who asks"), max_length=100, blank=True)
    organisation = models.CharField(_("institution"), max_length=200, blank=True)
    purpose = models.TextField(_("what for"), max_length=2000, blank=True)
    wish = models.CharField(_("asked for"), max_length=10, choices=Wish)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN, editable=False
    )
    grant = models.CharField(
        _("granted files"), max_length=10, choices=Wish, blank=True,
        help_text=_("empty: what was asked for"),
    )  # fmt: skip
    until = models.DateField(
        _("link good until"), null=True, blank=True, help_text=_("empty: for 30 days")
    )
    reply = models.TextField(
        _("answer to the visitor"), max_length=2000, blank=True,
        help_text=_("goes to who asked"),
    )  # fmt: skip

    objects = ModelRequests.as_manager()

    class Meta(Asked.Meta):
        verbose_name = _("request for models")
        verbose_name_plural = _("requests for models")

    def __str__(self) -> str:
        return f"{self.relic} ({self.key})"


class ErrorReports(QuerySet["ErrorReport"]):
    def open_in(self, collection: Collection) -> "ErrorReports":
        return self.filter(state=ErrorReport.State.OPEN, collection=collection)


class ErrorReport(Asked):
    """Somebody has found a mistake on a public page."""

    kind = "error-report"
    private_fields = ("email", "text", "note")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        MENDED = "mended", _("mended")
        DISMISSED = "dismissed", _("no mistake")

    collection = models.ForeignKey(
        Collection, models.CASCADE, related_name="+", verbose_name=_("collection")
    )
    record_kind = models.CharField(_("kind"), max_length=20)
    record_key = models.CharField(_("record"), max_length=16, db_index=True)
    text = models.TextField(_("what is wrong"), max_length=2000)
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.OPEN, editable=False
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)

    objects = ErrorReports.as_manager()

    class Meta(Asked.Meta):
        verbose_name = _("reported mistake")
        verbose_name_plural = _("reported mistakes")

    def __str__(self) -> str:
        return f"{self.record_kind}/{self.record_key} ({self.key})"

    def find_record(self) -> Record | None:
        """Give what the report is about; None if it is no more."""
        kinds = {model.kind: model for model in record_models()}
        model = kinds.get(self.record_kind)
        rows = model._default_manager.filter(key=self.record_key) if model else ()
        return next(iter(rows), None)
