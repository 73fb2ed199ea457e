"""Those who carry an element: recognition, consent, and how it was handed down."""

from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.catalogue import signals
from heritage.catalogue.fields import ConceptField

from .authorities import Agent, Place
from .dated import Dated
from .decision import Decision
from .element import Element
from .record import LinkRow, Record

# What a consent may cover beyond name, craft and recognition.
SCOPES: Final = ("lineage", "life", "recordings")


class Bearer(Record):
    """A person recognised as carrying an element (传承人).

    Level, year and batch follow from the recognitions; how long a consent holds and what
    it opens follow from the consents.
    """

    kind = "bearer"

    class Status(models.TextChoices):
        LIVING = "living", _("living")
        DECEASED = "deceased", _("deceased")
        REVOKED = "revoked", _("recognition revoked")

    person = models.ForeignKey(
        Agent, models.PROTECT, related_name="bearings", verbose_name=_("person"),
        limit_choices_to={"type": "person"},
    )  # fmt: skip
    element = models.ForeignKey(
        Element, models.PROTECT, related_name="bearers", verbose_name=_("element")
    )
    number = models.CharField(
        _("bearer's number"), max_length=40, blank=True, help_text=_("as 03-1234")
    )
    level = ConceptField(_("level"), vocabulary="ich-level", blank=True)
    batch = models.PositiveSmallIntegerField(_("batch"), null=True, blank=True)
    generation = models.PositiveSmallIntegerField(
        _("generation"), null=True, blank=True
    )
    recognised_year = models.IntegerField(_("year recognised"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.LIVING
    )
    applicant = models.CharField(
        _("applicant"), max_length=200, blank=True, help_text=_("申报地区或单位")
    )
    region = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("region"),
    )  # fmt: skip
    practising_since = models.IntegerField(
        _("practising since (year)"), null=True, blank=True
    )
    works_zh = models.TextField(_("representative works (Chinese)"), blank=True)
    works_en = models.TextField(_("representative works (English)"), blank=True)
    activities_zh = models.TextField(_("teaching and shows (Chinese)"), blank=True)
    activities_en = models.TextField(_("teaching and shows (English)"), blank=True)
    consent_until = models.DateField(
        _("consent until"), null=True, blank=True,
        help_text=_("of a living person: without it the record cannot be released"),
    )  # fmt: skip
    open_lineage = models.BooleanField(
        _("shown in lineages"), default=True, editable=False
    )
    open_life = models.BooleanField(_("life is shown"), default=True, editable=False)
    open_recordings = models.BooleanField(
        _("recordings are shown"), default=True, editable=False
    )

    class Meta(Record.Meta):
        verbose_name = _("bearer")
        verbose_name_plural = _("bearers")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "element"], name="bearer_once_per_element"
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep closed what nobody has agreed to yet, and tell the person's own graph."""
        if self._state.adding and self.needs_consent and self.consent_until is None:
            for scope in SCOPES:
                setattr(self, f"open_{scope}", False)
        with transaction.atomic():
            super().save(*args, **kwargs)
            if kwargs.get("update_fields") is None:
                signals.changed.send(type(self.person), instance=self.person)

    @property
    def needs_consent(self) -> bool:
        return self.status != self.Status.DECEASED

    @property
    def has_consent(self) -> bool:
        until = self.consent_until
        return until is not None and until >= timezone.localdate()


class Recognition(Decision):
    """A person was recognised as bearer on one level, or the recognition was revoked."""

    class Verdict(models.TextChoices):
        RECOGNISED = "recognised", _("recognised")
        REVOKED = "revoked", _("recognition revoked")

    about = "bearer"
    decides = ("level", "recognised_year", "batch", "status")

    bearer = models.ForeignKey(
        Bearer, models.CASCADE, related_name="recognitions", verbose_name=_("bearer")
    )
    verdict = models.CharField(
        _("verdict"), max_length=10, choices=Verdict, default=Verdict.RECOGNISED
    )
    level = ConceptField(_("level"), vocabulary="ich-level", blank=True)
    batch = models.PositiveSmallIntegerField(_("batch"), null=True, blank=True)
    recognised_year = models.IntegerField(
        _("year"), null=True, blank=True, help_text=_("where the day is not known")
    )

    class Meta(Decision.Meta):
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        ordering = [
            F("recognised_year").asc(nulls_first=True),
            F("decided_on").asc(nulls_first=True),
            "pk",
        ]

    @property
    def told_when(self) -> date | int | None:
        return self.decided_on or self.recognised_year

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.recognised_year is None and self.decided_on is not None:
            self.recognised_year = self.decided_on.year
        super().save(*args, **kwargs)

    @property
    def is_positive(self) -> bool:
        return self.verdict == self.Verdict.RECOGNISED

    @property
    def outcome(self) -> dict[str, Any]:
        known = {"recognised_year": self.recognised_year, "batch": self.batch}
        return known | {"level": self.level if self.is_positive else ""}

    @classmethod
    def of(cls, subject: Any) -> "Recognition":
        return cls(
            bearer=subject,
            level=subject.level,
            batch=subject.batch,
            recognised_year=subject.recognised_year,
        )

    @classmethod
    def of_nothing(cls) -> dict[str, Any]:
        return {"level": "", "recognised_year": None, "batch": None}

    @classmethod
    def come_to(cls, subject: Any, standing: list["Recognition"]) -> dict[str, Any]:
        """The latest holds. A revocation is told by the status of who still lives."""
        values = super().come_to(subject, standing)
        status = Bearer.Status(subject.status)
        if status == Bearer.Status.DECEASED:
            return values
        is_revoked = bool(standing) and not standing[-1].is_positive
        status = Bearer.Status.REVOKED if is_revoked else Bearer.Status.LIVING
        return values | {"status": status.value}


