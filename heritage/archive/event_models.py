"""The log of preservation: PREMIS 3 events and agents, appended to, never edited."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key

from .errors import EventsStay


class AppendOnly(models.QuerySet[Any]):
    """Rows that stay as they were written."""

    def update(self, **values: Any) -> NoReturn:
        raise EventsStay

    def delete(self) -> NoReturn:
        raise EventsStay


class PreservationAgent(models.Model):
    """Who or what had a part in an event."""

    class Type(models.TextChoices):
        PERSON = "person", _("person")
        SOFTWARE = "software", _("software")

    type = models.CharField(_("type"), max_length=10, choices=Type)
    name = models.CharField(_("name"), max_length=150)
    version = models.CharField(_("version"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("preservation agent")
        verbose_name_plural = _("preservation agents")
        constraints = [
            models.UniqueConstraint(
                fields=["type", "name", "version"], name="preservation_agent_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class PreservationEvent(models.Model):
    """Something that was done to a deposit, a file or a record.

    It names them by key, not by foreign key: the log outlives the rows.
    """

    class Type(models.TextChoices):
        INGESTION = "ingestion", _("ingestion")
        DIGEST = "message digest calculation", _("digest calculation")
        FIXITY = "fixity check", _("fixity check")
        REPLICATION = "replication", _("replication")
        DERIVATION = "derivation", _("derivation")
        ACCESSION = "accession", _("given to a record")
        ACCESS_REMOVED = "deletion of access", _("deletion of access")
        ACCESS_RESTORED = "restoration of access", _("restoration of access")
        DELETION = "deletion", _("deletion")
        QUARANTINE = "quarantine", _("quarantine")
        REPAIR = "repair", _("repair")
        PACKAGE = "dissemination", _("package handed out")

    class Outcome(models.TextChoices):
        SUCCESS = "success", _("success")
        WARNING = "warning", _("warning")
        FAILURE = "failure", _("failure")

    class Subject(models.TextChoices):
        DEPOSIT = "deposit", _("deposit")
        FILE = "file", _("file")
        RECORD = "record", _("record")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    type = models.CharField(_("type"), max_length=30, choices=Type)
    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    subject_type = models.CharField(_("of"), max_length=10, choices=Subject)
    subject_key = models.CharField(
        _("key of what it was done to"), max_length=120, db_index=True
    )
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=Outcome, default=Outcome.SUCCESS
    )
    detail = models.JSONField(_("detail"), default=dict, blank=True)
    program = models.ForeignKey(
        PreservationAgent, models.PROTECT, related_name="+", verbose_name=_("program")
    )
    person = models.ForeignKey(
        PreservationAgent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("person"),
    )  # fmt: skip

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("preservation event")
        verbose_name_plural = _("preservation events")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.subject_type}/{self.subject_key}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise EventsStay
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise EventsStay
