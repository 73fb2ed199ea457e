"""Recipes: names and values in TOML, checked before the first byte of a scan is read."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from scans.errors import BadParameter, UnknownParameter, UnknownRecipe

FOLDER = Path(__file__).with_name("recipes")
SCHEMA = FOLDER / "schema.toml"
RANGE_SCANS, SINGLE_CLOUD, MESH_ONLY = "range-scans", "single-cloud", "mesh-only"
POSED_SCANS = "posed-scans"
RGBD_SEQUENCE = "rgbd-sequence"


@dataclass(frozen=True)
class Parameters:
    """Everything a person may set (see recipes/schema.toml)."""

    voxel_share: float = 0.01  # of the median diagonal: grid for matching
    overlap_min: float = 0.30  # share of points two scans must share
    overlap_in_cycle_min: float = 0.20  # the same where a second pair says so too
    conflict_max: float = 0.02  # share of points in space seen empty
    colour_min: float = 0.65  # how alike colours must run where two scans meet
    mask_fixture: int = 1  # 0 never: leave aside what stands still while all else turns
    given_poses: int = 0  # 1: start from the poses that files state
    refine_samples: int = 2000  # points of each scan in the joint refinement
    depth: int = 0  # octree depth of the surface; 0 chooses by spacing
    depth_max: int = 10  # limit of that choice
    cells: float = 1.4  # octree cell in spacings between points: two points a cell
    support: float = 5.0  # spacings from a point at which surface is made up
    closed_share: float = 0.005  # of the area: made-up patches that may stay
    closed_reach: float = 0.01  # of the diagonal: no closed hole reaches farther
    island_share: float = 0.01  # of the area: loose parts that go
    outlier_spacings: float = 8.0  # reach in which a point has company; 0 keeps all
    memory_mb: int = 4000  # that making the surface may take
    far_m: float = 4.0  # depth beyond which depth pictures do not count
    voxel_m: float = 0.0  # voxel of fused depth pictures; 0 chooses by noise and memory
    seed: int = 20261121  # of everything drawn at random


@dataclass(frozen=True)
class Rule:
    """What the schema says of one parameter."""

    about: str
    unit: str
    least: float
    most: float


@dataclass(frozen=True)
class Recipe:
    """A named set of parameters."""

    name: str
    version: int
    about: str
    parameters: Parameters


def recipe_names() -> list[str]:
    """Names of all recipes."""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if path != SCHEMA)


@cache
def schema() -> dict[str, Rule]:
    """What each parameter means and may be, by name."""
    entries = tomllib.loads(SCHEMA.read_text(encoding="utf-8"))
    return {name: Rule(**entry) for name, entry in entries.items()}


def read_recipe(name: str, settings: Sequence[str] = ()) -> Recipe:
    """Read a recipe and change what `key=value` settings say.

    Raises UnknownRecipe, BadParameter, UnknownParameter.
    """
    if name not in recipe_names():
        raise UnknownRecipe(name, known=", ".join(recipe_names()))
    data = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    parameters = Parameters()
    for key, value in data["parameters"].items():
        parameters = _changed(parameters, key, str(value))
    for setting in settings:
        key, _, value = setting.partition("=")
        parameters = _changed(parameters, key.strip(), value.strip())
    return Recipe(data["name"], int(data["version"]), data["about"], parameters)


def _changed(parameters: Parameters, key: str, value: str) -> Parameters:
    kinds = {field.name: field.type for field in fields(Parameters)}
    if key not in kinds:
        raise UnknownParameter(key, ", ".join(kinds))
    try:
        number = int(value) if kinds[key] is int else float(value)
    except ValueError:
        raise BadParameter(key, value, "it is not a number of that kind") from None
    rule = schema()[key]
    if not rule.least <= number <= rule.most:
        reason = f"it must lie between {rule.least} and {rule.most}"
        raise BadParameter(key, value, reason)
    changed: dict[str, Any] = {key: number}
    return replace(parameters, **changed)
