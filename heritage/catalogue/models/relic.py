"""Relics by the registration record, with their materials and dimensions."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField, concept_label

from .authorities import Agent, Period, Place
from .record import Record, Tracked


class Rights(models.TextChoices):
    """Licences and statements by the addresses that IIIF and Europeana ask for."""

    CC0 = "http://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"
    PUBLIC_DOMAIN = (
        "http://creativecommons.org/publicdomain/mark/1.0/",
        _("Public Domain Mark"),
    )
    BY = "http://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"
    BY_SA = "http://creativecommons.org/licenses/by-sa/4.0/", "CC BY-SA 4.0"
    BY_NC = "http://creativecommons.org/licenses/by-nc/4.0/", "CC BY-NC 4.0"
    BY_NC_ND = "http://creativecommons.org/licenses/by-nc-nd/4.0/", "CC BY-NC-ND 4.0"
    NO_COMMERCE = (
        "http://rightsstatements.org/vocab/NoC-NC/1.0/",
        _("No copyright, non-commercial use only"),
    )
    IN_COPYRIGHT = "http://rightsstatements.org/vocab/InC/1.0/", _("In copyright")
    UNDETERMINED = (
        "http://rightsstatements.org/vocab/UND/1.0/",
        _("Copyright undetermined"),
    )


class Relic(Record):
    """A museum object (文物)."""

    kind = "relic"

    holder = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="relics_kept",
        verbose_name=_("holder"),
    )  # fmt: skip
    register_no = models.CharField(_("register number"), max_length=80)
    register_type = ConceptField(
        _("number type"), vocabulary="number-type", default="general-register"
    )
    category = ConceptField(_("category"), vocabulary="category")
    grade = ConceptField(_("grade"), vocabulary="grade", default="ungraded")
    period = models.ForeignKey(
        Period, models.PROTECT, null=True, blank=True, verbose_name=_("period")
    )
    period_text = models.CharField(
        _("dating as written"), max_length=200, blank=True, help_text=_("kept verbatim")
    )
    begin_year = models.IntegerField(
        _("made not before"),
        null=True,
        blank=True,
        help_text=_("astronomical: 206 BCE is -205"),
    )
    end_year = models.IntegerField(_("made not after"), null=True, blank=True)
    maker = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="relics_made",
        verbose_name=_("maker"),
    )  # fmt: skip
    made_at = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="relics_made",
        verbose_name=_("place of making"),
    )  # fmt: skip
    find_place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="relics_found",
        verbose_name=_("find place"),
    )  # fmt: skip
    count_kind = ConceptField(
        _("count kind"), vocabulary="count-kind", default="single"
    )
    actual_count = models.PositiveIntegerField(_("actual count"), default=1)
    completeness = ConceptField(
        _("completeness"), vocabulary="completeness", blank=True
    )
    completeness_note = models.CharField(_("damage"), max_length=500, blank=True)
    preservation = ConceptField(
        _("preservation"), vocabulary="preservation", blank=True
    )
    source = ConceptField(_("source"), vocabulary="source", blank=True)
    source_note = models.CharField(_("source note"), max_length=500, blank=True)
    acquired_range = ConceptField(
        _("acquired"), vocabulary="acquired-range", blank=True
    )
    acquired_year = models.IntegerField(_("year acquired"), null=True, blank=True)
    store_location = models.CharField(
        _("store location"), max_length=200, blank=True, help_text=_("never public")
    )
    rights = models.CharField(
        _("rights statement"), max_length=100, choices=Rights, default=Rights.BY
    )
    credit = models.CharField(_("credit line"), max_length=300, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("relic")
        verbose_name_plural = _("relics")
        constraints = [
            *Record.Meta.constraints,
            models.UniqueConstraint(
                fields=["collection", "register_type", "register_no"],
                name="register_number_once_per_collection",
            ),
            models.CheckConstraint(
                condition=Q(begin_year__isnull=True)
                | Q(end_year__isnull=True)
                | Q(end_year__gte=models.F("begin_year")),
                name="relic_made_in_order",
            ),
            models.CheckConstraint(
                condition=Q(actual_count__gte=1), name="relic_counts_at_least_one"
            ),
        ]


class RelicMaterial(Tracked):
    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="materials", verbose_name=_("relic")
    )
    material = ConceptField(_("material"), vocabulary="material")

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        constraints = [
            models.UniqueConstraint(
                fields=["relic", "material"], name="material_once_per_relic"
            )
        ]

    def __str__(self) -> str:
        return concept_label("material", self.material)


class Dimension(Tracked):
    """A measured quantity with its unit, uncertainty and origin."""

    class Origin(models.TextChoices):
        CALIPER = "caliper", _("measured by hand")
        CARD = "card", _("read from an old card")
        SCAN = "scan", _("measured on the model")

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="dimensions", verbose_name=_("relic")
    )
    kind = ConceptField(_("dimension"), vocabulary="dimension")
    value = models.FloatField(_("value"))
    unit = ConceptField(_("unit"), vocabulary="unit", default="cm")
    uncertainty = models.FloatField(_("uncertainty (±)"), null=True, blank=True)
    origin = models.CharField(
        _("origin"), max_length=10, choices=Origin, default=Origin.CALIPER
    )
    literal = models.CharField(_("as written"), max_length=200, blank=True)
    run_key = models.CharField(_("run"), max_length=16, blank=True, editable=False)

    class Meta:
        verbose_name = _("dimension")
        verbose_name_plural = _("dimensions")
        constraints = [
            models.UniqueConstraint(
                fields=["relic", "kind", "origin"], name="dimension_once_per_origin"
            ),
            models.CheckConstraint(
                condition=Q(value__gt=0), name="dimension_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{concept_label('dimension', self.kind)} {self.value:g} {self.unit}"
