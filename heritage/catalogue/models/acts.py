"""What was decided of a relic, by whom, when and on what evidence: acts, never erased.

The relic's own fields hold what follows from the acts that stand: of each kind the latest.
"""

from typing import Any, Final, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField

from .authorities import Agent, Period, Place
from .decision import Decision
from .relic import Relic


class Act(Decision):
    """One decision on a relic."""

    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="%(class)ss", verbose_name=_("relic")
    )

    class Meta(Decision.Meta):
        abstract = True


class Grading(Act):
    decides = ("grade",)

    grade = ConceptField(_("grade"), vocabulary="grade")

    class Meta(Act.Meta):
        verbose_name = _("grading")
        verbose_name_plural = _("gradings")


class DatingOpinion(Act):
    """Where years are left empty they are read from the text."""

    decides = ("period", "period_text", "begin_year", "end_year")

    period = models.ForeignKey(
        Period, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("period"),
    )  # fmt: skip
    period_text = models.CharField(_("dating as written"), max_length=200, blank=True)
    begin_year = models.IntegerField(_("made not before"), null=True, blank=True)
    end_year = models.IntegerField(_("made not after"), null=True, blank=True)

    class Meta(Act.Meta):
        verbose_name = _("dating")
        verbose_name_plural = _("datings")
        constraints = [
            *Act.Meta.constraints,
            models.CheckConstraint(
                condition=Q(begin_year__isnull=True)
                | Q(end_year__isnull=True)
                | Q(end_year__gte=F("begin_year")),
                name="dating_in_order",
            ),
        ]


class AttributionOpinion(Act):
    decides = ("maker", "made_at")

    maker = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("maker"),
    )  # fmt: skip
    made_at = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("place of making"),
    )  # fmt: skip

    class Meta(Act.Meta):
        verbose_name = _("attribution")
        verbose_name_plural = _("attributions")


class ConditionCheck(Act):
    decides = ("completeness", "completeness_note", "preservation")

    completeness = ConceptField(
        _("completeness"), vocabulary="completeness", blank=True
    )
    completeness_note = models.CharField(_("damage"), max_length=500, blank=True)
    preservation = ConceptField(
        _("preservation"), vocabulary="preservation", blank=True
    )

    class Meta(Act.Meta):
        verbose_name = _("condition check")
        verbose_name_plural = _("condition checks")


class Treatment(Act):
    """What was done to keep or mend the relic; it decides none of the relic's fields."""

    treatment = ConceptField(_("treatment"), vocabulary="treatment")
    substances = models.CharField(
        _("substances used"), max_length=300, blank=True,
        help_text=_("as Paraloid B-72, 5 % in acetone"),
    )  # fmt: skip
    ended_on = models.DateField(_("ended on"), null=True, blank=True)

    class Meta(Act.Meta):
        verbose_name = _("conservation treatment")
        verbose_name_plural = _("conservation treatments")
        constraints = [
            *Act.Meta.constraints,
            models.CheckConstraint(
                condition=Q(decided_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=F("decided_on")),
                name="treatment_in_order",
            ),
        ]


class CustodyChange(Act):
    decides = ("holder",)

    holder = models.ForeignKey(
        Agent, models.PROTECT, null=True, related_name="+", verbose_name=_("holder")
    )

    class Meta(Act.Meta):
        verbose_name = _("change of custody")
        verbose_name_plural = _("changes of custody")


class Move(Act):
    """Where the relic was put; never public."""

    decides = ("store_location",)

    store = models.CharField(_("store"), max_length=200)
    cabinet = models.CharField(_("cabinet"), max_length=80, blank=True)
    shelf = models.CharField(_("shelf"), max_length=80, blank=True)

    class Meta(Act.Meta):
        verbose_name = _("move")
        verbose_name_plural = _("moves")

    @property
    def outcome(self) -> dict[str, Any]:
        steps = (self.store, self.cabinet, self.shelf)
        return {"store_location": " · ".join(step for step in steps if step)}

    @classmethod
    def of(cls, subject: Any) -> Self:
        return cls(relic=subject, store=subject.store_location)


class Naming(Act):
    decides = ("name_zh", "name_en")

    name_zh = models.CharField(_("name (Chinese)"), max_length=300)
    name_en = models.CharField(_("name (English)"), max_length=300, blank=True)

    class Meta(Act.Meta):
        verbose_name = _("naming")
        verbose_name_plural = _("namings")

    @classmethod
    def come_to(cls, subject: Any, standing: list[Self]) -> dict[str, Any]:
        """A relic is never without a name."""
        return super().come_to(subject, standing) if standing else {}


ACTS: Final[tuple[type[Act], ...]] = (
    Grading,
    DatingOpinion,
    AttributionOpinion,
    ConditionCheck,
    Treatment,
    CustodyChange,
    Move,
    Naming,
)
