"""What was decided of a relic, by whom, when and on what evidence: acts, never erased.

The relic's own fields hold what follows from the acts that stand: of each kind the latest
(`actions/acts.py`). An act that was wrong is struck through with a reason, not deleted;
the opinion of who did not agree is kept beside it.
"""

from typing import Any, ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.fields import ConceptField
from heritage.lib.keys import new_key

from .authorities import Agent, Period, Place
from .record import Tracked
from .relic import Relic


class Act(Tracked):
    """One decision on a relic. `decides` names the fields of the relic that it sets."""

    decides: ClassVar[tuple[str, ...]] = ()

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="%(class)ss", verbose_name=_("relic")
    )
    decided_on = models.DateField(
        _("decided on"), null=True, blank=True, help_text=_("empty: not known")
    )
    decided_by = models.ForeignKey(
        Agent, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    people = models.CharField(
        _("people"), max_length=300, blank=True, help_text=_("as the paper names them")
    )
    evidence = models.CharField(
        _("evidence"), max_length=500, blank=True,
        help_text=_("the document, inscription or comparison it rests on"),
    )  # fmt: skip
    dissent = models.CharField(
        _("dissent"), max_length=500, blank=True, help_text=_("who disagreed, and why")
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("recorded by"),
    )  # fmt: skip
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)
    struck_at = models.DateTimeField(
        _("struck through"), null=True, blank=True, editable=False
    )
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False,
        related_name="+", verbose_name=_("struck through by"),
    )  # fmt: skip
    struck_because = models.CharField(
        _("reason for striking it through"), max_length=300, blank=True
    )

    class Meta:
        abstract = True
        # An act of unknown date is the oldest: what is known of it is that it was.
        ordering = [F("decided_on").asc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(struck_at__isnull=True) | ~Q(struck_because=""),
                name="%(app_label)s_%(class)s_struck_for_a_reason",
            )
        ]

    def __str__(self) -> str:
        told = f"{self._meta.verbose_name} · {self.decided_on or '?'}"
        return told if self.stands else f"{told} · {_('struck through')}"

    @property
    def stands(self) -> bool:
        return self.struck_at is None

    @property
    def outcome(self) -> dict[str, Any]:
        """What the relic's fields become if this act is the one that holds."""
        return {name: getattr(self, name) for name in self.columns()}

    @classmethod
    def of(cls, relic: Relic) -> "Act":
        """Say what the relic's fields say now."""
        return cls(
            relic=relic, **{name: getattr(relic, name) for name in cls.columns()}
        )

    @classmethod
    def of_nothing(cls) -> dict[str, Any]:
        """What the relic's fields are before anybody has decided."""
        fields = [Relic._meta.get_field(name) for name in cls.decides]
        return {field.attname: field.get_default() for field in fields}  # type: ignore[union-attr]

    @classmethod
    def columns(cls) -> list[str]:
        """Name what it decides as the database does: a record by its number."""
        return list(cls.of_nothing())


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
    def of(cls, relic: Relic) -> "Act":
        return cls(relic=relic, store=relic.store_location)


class Naming(Act):
    decides = ("name_zh", "name_en")

    name_zh = models.CharField(_("name (Chinese)"), max_length=300)
    name_en = models.CharField(_("name (English)"), max_length=300, blank=True)

    class Meta(Act.Meta):
        verbose_name = _("naming")
        verbose_name_plural = _("namings")


ACTS: Final[tuple[type[Act], ...]] = (
    Grading,
    DatingOpinion,
    AttributionOpinion,
    ConditionCheck,
    CustodyChange,
    Move,
    Naming,
)
