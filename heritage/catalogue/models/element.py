"""Intangible heritage: elements as listed, their sub-items, and what is told of them."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField, concept_label
from heritage.catalogue.ich_codes import (
    is_code,
    is_division,
    is_project,
    normalise_code,
    normalise_project,
    numeral_of,
)
from heritage.catalogue.vocabularies import load
from heritage.lib.keys import new_key
from knowledge_graph.vocabulary import broad_matches

from .authorities import Agent, Place
from .decision import Decision
from .record import LinkRow, Record, Tracked
from .relic import Relic


class Element(Record):
    """A listed practice (非遗项目). Level, year and batch follow from its listings."""

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

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = normalise_code(self.code)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        self.code = normalise_code(self.code)
        if not self.code:
            return
        if not is_code(self.code):
            raise ValidationError(
                {"code": _("A code is a Roman numeral, a hyphen and a number, as Ⅷ-9.")}
            )
        if self.category and numeral_of(self.code) != _numeral(self.category):
            raise ValidationError(
                {"code": _("The numeral of the code is that of another category.")}
            )

    @property
    def all_domains(self) -> list[str]:
        """Domains of the 2003 Convention: those chosen, else those of its category."""
        chosen = sorted(row.domain for row in self.domains.all())
        return chosen or list(broad_matches("ich-category", self.category))


def list_order() -> tuple[Any, ...]:
    """Sort elements as the lists do: by category, and Ⅷ-9 before Ⅷ-28; coded ones first.

    Within a category all codes begin alike, so the shorter one is the smaller number.
    """
    concepts = load("ich-category").concepts
    ranks = (When(category=one.slug, then=n) for n, one in enumerate(concepts))
    rank = Case(*ranks, default=len(concepts), output_field=models.IntegerField())
    uncoded = Case(When(code="", then=1), default=0, output_field=models.IntegerField())
    return rank, uncoded, Length("code"), "code", "pk"


def _numeral(category: str) -> str:
    concepts = load("ich-category")
    return concepts[category].notation if category in concepts else ""


class ElementPart(Tracked):
    """A sub-item (子项): one applicant's share of an element, new or an extension."""

    class Kind(models.TextChoices):
        NEW = "new", _("new item (新增项目)")
        EXTENSION = "extension", _("extension (扩展项目)")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    element = models.ForeignKey(
        Element, models.CASCADE, related_name="parts", verbose_name=_("element")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.NEW)
    name_zh = models.CharField(_("name (Chinese)"), max_length=300)
    name_en = models.CharField(_("name (English)"), max_length=300, blank=True)
    batch = models.PositiveSmallIntegerField(_("batch"), null=True, blank=True)
    year = models.IntegerField(_("year"), null=True, blank=True)
    applicant = models.CharField(
        _("applicant"), max_length=200, blank=True, help_text=_("申报地区或单位")
    )
    division_code = models.CharField(
        _("division code"),
        max_length=6,
        blank=True,
        help_text=_("GB/T 2260, as 440100"),
    )
    project_number = models.CharField(
        _("project number"),
        max_length=40,
        blank=True,
        help_text=_("as Ⅷ-009_02_440100"),
    )
    region = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("region"),
    )  # fmt: skip
    protection_unit = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("protection unit"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("sub-item")
        verbose_name_plural = _("sub-items and extensions")
        ordering = [F("batch").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["element", "name_zh", "applicant"],
                name="part_once_per_element_and_applicant",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} ({self.applicant})" if self.applicant else self.name_zh

    def clean(self) -> None:
        self.project_number = normalise_project(self.project_number)
        if self.project_number and not is_project(self.project_number):
            raise ValidationError(
                {"project_number": _("A project number reads as Ⅷ-009_02_440100.")}
            )
        if self.division_code and not is_division(self.division_code):
            raise ValidationError(
                {"division_code": _("A division code has six digits, as 440100.")}
            )


class ElementListing(Decision):
    """The element, or one of its sub-items, was put on a list."""

    about = "element"
    decides = ("level", "listed_year", "batch")

    element = models.ForeignKey(
        Element, models.CASCADE, related_name="listings", verbose_name=_("element")
    )
    part = models.ForeignKey(
        ElementPart, models.SET_NULL, null=True, blank=True, related_name="listings",
        verbose_name=_("sub-item"),
    )  # fmt: skip
    level = ConceptField(_("level"), vocabulary="ich-level", blank=True)
    unesco_list = ConceptField(_("UNESCO list"), vocabulary="unesco-list", blank=True)
    batch = models.PositiveSmallIntegerField(_("batch"), null=True, blank=True)
    listed_year = models.IntegerField(
        _("year listed"),
        null=True,
        blank=True,
        help_text=_("where the day is not known"),
    )
    code = models.CharField(
        _("code on this list"),
        max_length=40,
        blank=True,
        help_text=_("where it differs"),
    )

    class Meta(Decision.Meta):
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = [
            F("listed_year").asc(nulls_first=True),
            F("decided_on").asc(nulls_first=True),
            "pk",
        ]
        constraints = [
            *Decision.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(level="") & ~Q(unesco_list=""))
                | (~Q(level="") & Q(unesco_list="")),
                name="listing_names_one_list",
            ),
        ]

    @property
    def told_when(self) -> date | int | None:
        return self.decided_on or self.listed_year

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.listed_year is None and self.decided_on is not None:
            self.listed_year = self.decided_on.year
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if bool(self.level) == bool(self.unesco_list):
            raise ValidationError(_("A listing names a level or a UNESCO list: one."))
        if self.part is not None and self.part.element_id != self.element_id:
            raise ValidationError({"part": _("This sub-item is of another element.")})

    @classmethod
    def come_to(cls, subject: Any, standing: list["ElementListing"]) -> dict[str, Any]:
        """The highest level holds, with the year and batch of the first listing there."""
        levels = [concept.slug for concept in load("ich-level").concepts]
        whole = [row for row in standing if row.level in levels and row.part_id is None]
        whole.sort(key=lambda row: levels.index(row.level))
        return whole[0].outcome if whole else cls.of_nothing()


