"""Exhibits: what is shown, where it stands, and what is said beside it."""

from typing import cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import (
    IDENTIFIERS,
    Element,
    GivenIdentifier,
    LinkRow,
    Record,
    Relic,
)
from heritage.catalogue.models.identified import of, once
from heritage.catalogue.models.record import Tracked
from heritage.images.models import Image
from heritage.lib.keys import new_key
from heritage.lib.languages import choose

from .device_models import DeviceKey
from .hotspot_models import Hotspot
from .narration_models import Narration

__all__ = [
    "DeviceKey", "Exhibit", "ExhibitIdentifier", "ExhibitItem", "ExhibitRoom", "Hotspot", "Narration",
    "TourStop",
]  # fmt: skip


class Exhibit(Record):
    """A show of relics and intangible elements."""

    kind = "exhibit"

    class Layout(models.TextChoices):
        """How things stand; by hand as soon as somebody has placed them."""

        AISLE = "aisle", _("two rows along an aisle")
        WALL = "wall", _("along the wall")
        CIRCLE = "circle", _("in a circle")
        TIMELINE = "timeline", _("time tunnel, by period")
        BY_HAND = "hand", _("by hand")

    class Mood(models.TextChoices):
        """The room's light and walls."""

        DUSK = "dusk", _("dark walls, light on the objects")
        DAY = "day", _("light walls, even light")
        NIGHT = "night", _("black, the objects alone")

    layout = models.CharField(
        _("arrangement"), max_length=10, choices=Layout, default=Layout.AISLE
    )
    mood = models.CharField(
        _("light and walls"), max_length=10, choices=Mood, default=Mood.DUSK
    )

    class Meta(Record.Meta):
        verbose_name = _("exhibit")
        verbose_name_plural = _("exhibits")


class ExhibitIdentifier(GivenIdentifier):
    owner = "exhibit"
    exhibit = of(Exhibit)

    class Meta(GivenIdentifier.Meta):
        constraints = once("exhibit")


# Pages, forms, graph and search tell them as those of every other kind of record.
IDENTIFIERS[Exhibit] = ExhibitIdentifier


class ExhibitRoom(Tracked):
    """One room of an exhibit that has several, with its own walls and arrangement."""

    kind = "exhibit-room"

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    exhibit = models.ForeignKey(
        Exhibit, models.CASCADE, related_name="rooms", verbose_name=_("exhibit")
    )
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    name_zh = models.CharField(_("name (Chinese)"), max_length=100, blank=True)
    name_en = models.CharField(_("name (English)"), max_length=100, blank=True)
    text_zh = models.TextField(_("text (Chinese)"), max_length=2000, blank=True)
    text_en = models.TextField(_("text (English)"), max_length=2000, blank=True)
    layout = models.CharField(
        _("arrangement"), max_length=10, choices=Exhibit.Layout,
        default=Exhibit.Layout.AISLE,
    )  # fmt: skip
    mood = models.CharField(
        _("light and walls"), max_length=10, choices=Exhibit.Mood,
        default=Exhibit.Mood.DUSK,
    )  # fmt: skip
    backdrop = models.ForeignKey(
        Image, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("panorama behind everything"),
        help_text=_("an image twice as wide as high, all round; instead of walls"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["exhibit", "number", "pk"]

    def __str__(self) -> str:
        return choose(self.name_zh, self.name_en) or self.key


class TourStop(Tracked):
    """One stop of the guided tour: before which thing, and what is said there."""

    kind = "tour-stop"

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    exhibit = models.ForeignKey(
        Exhibit, models.CASCADE, related_name="stops", verbose_name=_("exhibit")
    )
    item = models.ForeignKey(
        "ExhibitItem", models.CASCADE, related_name="+", verbose_name=_("before")
    )
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    text_zh = models.TextField(_("text (Chinese)"), max_length=2000, blank=True)
    text_en = models.TextField(_("text (English)"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("tour stop")
        verbose_name_plural = _("tour stops")
        ordering = ["exhibit", "number", "pk"]

    def __str__(self) -> str:
        return f"{self.number}"


class ExhibitItem(LinkRow):
    """One thing in an exhibit: where it stands (metres, Y up) and its label."""

    kind = "exhibit-item"

    exhibit = models.ForeignKey(
        Exhibit, models.CASCADE, related_name="items", verbose_name=_("exhibit")
    )
    relic = models.ForeignKey(
        Relic, models.CASCADE, null=True, blank=True, related_name="shown_in",
        verbose_name=_("relic"),
    )  # fmt: skip
    element = models.ForeignKey(
        Element, models.CASCADE, null=True, blank=True, related_name="shown_in",
        verbose_name=_("intangible element"),
    )  # fmt: skip
    room = models.ForeignKey(
        ExhibitRoom, models.SET_NULL, null=True, blank=True, related_name="items",
        verbose_name=_("room"), help_text=_("empty: the first one"),
    )  # fmt: skip
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    x_m = models.FloatField(_("x (m)"), default=0.0)
    y_m = models.FloatField(_("y (m)"), default=0.0)
    z_m = models.FloatField(_("z (m)"), default=0.0)
    turn_deg = models.FloatField(_("turned by (°)"), default=0.0)
    scale = models.FloatField(_("scale"), default=1.0)
    label_zh = models.CharField(_("label (Chinese)"), max_length=500, blank=True)
    label_en = models.CharField(_("label (English)"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("exhibit item")
        verbose_name_plural = _("exhibit items")
        ordering = ["exhibit", "number", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(relic__isnull=False, element__isnull=True)
                | Q(relic__isnull=True, element__isnull=False),
                name="exhibit_item_is_a_relic_or_an_element",
            ),
            models.CheckConstraint(
                condition=Q(scale__gt=0), name="exhibit_item_has_size"
            ),
        ]

    def __str__(self) -> str:
        return str(self.relic or self.element)

    @property
    def thing(self) -> Relic | Element:
        """What is shown; one of the two is there: the row's constraint holds it."""
        return self.relic or cast(Element, self.element)

    @property
    def ends(self) -> tuple[Record, ...]:
        shown = self.relic or self.element
        return (self.exhibit, shown) if shown else (self.exhibit,)
