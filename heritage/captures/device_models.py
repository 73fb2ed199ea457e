"""The register of devices: what captures are made with, and what proves that they measure."""

import datetime as dt

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models.record import Tracked
from heritage.lib.keys import new_key


class Device(Tracked):
    """A scanner, camera or lens that the museum or a contractor works with."""

    kind = "device"

    class Trust(models.TextChoices):
        """What a capture on a given day may say of its device's calibration."""

        VALID = "valid", _("calibration valid")
        EXPIRED = "expired", _("calibration expired")
        MISSING = "missing", _("no calibration certificate")

    key = models.CharField(
        _("key"), max_length=16, unique=True, default=new_key, editable=False
    )
    name = models.CharField(_("name"), max_length=200)
    maker = models.CharField(_("manufacturer"), max_length=200, blank=True)
    serial = models.CharField(_("serial number"), max_length=100, blank=True)
    firmware = models.CharField(_("firmware"), max_length=100, blank=True)
    owner = models.CharField(_("owner"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    is_retired = models.BooleanField(_("no longer in use"), default=False)
    modified_at = models.DateTimeField(_("modified"), auto_now=True)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["name", "serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "serial"],
                condition=~Q(serial=""),
                name="device_once_by_serial",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.serial}" if self.serial else self.name

    def calibration_on(self, day: dt.date) -> "Calibration | None":
        """Give the newest certificate that had been issued by this day."""
        held = [one for one in self.calibrations.all() if one.calibrated_on <= day]
        return max(held, key=lambda one: one.calibrated_on, default=None)

    def trust_on(self, day: dt.date) -> "Device.Trust":
        """Tell whether a certificate holds on this day."""
        certificate = self.calibration_on(day)
        if certificate is None:
            return Device.Trust.MISSING
        is_over = certificate.expires_on is not None and certificate.expires_on < day
        return Device.Trust.EXPIRED if is_over else Device.Trust.VALID

    @property
    def trust_today(self) -> "Device.Trust":
        return self.trust_on(timezone.localdate())


class Calibration(Tracked):
    """A certificate: what a laboratory found of a device, and until when it counts."""

    device = models.ForeignKey(
        Device, models.CASCADE, related_name="calibrations", verbose_name=_("device")
    )
    certificate = models.CharField(_("certificate number"), max_length=100)
    issued_by = models.CharField(_("issued by"), max_length=200, blank=True)
    calibrated_on = models.DateField(_("calibrated on"))
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    uncertainty_mm = models.FloatField(
        _("uncertainty (mm)"), null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("as certified, for a length of one metre, coverage factor 2"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("calibration certificate")
        verbose_name_plural = _("calibration certificates")
        ordering = ["-calibrated_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(expires_on__gte=F("calibrated_on")),
                name="calibration_ends_after_it_begins",
                violation_error_message=_("It ends before it begins."),
            )
        ]

    def __str__(self) -> str:
        return self.certificate
