"""Decisions: who decided what, when and on what evidence, kept and never erased.

A record's own fields hold what follows from the decisions that stand (`actions/acts.py`).
One that was wrong is struck through with a reason, not deleted; the opinion of who did not
agree is kept beside it.
"""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heritage.lib.keys import new_key

from .authorities import Agent
from .record import Record, Tracked


class Decision(Tracked):
    """One decision on a record. `decides` names the fields of the record that it sets.

    `about` names the foreign key that leads to the record.
    """

    about: ClassVar[str] = "relic"
    decides: ClassVar[tuple[str, ...]] = ()

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    decided_on = models.DateField(
        _("decided on"), null=True, blank=True, help_text=_("empty: not known")
    )
    decided_by = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    people = models.CharField(
        _("people"), max_length=300, blank=True, help_text=_("as the paper names them")
    )
    evidence = models.CharField(
        _("evidence"), max_length=500, blank=True,
        help_text=_("the document, inscription or comparison it rests on"),
    )  # fmt: skip
    dissent = models.CharField(
        _("dissent"), max_length=500, blank=True, help_text=_("who disagreed, and why")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("recorded by"),
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    struck_at = models.DateTimeField(
        _("struck through"), null=True, blank=True, editable=False
    )
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("struck through by"),
    )  # fmt: skip
    struck_because = models.CharField(
        _("reason for striking it through"), max_length=300, blank=True
    )

    class Meta:
        abstract = True
        # An act of unknown date is the oldest: what is known of it is that it was.
        ordering = [F("decided_on").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True) | ~Q(struck_because=""),
                name="%(app_label)s_%(class)s_struck_for_a_reason",
            )
        ]

    def __str__(self) -> str:
        told = f"{self._meta.verbose_name} · {self.told_when or '?'}"
        return told if self.stands else f"{told} · {_('struck through')}"

    @property
    def subject(self) -> Record:
        """The record it is about."""
        subject: Record = getattr(self, self.about)
        return subject

    @property
    def told_when(self) -> date | int | None:
        """The day, or what is known of it."""
        return self.decided_on

    @property
    def stands(self) -> bool:
        return self.struck_at is None

    @property
    def outcome(self) -> dict[str, Any]:
        """What the record's fields become if this decision is the one that holds."""
        return {name: getattr(self, name) for name in self.columns()}

    @property
    def says_nothing(self) -> bool:
        """It says no more than what a record says before anybody has decided."""
        return self.outcome == self.of_nothing()

    @classmethod
    def of(cls, subject: Any) -> Self:
        """Say what the record's fields say now."""
        said = {name: getattr(subject, name) for name in cls.columns()}
        return cls(**{cls.about: subject}, **said)

    @classmethod
    def of_nothing(cls) -> dict[str, Any]:
        """What the record's fields are before anybody has decided."""
        model: Any = cls._meta.get_field(cls.about).related_model
        fields = [model._meta.get_field(name) for name in cls.decides]
        return {field.attname: field.get_default() for field in fields}

    @classmethod
    def columns(cls) -> list[str]:
        """Name what it decides as the database does: a record by its number."""
        return list(cls.of_nothing())

    @classmethod
    def come_to(cls, subject: Any, standing: list[Self]) -> dict[str, Any]:
        """Say what the decisions that stand, the latest last, make of the record."""
        return standing[-1].outcome if standing else cls.of_nothing()