class ElementDomain(Tracked):
    """A domain of the 2003 Convention, where it is not simply that of the category."""

    element = models.ForeignKey(
        Element, models.CASCADE, related_name="domains", verbose_name=_("element")
    )
    domain = ConceptField(_("domain"), vocabulary="unesco-domain")

    class Meta:
        verbose_name = _("UNESCO domain")
        verbose_name_plural = _("UNESCO domains")
        constraints = [
            models.UniqueConstraint(
                fields=["element", "domain"], name="domain_once_per_element"
            )
        ]

    def __str__(self) -> str:
        return concept_label("unesco-domain", self.domain)


class ElementChapter(Tracked):
    """One chapter of what is told of an element: where, history, value, survival …"""

    element = models.ForeignKey(
        Element, models.CASCADE, related_name="chapters", verbose_name=_("element")
    )
    subject = ConceptField(_("chapter"), vocabulary="ich-chapter")
    text_zh = models.TextField(_("text (Chinese)"), blank=True)
    text_en = models.TextField(_("text (English)"), blank=True)

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        constraints = [
            models.UniqueConstraint(
                fields=["element", "subject"], name="chapter_once_per_element"
            )
        ]

    def __str__(self) -> str:
        return concept_label("ich-chapter", self.subject)


class ElementFacet(Tracked):
    """A theme that an element belongs to: 广府, 客家, 潮汕, 海洋 …"""

    element = models.ForeignKey(
        Element, models.CASCADE, related_name="facets", verbose_name=_("element")
    )
    facet = ConceptField(_("theme"), vocabulary="facet")

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [
            models.UniqueConstraint(
                fields=["element", "facet"], name="facet_once_per_element"
            )
        ]

    def __str__(self) -> str:
        return concept_label("facet", self.facet)


class TechniqueOf(LinkRow):
    """An element's craft made this relic: the bridge between the two registers."""

    kind = "technique-of"

    element = models.ForeignKey(
        Element, models.CASCADE, related_name="made", verbose_name=_("element")
    )
    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="techniques", verbose_name=_("relic")
    )
    technique = ConceptField(
        _("technique"), vocabulary="technique", blank=True,
        help_text=_("the step of the craft that shows in the relic"),
    )  # fmt: skip
    said_by = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("said by"),
    )  # fmt: skip
    said_on = models.DateField(_("said on"), null=True, blank=True)
    is_certain = models.BooleanField(_("certain"), default=True)
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


# Rows that hang on an element by a field of that name.
ELEMENT_ROWS: tuple[type[Tracked], ...] = (
    ElementPart,
    ElementDomain,
    ElementChapter,
    ElementFacet,
    ElementListing,
)
