"""Immovable heritage: sites, buildings, cave temples, wrecks, and the batches found there."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField, concept_label
from heritage.catalogue.vocabularies import load
from knowledge_graph.dating import Dating

from .authorities import Agent, Period, Place
from .dated import Dated
from .decision import Decision
from .record import Record, Tracked


class Datum(models.TextChoices):
    """What degrees are measured from. Those of Chinese web maps are shifted on purpose."""

    CGCS2000 = "cgcs2000", "CGCS2000"
    WGS84 = "wgs84", "WGS 84"
    XIAN_1980 = "xian1980", _("Xi'an 1980")
    BEIJING_1954 = "beijing1954", _("Beijing 1954")
    GCJ02 = "gcj02", _("GCJ-02 (Amap, Tencent)")
    BD09 = "bd09", _("BD-09 (Baidu)")
    UNKNOWN = "unknown", _("not known")


class Site(Dated, Record):
    """Immovable heritage (不可移动文物). The protection level follows from the listings."""

    kind = "site"

    class Shown(models.TextChoices):
        """How exactly the public is told where it lies."""

        EXACT = "exact", _("exactly")
        TOWNSHIP = "township", _("about the township (5 km)")
        COUNTY = "county", _("about the county (20 km)")
        HIDDEN = "hidden", _("not at all")

    site_kind = ConceptField(_("kind of heritage"), vocabulary="site-kind")
    register_no = models.CharField(
        _("survey number"), max_length=60, blank=True,
        help_text=_("of the national survey of cultural relics"),
    )  # fmt: skip
    protection_level = ConceptField(
        _("protection level"), vocabulary="protection-level", default="ungraded"
    )
    protection_batch = models.PositiveSmallIntegerField(
        _("batch"), null=True, blank=True
    )
    protected_year = models.IntegerField(_("protected since"), null=True, blank=True)
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="components",
        verbose_name=_("part of"), help_text=_("the whole that this is a part of"),
    )  # fmt: skip
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="sites",
        verbose_name=_("place"), help_text=_("town or water it lies in; public from township on"),
    )  # fmt: skip
    address = models.CharField(
        _("address"), max_length=300, blank=True,
        help_text=_("public only where the place is shown exactly"),
    )  # fmt: skip
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    datum = models.CharField(
        _("datum"), max_length=12, choices=Datum, default=Datum.CGCS2000
    )
    precision_m = models.FloatField(_("precision (m)"), null=True, blank=True)
    altitude_m = models.FloatField(_("altitude (m)"), null=True, blank=True)
    shown_as = models.CharField(
        _("place shown to the public"), max_length=10, choices=Shown,
        default=Shown.COUNTY,
    )  # fmt: skip
    period = models.ForeignKey(
        Period, models.PROTECT, null=True, blank=True, related_name="sites",
        verbose_name=_("period"),
    )  # fmt: skip
    period_text = models.CharField(
        _("dating as written"), max_length=200, blank=True, help_text=_("kept verbatim")
    )
    begin_year = models.IntegerField(
        _("not before"), null=True, blank=True,
        help_text=_("astronomical: 206 BCE is -205"),
    )  # fmt: skip
    end_year = models.IntegerField(_("not after"), null=True, blank=True)
    keeper = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="sites_kept",
        verbose_name=_("kept by"),
    )  # fmt: skip
    protection_zone = models.CharField(
        _("protection zone"), max_length=500, blank=True, help_text=_("保护范围")
    )
    control_zone = models.CharField(
        _("zone of controlled building"), max_length=500, blank=True,
        help_text=_("建设控制地带"),
    )  # fmt: skip
    condition_note = models.CharField(_("condition"), max_length=500, blank=True)
    area_m2 = models.FloatField(_("area (m²)"), null=True, blank=True)
    structure = models.CharField(
        _("structure"), max_length=300, blank=True,
        help_text=_("of a building: 抬梁式, storeys, roof; of a wreck: hull, holds"),
    )  # fmt: skip
    caves = models.PositiveIntegerField(_("caves"), null=True, blank=True)
    statues = models.PositiveIntegerField(_("statues"), null=True, blank=True)
    depth_m = models.FloatField(_("depth under water (m)"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("immovable heritage")
        verbose_name_plural = _("immovable heritage")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="site_lies_on_earth",
            ),
            models.CheckConstraint(
                condition=Q(begin_year__isnull=True)
                | Q(end_year__isnull=True)
                | Q(end_year__gte=F("begin_year")),
                name="site_dated_in_order",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("pk")),
                name="site_is_no_part_of_itself",
            ),
            models.CheckConstraint(
                condition=Q(depth_m__isnull=True) | Q(depth_m__gte=0),
                name="site_depth_lies_under_water",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        if (self.latitude is None) != (self.longitude is None):
            raise ValidationError(
                {"longitude": _("Give latitude and longitude, or neither.")}
            )
        whole = self.part_of
        while whole is not None:
            if whole.pk == self.pk:
                raise ValidationError(
                    {"part_of": _("A whole cannot lie within one of its own parts.")}
                )
            whole = whole.part_of

    def read_from_text(self) -> tuple[str, ...]:
        return (*super().read_from_text(), "period")

    def read_period_text(self) -> Dating:
        """Fill the period as well, where the text names exactly one."""
        told = super().read_period_text()
        agrees = told.span is not None and self.dating_doubt != "disagrees"
        if agrees and self.period_id is None and len(told.periods) == 1:
            self.period = Period.objects.filter(slug=told.periods[0]).first()
        return told


class Protection(Decision):
    """The site was put under protection on one level, or its grade was changed."""

    about = "site"
    decides = ("protection_level", "protection_batch", "protected_year")

    site = models.ForeignKey(
        Site, models.CASCADE, related_name="protections",
        verbose_name=_("immovable heritage"),
    )  # fmt: skip
    protection_level = ConceptField(
        _("protection level"), vocabulary="protection-level"
    )
    protection_batch = models.PositiveSmallIntegerField(
        _("batch"), null=True, blank=True
    )
    protected_year = models.IntegerField(
        _("year"), null=True, blank=True, help_text=_("where the day is not known")
    )
    code = models.CharField(
        _("number on the list"),
        max_length=40,
        blank=True,
        help_text=_("as 6-0531-3-234"),
    )

    class Meta(Decision.Meta):
        verbose_name = _("protection")
        verbose_name_plural = _("protections")
        ordering = [
            F("protected_year").asc(nulls_first=True),
            F("decided_on").asc(nulls_first=True),
            "pk",
        ]

    @property
    def told_when(self) -> date | int | None:
        return self.decided_on or self.protected_year

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.protected_year is None and self.decided_on is not None:
            self.protected_year = self.decided_on.year
        super().save(*args, **kwargs)

    @classmethod
    def come_to(cls, subject: Any, standing: list["Protection"]) -> dict[str, Any]:
        """The highest level holds, from when it was first given."""
        levels = [concept.slug for concept in load("protection-level").concepts]
        known = [row for row in standing if row.protection_level in levels]
        known.sort(key=lambda row: levels.index(row.protection_level))
        return known[0].outcome if known else cls.of_nothing()


class SiteFacet(Tracked):
    """A theme: 革命文物, 广府, 客家, 潮汕, 海洋 …"""

    site = models.ForeignKey(
        Site, models.CASCADE, related_name="facets",
        verbose_name=_("immovable heritage"),
    )  # fmt: skip
    facet = ConceptField(_("theme"), vocabulary="facet")

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [
            models.UniqueConstraint(
                fields=["site", "facet"], name="facet_once_per_site"
            )
        ]

    def __str__(self) -> str:
        return concept_label("facet", self.facet)


class FindBatch(Record):
    """What one campaign brought to light at a site: between the site and its objects."""

    kind = "find-batch"

    site = models.ForeignKey(
        Site, models.PROTECT, related_name="batches",
        verbose_name=_("immovable heritage"),
    )  # fmt: skip
    number = models.CharField(
        _("batch number"), max_length=60, blank=True, help_text=_("as 2007NH1-T3③")
    )
    begun_on = models.DateField(_("begun on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    carried_out_by = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("carried out by"),
    )  # fmt: skip
    method = ConceptField(_("how found"), vocabulary="source", default="excavation")

    class Meta(Record.Meta):
        verbose_name = _("batch of finds")
        verbose_name_plural = _("batches of finds")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(begun_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=F("begun_on")),
                name="find_batch_in_order",
            ),
        ]


# Rows that hang on a site by a field of that name.
SITE_ROWS: tuple[type[Tracked], ...] = (SiteFacet, Protection)
