"""Which fields a field sheet must have, by technique, and which of them are empty."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from .device_models import Device
from .models import Capture
from .sheet_models import FieldSheet

# Of the capture itself, and of every sheet.
OF_CAPTURE: Final = ("operator", "place", "captured_on")
ALWAYS: Final = ("purpose", "target_accuracy_mm", "handling")
OPTICAL: Final = ("device", "lens", "focal_mm", "light", "colour_chart")
BY_TECHNIQUE: Final[dict[str, tuple[str, ...]]] = {
    "structured-light": ("device", "spacing_mm", "light"),
    "laser-scanning": ("device", "spacing_mm"),
    "photogrammetry": (*OPTICAL, "spacing_mm", "scale_bars"),
    "depth-camera": ("device", "distance_mm"),
    "computed-tomography": ("device", "spacing_mm"),
    "reflectance-transformation": (*OPTICAL, "views"),
    "multispectral": OPTICAL,
    "photography": OPTICAL,
    "contact-probe": ("device",),
    "virtual-scan": (),  # nobody stood in a room
}
VIRTUAL: Final = "virtual-scan"


def required_fields(technique: str) -> tuple[str, ...]:
    """Name what a sheet must say for captures of this technique."""
    if technique == VIRTUAL:
        return ()
    return (*OF_CAPTURE, *ALWAYS, *BY_TECHNIQUE.get(technique, ("device",)))


def missing_fields(capture: Capture, sheet: FieldSheet) -> list[str]:
    """Name the required fields that are empty."""
    return [
        name
        for name in required_fields(capture.technique)
        if _is_empty(capture, sheet, name)
    ]


def sheet_warnings(capture: Capture, sheet: FieldSheet) -> Iterator[str]:
    """Tell what a checker should know of how the capture was made."""
    device = sheet.device
    if device is not None:
        trust = device.trust_on(capture.captured_on)
        if trust == Device.Trust.MISSING:
            yield _("%(device)s had no calibration certificate on the day of the capture.") % {"device": device}  # fmt: skip
        elif trust == Device.Trust.EXPIRED:
            yield _("The calibration of %(device)s had expired on the day of the capture.") % {"device": device}  # fmt: skip
    if sheet.missing and not sheet.missing_why:
        yield _("Areas are missing, and the sheet does not say why.")


def _is_empty(capture: Capture, sheet: FieldSheet, name: str) -> bool:
    if name == "scale_bars":
        return sheet.pk is None or not sheet.scale_bars.exists()
    if name in OF_CAPTURE:
        return not getattr(capture, name)
    return getattr(sheet, name) in (None, "")
