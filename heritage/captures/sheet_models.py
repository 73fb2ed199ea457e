"""The field sheet of a capture: what is noted in the photo room (paradata)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models.record import Tracked

from .device_models import Device

POSITIVE = [MinValueValidator(1e-6)]
SHARE = [MinValueValidator(0), MaxValueValidator(100)]


class Surface(models.TextChoices):
    """What makes a surface hard to measure."""

    GLOSS = "gloss", _("glossy")
    TRANSPARENT = "transparent", _("transparent")
    DARK = "dark", _("dark")
    SUBSURFACE = "subsurface", _("light goes into it (jade, wax, marble)")
    FINE = "fine", _("fine relief")
    DEEP = "deep", _("deep hollows")
    LOOSE = "loose", _("parts that move (textile, hair, chain)")


class FieldSheet(Tracked):
    """How, with what and why a capture was made; `version` counts its savings."""

    class Purpose(models.TextChoices):
        DOCUMENTATION = "documentation", _("documentation")
        CONDITION = "condition", _("condition, before or after treatment")
        RESEARCH = "research", _("research and measuring")
        DISPLAY = "display", _("display and headsets")
        REPLICA = "replica", _("replica")
        INSURANCE = "insurance", _("loan and insurance")

    class Light(models.TextChoices):
        AMBIENT = "ambient", _("room light")
        LED = "led", _("LED panels")
        FLASH = "flash", _("flash")
        TENT = "tent", _("light tent")
        PROJECTOR = "projector", _("the scanner's own, in a dark room")
        LASER = "laser", _("laser")

    capture = models.OneToOneField(
        "captures.Capture", models.CASCADE, related_name="field_sheet",
        verbose_name=_("capture"),
    )  # fmt: skip
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose, blank=True)
    target_accuracy_mm = models.FloatField(
        _("target accuracy (mm)"), null=True, blank=True, validators=POSITIVE,
        help_text=_("the error of a length that may not be passed"),
    )  # fmt: skip
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    contract = models.CharField(_("contract"), max_length=100, blank=True)

    device = models.ForeignKey(
        Device, models.PROTECT, null=True, blank=True, related_name="sheets",
        verbose_name=_("device"),
    )  # fmt: skip
    firmware = models.CharField(_("firmware"), max_length=100, blank=True)
    lens = models.CharField(_("lens"), max_length=200, blank=True)
    lens_serial = models.CharField(_("lens serial number"), max_length=100, blank=True)
    focal_mm = models.FloatField(
        _("focal length (mm)"), null=True, blank=True, validators=POSITIVE
    )
    distance_mm = models.FloatField(
        _("distance to the object (mm)"), null=True, blank=True, validators=POSITIVE
    )
    spacing_mm = models.FloatField(
        _("point spacing or size of a pixel on the object (mm)"), null=True, blank=True,
        validators=POSITIVE,
    )  # fmt: skip
    views = models.PositiveIntegerField(_("number of views"), null=True, blank=True)
    overlap_pct = models.FloatField(
        _("overlap (%)"), null=True, blank=True, validators=SHARE
    )

    light = models.CharField(_("light"), max_length=12, choices=Light, blank=True)
    light_cct_k = models.PositiveIntegerField(
        _("colour temperature (K)"), null=True, blank=True
    )
    light_cri = models.PositiveSmallIntegerField(
        _("colour rendering index"), null=True, blank=True, validators=SHARE
    )
    light_lux = models.FloatField(
        _("illuminance on the object (lx)"), null=True, blank=True, validators=POSITIVE
    )
    light_lux_h = models.FloatField(
        _("exposure in all (lx h)"), null=True, blank=True, validators=POSITIVE
    )
    is_polarised = models.BooleanField(_("cross-polarised"), default=False)
    temperature_c = models.FloatField(_("temperature (°C)"), null=True, blank=True)
    humidity_pct = models.FloatField(
        _("relative humidity (%)"), null=True, blank=True, validators=SHARE
    )

    colour_chart = models.CharField(_("colour chart"), max_length=100, blank=True)
    colour_chart_serial = models.CharField(
        _("chart serial number"), max_length=100, blank=True
    )
    surface = models.JSONField(_("surface problems"), default=list, blank=True)
    surface_treatment = models.CharField(
        _("treatment of the surface"), max_length=300, blank=True,
        help_text=_("spray, powder, targets: what was put on, by whose leave"),
    )  # fmt: skip
    handling = models.TextField(_("handling"), blank=True)
    issue_slip = models.CharField(_("issue slip number"), max_length=100, blank=True)
    missing = models.TextField(_("areas not captured"), blank=True)
    missing_why = models.CharField(_("why not"), max_length=300, blank=True)
    modified_at = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("field sheet")
        verbose_name_plural = _("field sheets")

    def __str__(self) -> str:
        return str(self.capture)

    def surface_shown(self) -> str:
        """Name the surface's problems in the reader's language."""
        labels = dict(Surface.choices)
        return _(", ").join(str(labels[one]) for one in self.surface if one in labels)


class ScaleBar(Tracked):
    """A bar that lay beside the object, and its length as certified."""

    sheet = models.ForeignKey(
        FieldSheet, models.CASCADE, related_name="scale_bars",
        verbose_name=_("field sheet"),
    )  # fmt: skip
    name = models.CharField(_("scale bar"), max_length=100)
    length_mm = models.FloatField(_("certified length (mm)"), validators=POSITIVE)
    uncertainty_mm = models.FloatField(
        _("uncertainty (mm)"), null=True, blank=True, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("scale bar")
        verbose_name_plural = _("scale bars")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return f"{self.name} {self.length_mm:g} mm"
