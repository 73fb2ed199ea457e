"""What belongs to a relic beside its materials and dimensions: numbers, names, kinds."""

from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField, concept_label

from .authorities import Place
from .identified import GivenIdentifier, once
from .record import Tracked
from .relic import Dimension, Relic, RelicMaterial


class RelicNumber(Tracked):
    """A further number of the registers: the first one stands on the relic itself."""

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="numbers", verbose_name=_("relic")
    )
    type = ConceptField(_("number type"), vocabulary="number-type")
    number = models.CharField(_("number"), max_length=80)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("further register number")
        verbose_name_plural = _("further register numbers")
        constraints = [
            models.UniqueConstraint(
                fields=["relic", "type", "number"], name="number_once_per_relic"
            )
        ]

    def __str__(self) -> str:
        return f"{concept_label('number-type', self.type)} {self.number}"


class ExternalIdentifier(GivenIdentifier):
    owner = "relic"
    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="identifiers", verbose_name=_("relic")
    )

    class Meta(GivenIdentifier.Meta):
        constraints = once("relic")


class RelicName(Tracked):
    """A name that the relic also goes by, or once did."""

    class Language(models.TextChoices):
        CHINESE = "zh-Hans", _("Chinese (simplified)")
        TRADITIONAL = "zh-Hant", _("Chinese (traditional)")
        ENGLISH = "en", _("English")

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="other_names", verbose_name=_("relic")
    )
    type = ConceptField(_("type"), vocabulary="name-type", default="alternative")
    name = models.CharField(_("name"), max_length=300)
    language = models.CharField(
        _("language"), max_length=10, choices=Language, default=Language.CHINESE
    )

    class Meta:
        verbose_name = _("other name")
        verbose_name_plural = _("other names")
        constraints = [
            models.UniqueConstraint(
                fields=["relic", "type", "language", "name"], name="name_once_per_relic"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RelicFacet(Tracked):
    """A theme that a relic belongs to beside its category: 革命文物, 广府, 海洋 …"""

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="facets", verbose_name=_("relic")
    )
    facet = ConceptField(_("theme"), vocabulary="facet")

    class Meta:
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        constraints = [
            models.UniqueConstraint(
                fields=["relic", "facet"], name="facet_once_per_relic"
            )
        ]
        indexes = [models.Index(fields=["facet", "relic"], name="relics_of_facet")]

    def __str__(self) -> str:
        return concept_label("facet", self.facet)


class RareBook(Tracked):
    """What a register says of a rare book or document (古籍图书)."""

    relic = models.OneToOneField(
        Relic, models.CASCADE, related_name="book", verbose_name=_("relic")
    )
    author = models.CharField(_("author"), max_length=200, blank=True)
    edition = models.CharField(_("edition"), max_length=200, blank=True)
    volumes = models.CharField(
        _("volumes kept"),
        max_length=200,
        blank=True,
        help_text=_("存卷, as 存卷一至三"),
    )
    classification = models.CharField(
        _("of the four divisions"),
        max_length=100,
        blank=True,
        help_text=_("as 史部·地理类"),
    )
    page_layout = models.CharField(
        _("columns and characters"),
        max_length=200,
        blank=True,
        help_text=_("行款, 版框"),
    )
    binding = models.CharField(_("binding"), max_length=100, blank=True)
    seals = models.CharField(_("seals and colophons"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("rare book")
        verbose_name_plural = _("rare book")

    def __str__(self) -> str:
        return self.edition or str(self._meta.verbose_name)


class Rubbing(Tracked):
    """What a register says of a rubbing (碑帖拓本)."""

    relic = models.OneToOneField(
        Relic, models.CASCADE, related_name="rubbing", verbose_name=_("relic")
    )
    original = models.CharField(_("rubbed from"), max_length=300, blank=True)
    original_at = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("place of the original"),
    )  # fmt: skip
    rubbed_when = models.CharField(_("rubbed when"), max_length=200, blank=True)
    rubbed_by = models.CharField(_("rubbed by"), max_length=200, blank=True)
    script = models.CharField(
        _("script"), max_length=100, blank=True, help_text=_("篆, 隶, 楷, 行, 草")
    )
    colophons = models.CharField(_("seals and colophons"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("rubbing")
        verbose_name_plural = _("rubbing")

    def __str__(self) -> str:
        return self.original or str(self._meta.verbose_name)


class UnderwaterFind(Tracked):
    """How a find came out of the water and was made fit to live in air (出水文物)."""

    relic = models.OneToOneField(
        Relic, models.CASCADE, related_name="underwater", verbose_name=_("relic")
    )
    site = models.CharField(_("wreck or site"), max_length=200, blank=True)
    raised_on = models.DateField(_("raised on"), null=True, blank=True)
    raised_no = models.CharField(_("number when raised"), max_length=80, blank=True)
    depth_m = models.FloatField(_("depth (m)"), null=True, blank=True)
    desalinated_from = models.DateField(_("desalinated from"), null=True, blank=True)
    desalinated_until = models.DateField(_("desalinated until"), null=True, blank=True)
    drying = models.CharField(_("drying"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("underwater find")
        verbose_name_plural = _("underwater find")
        constraints = [
            models.CheckConstraint(
                condition=Q(depth_m__isnull=True) | Q(depth_m__gte=0),
                name="depth_lies_under_water",
            ),
            models.CheckConstraint(
                condition=Q(desalinated_from__isnull=True)
                | Q(desalinated_until__isnull=True)
                | Q(desalinated_until__gte=F("desalinated_from")),
                name="desalination_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.site or str(self._meta.verbose_name)


# Rows that hang on a relic by a field of that name.
RELIC_ROWS: Final[tuple[type[Tracked], ...]] = (
    RelicMaterial,
    Dimension,
    RelicNumber,
    ExternalIdentifier,
    RelicName,
    RelicFacet,
    RareBook,
    Rubbing,
    UnderwaterFind,
)
