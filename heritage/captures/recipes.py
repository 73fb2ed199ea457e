"""The engine's recipes and their parameters, in the reader's language.

What there is, and between which limits, the engine's own schema says
(scans/recipes/schema.toml); here stand only the words. A test holds the two together.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from scans.recipe import schema

Text = Promise | str

RECIPES: dict[str, tuple[Text, Text]] = {
    "range-scans": (
        _("several scans of one object"),
        _("Scans from all sides, each in its own frame: the computer finds where each belongs."),
    ),
    "single-cloud": (
        _("one point cloud"),
        _("One scan, or several that another program has already put together."),
    ),
    "posed-scans": (
        _("scans with known positions"),
        _("The files say from where each scan was taken (E57, PTX); this is refined, not guessed."),
    ),
    "rgbd-sequence": (
        _("sequence of a depth camera"),
        _("Pictures in colour and depth, with the data of the camera."),
    ),
    "mesh-only": (
        _("a mesh from elsewhere"),
        _("One finished mesh (OBJ, STL, GLB): it is measured and delivered as it is."),
    ),
}  # fmt: skip
PARAMETERS: dict[str, tuple[Text, Text]] = {
    "voxel_share": (
        _("Grid for matching"),
        _("Grid on which scans are compared. Finer finds small features and takes longer."),
    ),
    "overlap_min": (
        _("Least overlap"),
        _("How much of two scans must coincide before they count as neighbours."),
    ),
    "overlap_in_cycle_min": (
        _("Least overlap in a ring"),
        _("The same where a second pair of scans says so too."),
    ),
    "conflict_max": (
        _("Most contradiction"),
        _("How many points may lie where another scan saw empty space."),
    ),
    "colour_min": (
        _("Least likeness of colours"),
        _("How alike colours must run where two scans meet: 1 the same, 0 unrelated."),
    ),
    "refine_samples": (
        _("Points for the final fit"),
        _("How many points of each scan are used when all are fitted together."),
    ),
    "depth": (
        _("Fineness of the surface"),
        _("Each level halves the size of the cells. 0 chooses by point spacing and memory."),
    ),
    "depth_max": (
        _("Greatest fineness chosen"),
        _("How fine the surface may become when the computer chooses."),
    ),
    "cells": (
        _("Cell of the surface"),
        _("Size of the cells against the point spacing. Larger is smoother."),
    ),
    "support": (
        _("Reach of the points"),
        _("Farther from any point than this, surface counts as made up and is cut away."),
    ),
    "closed_share": (
        _("Largest hole to close"),
        _("Made-up patches up to this size stay, and are marked as such."),
    ),
    "closed_reach": (
        _("Reach into holes"),
        _("Farther from all points than this no surface stays, however small the hole."),
    ),
    "island_share": (
        _("Largest crumb to drop"),
        _("Loose parts up to this size are taken away, unless a hundred points carry them."),
    ),
    "outlier_spacings": (
        _("Reach of company"),
        _("A point with fewer than five others this near is taken for an error and left out. 0 keeps all."),
    ),
    "memory_mb": (
        _("Memory for the surface"),
        _("The surface is made coarser where it would need more memory than this."),
    ),
    "seed": (
        _("Seed of chance"),
        _("The same number gives the same result."),
    ),
    "mask_fixture": (
        _("Leave the turntable aside"),
        _("Leave aside what stands still while the object turns (table, stand, clamp), where that is certain."),
    ),
    "given_poses": (
        _("Start from the positions in the files"),
        _("Begin with the positions that the files state, and refine them."),
    ),
    "far_m": (
        _("Farthest depth"),
        _("Depth pictures do not count beyond this."),
    ),
    "voxel_m": (
        _("Cell of the depth pictures"),
        _("Size of the cells in which depth pictures are put together. 0 chooses by pixel, noise and memory."),
    ),
    "exact": (_("Repeatable to the byte"), ""),
}  # fmt: skip
UNITS: dict[str, Text] = {
    "share of the median scan's diagonal": _("share of a scan's diagonal"),
    "share": _("share"),
    "share of the area": _("share of the area"),
    "share of the diagonal": _("share of the diagonal"),
    "points": _("points"),
    "levels": _("levels"),
    "spacings between points": _("point spacings"),
    "m": "m",
    "MB": "MB",
}


@dataclass(frozen=True)
class ParameterWords:
    """How a parameter is told."""

    label: str
    about: str
    unit: str


def recipe_label(name: str) -> str:
    """Name a recipe in the reader's language."""
    return str(RECIPES[name][0]) if name in RECIPES else name


def recipe_about(name: str) -> str:
    return str(RECIPES[name][1]) if name in RECIPES else ""


def parameter_words(name: str) -> ParameterWords:
    """Give a parameter's words; one that has none yet keeps the engine's own."""
    rule = schema().get(name)
    unit = rule.unit if rule else ""
    label, about = PARAMETERS.get(name, (name, rule.about if rule else ""))
    return ParameterWords(str(label), str(about), str(UNITS.get(unit, unit)))
