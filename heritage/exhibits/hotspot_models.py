"""Hotspots: places on a relic's surface about which there is something to say."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.captures.models import Run
from heritage.catalogue.models import Relic
from heritage.catalogue.models.record import Tracked
from heritage.images.models import Image
from heritage.lib.keys import new_key
from heritage.lib.languages import choose


class Hotspot(Tracked):
    """A point on a master, in the master's own frame: metres, right-handed.

    So it stays where it is, whatever derivative, unit or pose is shown; a master from
    another run has another frame, and shows it where a confirmed way leads there
    (`captures/motions.py`), or not until it is placed anew.
    """

    kind = "hotspot"

    class Fact(models.TextChoices):
        """What the register adds to the words, as it knows it when it is read."""

        NONE = "", _("nothing")
        MATERIAL = "material", _("material")
        TECHNIQUE = "technique", _("craft")
        MAKER = "maker", _("maker")
        DATING = "dating", _("datings, also disputed ones")
        RELATED = "related", _("related relics")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    relic = models.ForeignKey(
        Relic, models.CASCADE, related_name="hotspots", verbose_name=_("relic")
    )
    master = models.ForeignKey(
        Run, models.PROTECT, related_name="+", verbose_name=_("master")
    )
    number = models.PositiveSmallIntegerField(_("order"), default=0)
    x_m = models.FloatField(_("x (m)"))
    y_m = models.FloatField(_("y (m)"))
    z_m = models.FloatField(_("z (m)"))
    normal_x = models.FloatField(_("direction outwards, x"))
    normal_y = models.FloatField(_("direction outwards, y"))
    normal_z = models.FloatField(_("direction outwards, z"))
    title_zh = models.CharField(_("title (Chinese)"), max_length=100, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=100, blank=True)
    text_zh = models.TextField(_("text (Chinese)"), max_length=2000, blank=True)
    text_en = models.TextField(_("text (English)"), max_length=2000, blank=True)
    fact = models.CharField(
        _("fact from the register"), max_length=12, choices=Fact, default=Fact.NONE,
        blank=True,
    )  # fmt: skip
    image = models.ForeignKey(
        Image, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("picture"),
    )  # fmt: skip
    is_shown = models.BooleanField(
        _("shown"), default=False, help_text=_("a curator decides")
    )

    class Meta:
        verbose_name = _("hotspot")
        verbose_name_plural = _("hotspots")
        ordering = ["relic", "number", "pk"]

    def __str__(self) -> str:
        return choose(self.title_zh, self.title_en) or self.key

    @property
    def position(self) -> tuple[float, float, float]:
        return self.x_m, self.y_m, self.z_m

    @property
    def normal(self) -> tuple[float, float, float]:
        return self.normal_x, self.normal_y, self.normal_z


def lies_on(master: Run) -> bool:
    """Tell whether a hotspot was placed on this master."""
    return bool(Hotspot.objects.filter(master=master).exists())
