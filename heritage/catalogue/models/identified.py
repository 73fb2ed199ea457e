"""Numbers that others give to records: of relics, and of every other kind."""

from typing import Any, ClassVar, Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField, concept_label
from heritage.catalogue.identifiers import fault_of, normalise

from .authorities import Agent, Period, Place
from .bearer import Bearer
from .element import Element
from .record import Record, Tracked
from .recording import Recording
from .site import FindBatch, Site

# Whoever gives these gives each to one thing.
OF_ONE_THING: Final = ("census", "culture-data", "isli", "wikidata")


class GivenIdentifier(Tracked):
    """A number that somebody else gives, checked by what is known of its form.

    `owner` names the field that leads to the record.
    """

    owner: ClassVar[str]

    type = ConceptField(_("type"), vocabulary="identifier-type")
    identifier = models.CharField(_("identifier"), max_length=120, db_index=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        abstract = True
        verbose_name = _("other identifier")
        verbose_name_plural = _("other identifiers")

    def __str__(self) -> str:
        return f"{concept_label('identifier-type', self.type)} {self.identifier}"

    def clean(self) -> None:
        self.identifier = normalise(self.identifier)
        fault = fault_of(self.type, self.identifier)
        if fault:
            raise ValidationError({"identifier": fault})

    @property
    def record(self) -> Record:
        owned: Record = getattr(self, self.owner)
        return owned


def once(owner: str) -> list[models.BaseConstraint]:
    """Give what holds for the identifiers of one kind of record."""
    name = owner.replace("_", "")
    return [
        models.UniqueConstraint(
            fields=[owner, "type", "identifier"], name=f"identifier_once_per_{name}"
        ),
        models.UniqueConstraint(
            fields=["type", "identifier"],
            condition=Q(type__in=OF_ONE_THING),
            name=f"identifier_names_one_{name}",
        ),
    ]


def of(model: type[Record]) -> Any:
    return models.ForeignKey(
        model,
        models.CASCADE,
        related_name="identifiers",
        verbose_name=model._meta.verbose_name,
    )


class AgentIdentifier(GivenIdentifier):
    owner = "agent"
    agent = of(Agent)

    class Meta(GivenIdentifier.Meta):
        constraints = once("agent")


class PlaceIdentifier(GivenIdentifier):
    owner = "place"
    place = of(Place)

    class Meta(GivenIdentifier.Meta):
        constraints = once("place")


class PeriodIdentifier(GivenIdentifier):
    owner = "period"
    period = of(Period)

    class Meta(GivenIdentifier.Meta):
        constraints = once("period")


class ElementIdentifier(GivenIdentifier):
    owner = "element"
    element = of(Element)

    class Meta(GivenIdentifier.Meta):
        constraints = once("element")


class BearerIdentifier(GivenIdentifier):
    owner = "bearer"
    bearer = of(Bearer)

    class Meta(GivenIdentifier.Meta):
        constraints = once("bearer")


class SiteIdentifier(GivenIdentifier):
    owner = "site"
    site = of(Site)

    class Meta(GivenIdentifier.Meta):
        constraints = once("site")


class FindBatchIdentifier(GivenIdentifier):
    owner = "find_batch"
    find_batch = of(FindBatch)

    class Meta(GivenIdentifier.Meta):
        constraints = once("find_batch")


class RecordingIdentifier(GivenIdentifier):
    owner = "recording"
    recording = of(Recording)

    class Meta(GivenIdentifier.Meta):
        constraints = once("recording")


# Rooms above add the kinds of records that they bring.
IDENTIFIERS: Final[dict[type[Record], type[GivenIdentifier]]] = {
    Agent: AgentIdentifier,
    Place: PlaceIdentifier,
    Period: PeriodIdentifier,
    Element: ElementIdentifier,
    Bearer: BearerIdentifier,
    Site: SiteIdentifier,
    FindBatch: FindBatchIdentifier,
    Recording: RecordingIdentifier,
}
