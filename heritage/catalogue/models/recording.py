"""Recording of intangible heritage: projects and what they hand over."""

from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.archive.models import StoredFile
from heritage.catalogue.fields import ConceptField, concept_label
from heritage.lib.keys import new_key

from .authorities import Agent, Place
from .bearer import Bearer
from .element import Element
from .record import Record, Tracked

# What a project owes for each bearer (docs/reference/intangible.md).
DELIVERABLES: Final = ("oral-history", "practice", "teaching", "summary", "dossier")


class Recording(Record):
    """A recording project (非遗记录): of a bearer, or of an element as a whole."""

    kind = "recording"

    element = models.ForeignKey(
        Element, models.PROTECT, null=True, blank=True, related_name="recordings",
        verbose_name=_("element"),
    )  # fmt: skip
    bearer = models.ForeignKey(
        Bearer, models.PROTECT, null=True, blank=True, related_name="recordings",
        verbose_name=_("bearer"), help_text=_("whose consent then decides what is shown"),
    )  # fmt: skip
    number = models.CharField(_("project number"), max_length=60, blank=True)
    begun_on = models.DateField(_("begun on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    organiser = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("carried out by"),
    )  # fmt: skip
    crew = models.CharField(_("crew and devices"), max_length=500, blank=True)
    plan = models.TextField(_("plan"), blank=True)
    agreement_signed_on = models.DateField(
        _("agreement signed on"), null=True, blank=True
    )
    transcript_aligned_on = models.DateField(
        _("transcript aligned on"), null=True, blank=True,
        help_text=_("the verbatim transcript runs beside the film"),
    )  # fmt: skip
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("recording project")
        verbose_name_plural = _("recording projects")
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(element__isnull=False) | Q(bearer__isnull=False),
                name="recording_is_of_an_element_or_a_bearer",
            ),
            models.CheckConstraint(
                condition=Q(begun_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=models.F("begun_on")),
                name="recording_in_order",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        if self.element_id is None and self.bearer_id is None:
            raise ValidationError(_("Say which element or which bearer is recorded."))

    @property
    def of_element(self) -> Element | None:
        return self.bearer.element if self.bearer else self.element


class RecordingItem(Tracked):
    """One thing that was recorded or collected: a film, a transcript, a dossier."""

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    recording = models.ForeignKey(
        Recording, models.CASCADE, related_name="items",
        verbose_name=_("recording project"),
    )  # fmt: skip
    kind = ConceptField(_("kind"), vocabulary="recording-kind")
    title_zh = models.CharField(_("title (Chinese)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300, blank=True)
    recorded_on = models.DateField(_("recorded on"), null=True, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("place"),
    )  # fmt: skip
    duration_s = models.PositiveIntegerField(_("duration (s)"), null=True, blank=True)
    stored_file = models.ForeignKey(
        StoredFile, models.PROTECT, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("file"),
    )  # fmt: skip
    carrier = models.CharField(
        _("carrier"), max_length=200, blank=True,
        help_text=_("tape, disk or box and where it lies; never public"),
    )  # fmt: skip
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    is_public = models.BooleanField(
        _("for the public"), default=False,
        help_text=_("shown with the released project, as long as the consent covers it"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["recording", "pk"]

    def __str__(self) -> str:
        return f"{concept_label('recording-kind', self.kind)} · {self.title_zh}"

    @property
    def is_there(self) -> bool:
        """There is something to hold: bytes, or a carrier with a place."""
        return self.stored_file_id is not None or bool(self.carrier)
