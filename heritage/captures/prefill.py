"""What a field sheet begins with: the collection's last one, then what the files say."""

from collections.abc import Mapping
from typing import Any, Final

from .device_models import Device
from .models import Capture, CaptureFile
from .sheet_models import FieldSheet
from .usable import files_in_use

# What stays the same in a photo room from one object to the next.
CARRIED: Final = (
    "purpose", "target_accuracy_mm", "organisation", "contract", "device", "firmware",
    "lens", "lens_serial", "focal_mm", "light", "light_cct_k", "light_cri", "light_lux",
    "is_polarised", "temperature_c", "humidity_pct", "colour_chart",
    "colour_chart_serial",
)  # fmt: skip


def begin_sheet(capture: Capture) -> FieldSheet:
    """Give the capture's sheet, or an unsaved one that is filled in as far as is known."""
    rows = FieldSheet.objects.filter(capture=capture).select_related("device")
    found: FieldSheet | None = rows.first()
    if found is not None:
        return found
    sheet = FieldSheet(capture=capture)
    last = _last_sheet(capture)
    for name in CARRIED if last else ():
        setattr(sheet, name, getattr(last, name))
    for name, value in told_by_files(capture).items():
        setattr(sheet, name, value)
    return sheet


def begin_capture(capture: Capture) -> dict[str, Any]:
    """Give operator and place as the last capture has them, where this one has none."""
    last = _last_sheet(capture)
    if last is None:
        return {}
    names = ("operator", "place")
    return {n: getattr(last.capture, n) for n in names if getattr(capture, n) is None}


def told_by_files(capture: Capture) -> dict[str, Any]:
    """Read off the files' headers what they say of device, lens and views."""
    rows = list(files_in_use(capture))
    told: dict[str, Any] = {}
    for row in rows:
        told = {**_from_exif(row.figures.get("exif") or {}), **told}
    scans = [row for row in rows if row.role == CaptureFile.Role.SCAN]
    views = sum(len(row.figures.get("stations") or [""]) for row in scans)
    photographs = sum(row.role == CaptureFile.Role.PHOTOGRAPH for row in rows)
    if views or photographs:
        told["views"] = views or photographs
    return told


def _from_exif(exif: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field, tag in (("lens", "LensModel"), ("lens_serial", "LensSerialNumber")):
        if isinstance(exif.get(tag), str):
            told[field] = exif[tag]
    if isinstance(exif.get("FocalLength"), int | float) and exif["FocalLength"] > 0:
        told["focal_mm"] = float(exif["FocalLength"])
    if device := _known_device(exif):
        told["device"] = device
    return told


def _known_device(exif: Mapping[str, Any]) -> Device | None:
    """Find the registered device by its serial number; none is made up."""
    serial = exif.get("BodySerialNumber")
    if not isinstance(serial, str) or not serial:
        return None
    rows = Device.objects.filter(serial=serial, is_retired=False)
    return rows.first() if rows.count() == 1 else None


def _last_sheet(capture: Capture) -> FieldSheet | None:
    """Give the sheet that was filled in last in this collection, by the same technique."""
    rows = FieldSheet.objects.filter(
        capture__relic__collection=capture.relic.collection_id,
        capture__technique=capture.technique,
    ).exclude(capture=capture)
    rows = rows.select_related("device", "capture__operator", "capture__place")
    found: FieldSheet | None = rows.order_by("-modified_at", "-pk").first()
    return found
