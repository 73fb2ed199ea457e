"""What study adds to a relic: techniques, motifs with their evidence, the literature."""

import re
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.archive.models import StoredFile
from heritage.catalogue.fields import ConceptField, concept_label
from heritage.lib.keys import new_key

from .authorities import Agent
from .record import Tracked
from .relic import Relic

# As IIIF writes a part of a picture (pixels or per cent), or a point of a model in metres.
REGION: Final = re.compile(
    r"xywh=(pct:)?\d+(\.\d+)?(,\d+(\.\d+)?){3}|xyz=-?\d+(\.\d+)?(,-?\d+(\.\d+)?){2}"
)


class RelicTechnique(Tracked):
    """How it was made, by the vocabulary of techniques."""

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="made_with", verbose_name=_("relic")
    )
    technique = ConceptField(_("technique"), vocabulary="technique")
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("technique of making")
        verbose_name_plural = _("techniques of making")
        constraints = [
            models.UniqueConstraint(
                fields=["relic", "technique"], name="making_once_per_relic"
            )
        ]
        indexes = [models.Index(fields=["technique"], name="making_by_technique")]

    def __str__(self) -> str:
        return concept_label("technique", self.technique)


class MotifTag(Tracked):
    """A motif that is seen on a relic (基因, 纹样), and where: a part of one of its files."""

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="motifs", verbose_name=_("relic")
    )
    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    motif = ConceptField(_("motif"), vocabulary="motif")
    file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("seen in the file"),
    )  # fmt: skip
    region = models.CharField(
        _("part of the file"), max_length=120, blank=True,
        help_text=_("xywh=pct:10,20,30,40 of a picture, xyz=0.1,0.2,0.3 on a model"),
    )  # fmt: skip
    evidence = models.CharField(_("evidence"), max_length=500, blank=True)
    said_by = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("said by"),
    )  # fmt: skip
    is_certain = models.BooleanField(_("certain"), default=True)

    class Meta:
        verbose_name = _("motif")
        verbose_name_plural = _("motifs")
        indexes = [models.Index(fields=["motif"], name="motif_by_term")]

    def __str__(self) -> str:
        return concept_label("motif", self.motif)

    def clean(self) -> None:
        if self.region and not REGION.fullmatch(self.region):
            raise ValidationError(
                {"region": _("Write a part as xywh=x,y,width,height or xyz=x,y,z.")}
            )


class Citation(Tracked):
    """A book, article, archive or web page that tells of a relic."""

    class Type(models.TextChoices):
        BOOK = "book", _("book")
        ARTICLE = "article", _("article")
        CATALOGUE = "catalogue", _("exhibition catalogue")
        REPORT = "report", _("excavation report")
        ARCHIVE = "archive", _("archive document")
        WEB = "web", _("web page")
        ORAL = "oral", _("oral information")

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="citations", verbose_name=_("relic")
    )
    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    type = models.CharField(_("type"), max_length=10, choices=Type, default=Type.BOOK)
    authors = models.CharField(_("authors"), max_length=300, blank=True)
    title = models.CharField(_("title"), max_length=300)
    published = models.CharField(
        _("publisher, journal or keeper"), max_length=300, blank=True
    )
    year = models.IntegerField(_("year"), null=True, blank=True)
    pages = models.CharField(_("pages"), max_length=80, blank=True)
    identifier = models.CharField(
        _("identifier"),
        max_length=120,
        blank=True,
        help_text=_("ISBN, DOI, shelf mark"),
    )
    url = models.CharField(
        _("address"), max_length=500, blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
    )  # fmt: skip

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["year", "authors", "pk"]

    def __str__(self) -> str:
        parts = (self.authors, self.title, self.published, self.year, self.pages)
        return ", ".join(str(part) for part in parts if part)


class AgentRole(Tracked):
    """A part that a person or group plays for the museum."""

    class Role(models.TextChoices):
        MAKER = "maker", _("maker")
        COLLECTOR = "collector", _("collector")
        DONOR = "donor", _("donor")
        LENDER = "lender", _("lender or borrower")
        SCHOLAR = "scholar", _("scholar")
        PHOTOGRAPHER = "photographer", _("photographer")
        CONSERVATOR = "conservator", _("conservator")
        OPERATOR = "operator", _("scanner's operator")
        OWNER = "owner", _("owner of rights")

    agent = models.ForeignKey(
        Agent, models.CASCADE, related_name="roles", verbose_name=_("person or group")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "role"], name="role_once_per_agent"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_role_display())


STUDY_ROWS: Final[tuple[type[Tracked], ...]] = (RelicTechnique, MotifTag, Citation)
