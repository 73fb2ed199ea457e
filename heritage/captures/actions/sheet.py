"""Save a field sheet: guarded, so that two people at it lose nothing."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.captures.errors import SavedMeanwhile
from heritage.captures.models import Capture
from heritage.captures.permission import check_member
from heritage.captures.sheet_models import FieldSheet, ScaleBar

OF_CAPTURE = (
    "technique",
    "operator",
    "place",
    "captured_on",
    "device",
    "device_serial",
)


def save_sheet(
    capture: Capture,
    sheet: FieldSheet,
    bars: Sequence[ScaleBar],
    *,
    seen: int,
    by: AbstractBaseUser | None,
) -> FieldSheet:
    """Keep the sheet, its scale bars and what the capture itself tells.

    `seen` is the version that the person began from. Raises `NotPermitted`, or
    `SavedMeanwhile` if somebody has saved another since; then nothing is kept.
    """
    check_member(capture, by)
    with transaction.atomic():
        # The capture's row is the lock: of a first sheet there is none yet.
        Capture.objects.select_for_update().get(pk=capture.pk)
        kept = FieldSheet.objects.filter(capture=capture).first()
        if (kept.version if kept else 0) != seen:
            raise SavedMeanwhile
        sheet.pk = kept.pk if kept else None
        sheet.capture, sheet.version = capture, seen + 1
        sheet.save(force_insert=kept is None)
        sheet.scale_bars.all().delete()
        for bar in bars:
            bar.pk, bar.sheet = None, sheet
            bar.save(force_insert=True)
        _tell_capture(capture, sheet)
    return sheet


def _tell_capture(capture: Capture, sheet: FieldSheet) -> None:
    """Let the capture name the device as the register does."""
    if sheet.device is not None:
        capture.device, capture.device_serial = sheet.device.name, sheet.device.serial
    names: Any = [*OF_CAPTURE, "modified_at"]
    capture.save(update_fields=names)
