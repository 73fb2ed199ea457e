"""Intangible heritage: elements, their bearers and how they were handed down."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from heritage.catalogue.fields import ConceptField

from .authorities import Agent, Place
from .record import LinkRow, Record
from .relic import Relic


class Element(Record):
    """A listed practice (非遗项目)."""

    kind = "element"

    code = models.CharField(
        _("code"), max_length=20, blank=True, help_text=_("as Ⅷ-9: category and serial")
    )
    category = ConceptField(_("category"), vocabulary="ich-category")
    level = ConceptField(_("level"), vocabulary="ich-level", blank=True)
    listed_year = models.IntegerField(_("year listed"), null=True, blank=True)
    batch = models.PositiveSmallIntegerField(_("batch"), null=True, blank=True)
    region = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="elements",
        verbose_name=_("region"),
    )  # fmt: skip
    protection_unit = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="elements_protected",
        verbose_name=_("protection unit"),
    )  # fmt: skip

    class Meta(Record.Meta):
        verbose_name = _("intangible element")
        verbose_name_plural = _("intangible elements")


class Bearer(Record):
    """A person recognised as carrying an element (传承人)."""

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
    level = ConceptField(_("level"), vocabulary="ich-level", blank=True)
    generation = models.PositiveSmallIntegerField(
        _("generation"), null=True, blank=True
    )
    recognised_year = models.IntegerField(_("year recognised"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.LIVING
    )
    consent_until = models.DateField(
        _("consent until"), null=True, blank=True,
        help_text=_("of a living person: without it the record cannot be released"),
    )  # fmt: skip

    class Meta(Record.Meta):
        verbose_name = _("bearer")
        verbose_name_plural = _("bearers")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["person", "element"], name="bearer_once_per_element"
            ),
        ]


class Transmission(LinkRow):
    """Master to apprentice, for one element; each can be dated and sourced."""

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
    begin_year = models.IntegerField(_("from year"), null=True, blank=True)
    end_year = models.IntegerField(_("to year"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)

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

    @property
    def ends(self) -> tuple[Record, ...]:
        return self.master, self.apprentice


class TechniqueOf(LinkRow):
    """An element's craft made this relic: the bridge between the two registers."""

    kind = "technique-of"

    element = models.ForeignKey(
        Element, models.CASCADE, related_name="made", verbose_name=_("element")
    )
    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="techniques", verbose_name=_("relic")
    )
    note = models.CharField(_("evidence"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("craft of a relic")
        verbose_name_plural = _("crafts of relics")
        constraints = [
            models.UniqueConstraint(
                fields=["element", "relic"], name="technique_once_per_relic"
            )
        ]

    def __str__(self) -> str:
        return f"{self.element} → {self.relic}"

    @property
    def ends(self) -> tuple[Record, ...]:
        return self.element, self.relic
