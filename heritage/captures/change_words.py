"""What a comparison found, in words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .models import Run

TOLD = 3  # regions named in a sentence; the page lists all of them
MM2_A_CM2 = 100.0


def change_of(run: Run) -> dict[str, Any]:
    """Give the figures of a comparison; empty of one that has none."""
    found: dict[str, Any] = run.report.get("change") or {}
    return found


def told_change(run: Run) -> str:
    """Tell what was found, below what nothing can be said, and what nobody vouches for."""
    return " ".join([*told_found(run), *told_scale(run)])


def told_found(run: Run) -> list[str]:
    """Tell of the whole, if it has grown or shrunk, and of the places that changed."""
    return [*_told_growth(_scale(run)), _told_regions(run)]


def told_scale(run: Run) -> list[str]:
    """Tell that nobody vouches for the scale of both; nothing where somebody does."""
    return _told_scale(_scale(run))


def _scale(run: Run) -> dict[str, Any]:
    return change_of(run).get("scale") or {}


def _told_growth(scale: dict[str, Any]) -> list[str]:
    """Tell of a size that differs by more than what vouches for both leaves open."""
    if not (scale.get("is_certified") and scale.get("is_taken_off")):
        return []
    larger = _(
        "The whole is larger than before by %(percent)s %% ± %(error)s %%, more than what "
        "is known of both scales leaves open: it has grown, or one scale is not as "
        "certified. Places are marked with that taken off."
    )
    smaller = _(
        "The whole is smaller than before by %(percent)s %% ± %(error)s %%, more than what "
        "is known of both scales leaves open: it has shrunk, or one scale is not as "
        "certified. Places are marked with that taken off."
    )
    grown = 100 * (scale["factor"] - 1)
    said = larger if grown > 0 else smaller
    told = {"percent": f"{abs(grown):.3f}", "error": f"{100 * scale['error']:.3f}"}
    return [said % told]


def _told_scale(scale: dict[str, Any]) -> list[str]:
    if scale.get("is_certified", True):
        return []
    said = _(
        "Scale not certified: of at least one capture, no certificate or checked scale bar "
        "vouches for the size. A size factor of %(factor)s ± %(error)s was estimated and "
        "taken off; whether the whole has grown or shrunk cannot be told."
    )
    return [
        said % {"factor": f"{scale['factor']:.6f}", "error": f"{scale['error']:.6f}"}
    ]


def _told_regions(run: Run) -> str:
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
    if region.get("kind") == "loss":
        return pgettext("of a surface", "lost")
    return pgettext("of a surface", "added")


def _told(region: dict[str, Any]) -> str:
    return _("%(kind)s: %(area)s cm², up to %(depth)s mm deep.") % {
        "kind": kind_of(region),
        "area": f"{region['area_mm2'] / MM2_A_CM2:.2f}",
        "depth": f"{region['depth_mm']:.2f}",
    }