class Consent(Decision):
    """What a bearer has agreed to, until when. Never public, and seen by curators only."""

    about = "bearer"
    decides = ("consent_until", *(f"open_{scope}" for scope in SCOPES))

    bearer = models.ForeignKey(
        Bearer, models.CASCADE, related_name="consents", verbose_name=_("bearer")
    )
    covers_lineage = models.BooleanField(
        _("masters and apprentices may be shown"), default=False
    )
    covers_life = models.BooleanField(
        _("life and work may be shown"), default=False,
        help_text=_("year of birth, ethnic group, region, years of practice, works"),
    )  # fmt: skip
    covers_recordings = models.BooleanField(_("recordings may be shown"), default=False)
    until = models.DateField(
        _("holds until"),
        help_text=_("a consent has an end: then the person is asked again"),
    )
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)

    class Meta(Decision.Meta):
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            *Decision.Meta.constraints,
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True) | Q(until__gte=F("decided_on")),
                name="consent_ends_after_it_is_given",
            ),
        ]

    def clean(self) -> None:
        if self.decided_on and self.decided_on > timezone.localdate():
            raise ValidationError({"decided_on": _("This day is still to come.")})

    @property
    def is_withdrawn(self) -> bool:
        return (
            self.withdrawn_on is not None and self.withdrawn_on <= timezone.localdate()
        )

    @property
    def is_current(self) -> bool:
        """It holds today."""
        return (
            self.stands and not self.is_withdrawn and self.until >= timezone.localdate()
        )

    @property
    def says_nothing(self) -> bool:
        return self.until is None

    @property
    def outcome(self) -> dict[str, Any]:
        opens = {f"open_{scope}": getattr(self, f"covers_{scope}") for scope in SCOPES}
        return {"consent_until": self.until, **opens}

    @classmethod
    def of(cls, subject: Any) -> "Consent":
        covers = {f"covers_{s}": getattr(subject, f"open_{s}") for s in SCOPES}
        return cls(bearer=subject, until=subject.consent_until, **covers)

    @classmethod
    def come_to(cls, subject: Any, standing: list["Consent"]) -> dict[str, Any]:
        """What is open is what some consent covers today.

        Of who has died nothing runs out, but what was never agreed to stays closed.
        """
        given = [row for row in standing if not row.is_withdrawn]
        is_past = not subject.needs_consent
        valid = given if is_past else [row for row in given if row.is_current]
        opens = {
            f"open_{scope}": any(getattr(row, f"covers_{scope}") for row in valid)
            or (is_past and not standing)
            for scope in SCOPES
        }
        until = max((row.until for row in given), default=None)
        return {"consent_until": until, **opens}


class Transmission(Dated, LinkRow):
    """Master to apprentice, for one element; each can be dated, sourced and disputed."""

    kind = "transmission"

    master = models.ForeignKey(
        Bearer,
        models.CASCADE,
        related_name="taught",
        verbose_name=pgettext_lazy("teacher", "master"),  # and not a model's master
    )
    apprentice = models.ForeignKey(
        Bearer, models.CASCADE, related_name="learned", verbose_name=_("apprentice")
    )
    way = ConceptField(
        _("way of handing down"), vocabulary="transmission-kind", blank=True
    )
    period_text = models.CharField(
        _("when, as written"), max_length=200, blank=True,
        help_text=_("as 1955-1966, 清光绪年间: kept verbatim, the years are read from it"),
    )  # fmt: skip
    begin_year = models.IntegerField(_("from year"), null=True, blank=True)
    end_year = models.IntegerField(_("to year"), null=True, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("place"),
    )  # fmt: skip
    source = models.CharField(_("source"), max_length=300, blank=True)
    is_disputed = models.BooleanField(_("disputed"), default=False)
    dissent = models.CharField(
        _("dissent"), max_length=500, blank=True, help_text=_("who disagreed, and why")
    )

    class Meta:
        verbose_name = _("transmission")
        verbose_name_plural = _("transmissions")
        constraints = [
            models.UniqueConstraint(
                fields=["master", "apprentice"], name="transmission_once_per_pair"
            ),
            models.CheckConstraint(
                condition=~Q(master=models.F("apprentice")),
                name="nobody_teaches_himself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.master} → {self.apprentice}"

    def clean(self) -> None:
        ends = (self.begin_year, self.end_year)
        if None not in ends and ends[0] > ends[1]:  # type: ignore[operator]
            raise ValidationError(
                {"end_year": _("It cannot end before it begins.")},
            )

    @property
    def ends(self) -> tuple[Record, ...]:
        return self.master, self.apprentice
