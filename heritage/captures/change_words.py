"""What a comparison found, in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Run

TOLD = 3  # regions named in a sentence; the page lists all of them
MM2_A_CM2 = 100.0


def change_of(run: Run) -> dict[str, Any]:
    """Give the figures of a comparison; empty of one that has none."""
    found: dict[str, Any] = run.report.get("change") or {}
    return found


def told_change(run: Run) -> str:
    """Tell what was found, and below what nothing can be said."""
    change = change_of(run)
    limit = f"{change.get('limit_of_detection_mm', 0.0):.3f}"
    regions = change.get("regions", [])
    if not regions:
        return _("No change above %(limit)s mm was found.") % {"limit": limit}
    count = ngettext(
        "%(count)d place has changed by more than %(limit)s mm:",
        "%(count)d places have changed by more than %(limit)s mm:",
        len(regions),
    ) % {"count": len(regions), "limit": limit}
    return " ".join([count, *(_told(region) for region in regions[:TOLD])])


def kind_of(region: dict[str, Any]) -> str:
    return _("lost") if region.get("kind") == "loss" else _("added")


def _told(region: dict[str, Any]) -> str:
    return _("%(kind)s: %(area)s cm², up to %(depth)s mm deep.") % {
        "kind": kind_of(region),
        "area": f"{region['area_mm2'] / MM2_A_CM2:.2f}",
        "depth": f"{region['depth_mm']:.2f}",
    }
