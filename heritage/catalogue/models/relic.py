"""Relics by the registration record, with their materials and dimensions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField, concept_label
from heritage.catalogue.vocabularies import load
from knowledge_graph.dating import Dating
from knowledge_graph.vocabulary import Vocabulary

from .authorities import Agent, Period, Place
from .dated import Dated
from .record import NEWEST, Record, Tracked
from .site import FindBatch

# What the list of relics is narrowed down to, or sorted by.
LISTED_BY = (
    "register_no", "name_zh", "category", "grade", "period", "completeness",
    "preservation", "source", "acquired_range", "mass_range",
)  # fmt: skip
DATELESS = Q(begin_year__isnull=True, end_year__isnull=True)
UNDATED = Q(period_text="") & DATELESS


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


class Relic(Dated, Record):
    """A museum object (文物)."""

    kind = "relic"
    acts_made: tuple[Any, ...] = ()  # of the last guarded edit, on the instance

    class FindShown(models.TextChoices):
        """How exactly the public is told where it was found."""

        EXACT = "exact", _("exactly")
        TOWNSHIP = "township", _("the township")
        COUNTY = "county", _("the county")
        HIDDEN = "hidden", _("not at all")

    holder = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="relics_kept",
        verbose_name=_("holder"),
    )  # fmt: skip
    register_no = models.CharField(_("register number"), max_length=80)
    register_type = ConceptField(
        _("number type"), vocabulary="number-type", default="general-register"
    )
    original_name = models.CharField(_("original name"), max_length=300, blank=True)
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
    find_shown_as = models.CharField(
        _("find place shown to the public"), max_length=10, choices=FindShown,
        default=FindShown.COUNTY,
        help_text=_("not exactly: the nearest place around it that is at least so large"),
    )  # fmt: skip
    find_batch = models.ForeignKey(
        FindBatch, models.PROTECT, null=True, blank=True, related_name="finds",
        verbose_name=_("batch of finds"), help_text=_("the campaign or lot of a site"),
    )  # fmt: skip
    count_kind = ConceptField(
        _("count kind"), vocabulary="count-kind", default="single"
    )
    actual_count = models.PositiveIntegerField(_("actual count"), default=1)
    traditional_count = models.PositiveIntegerField(
        _("traditional count"), null=True, blank=True, help_text=_("as 1 set (1 套)")
    )
    count_unit = models.CharField(
        _("counted in"), max_length=20, blank=True, help_text=_("件, 套, 枚, 本 …")
    )
    part_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="components",
        verbose_name=_("part of"), help_text=_("the set that this one belongs to"),
    )  # fmt: skip
    part_number = models.CharField(_("number within it"), max_length=40, blank=True)
    size_text = models.CharField(
        _("size as written"), max_length=300, blank=True, help_text=_("kept verbatim")
    )
    is_measurable = models.BooleanField(
        _("can be measured"),
        default=True,
        help_text=_("no: fragments, powders, loose sets"),
    )
    mass_range = ConceptField(_("mass range"), vocabulary="mass-range", blank=True)
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
    acquired_from = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="relics_given",
        verbose_name=_("acquired from"), help_text=_("never public"),
    )  # fmt: skip
    price = models.DecimalField(
        _("price"), max_digits=14, decimal_places=2, null=True, blank=True,
        help_text=_("never public"),
    )  # fmt: skip
    price_currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text=_("never public")
    )
    collector = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="relics_collected",
        verbose_name=_("collector"),
    )  # fmt: skip
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
        indexes = [
            *Record.Meta.indexes,
            *(
                models.Index(fields=[name, *NEWEST], name=f"relic_by_{name}")
                for name in LISTED_BY
            ),
            models.Index(
                fields=["collection", "state", *NEWEST], name="relic_by_own_state"
            ),
            models.Index(
                fields=NEWEST, condition=~Q(dating_doubt=""), name="relic_doubted"
            ),
            models.Index(fields=NEWEST, condition=UNDATED, name="relic_undated"),
            models.Index(fields=NEWEST, condition=~DATELESS, name="relic_dated"),
        ]
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
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0),
                name="relic_price_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=models.F("pk")),
                name="relic_is_no_part_of_itself",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        whole = self.part_of
        while whole is not None:
            if whole.pk == self.pk:
                raise ValidationError(
                    {"part_of": _("A set cannot lie within one of its own parts.")}
                )
            whole = whole.part_of

    @property
    def period_type(self) -> str:
        """The head of the period scheme under which the relic's period stands."""
        slug = self.period.slug if self.period else ""
        return _head(load("period"), slug)

    @property
    def material_form(self) -> str:
        """Single or composite, organic, inorganic or both: what its materials make it."""
        slugs = [row.material for row in self.materials.all()]
        kinds = {
            load("material")[one].broader for one in slugs if one in load("material")
        }
        if len(slugs) < 2:
            return next(iter(kinds), "")
        plain = len(kinds) == 1 and kinds <= {"organic", "inorganic"}
        return f"composite-{kinds.pop()}" if plain else "composite-mixed"

    def read_from_text(self) -> tuple[str, ...]:
        return (*super().read_from_text(), "period")

    def read_period_text(self) -> Dating:
        """Fill the period as well, where the text names exactly one."""
        told = super().read_period_text()
        agrees = told.span is not None and self.dating_doubt != "disagrees"
        if agrees and self.period_id is None and len(told.periods) == 1:
            self.period = Period.objects.filter(slug=told.periods[0]).first()
        return told


def _head(scheme: Vocabulary, slug: str) -> str:
    while slug in scheme and scheme[slug].broader:
        slug = scheme[slug].broader
    return slug


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
        indexes = [
            models.Index(fields=["material", "relic"], name="relics_of_material")
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
