"""Recipes: every parameter has its place in the schema, and every value is held to it."""

from dataclasses import asdict
from pathlib import Path

import pytest

from scans.errors import BadParameter, UnknownParameter, UnknownRecipe
from scans.recipe import Parameters, read_recipe, recipe_names, schema
from scans.recipe_book import as_markdown

ROOT = Path(__file__).resolve().parents[2]


def test_the_schema_tells_every_parameter_and_no_other() -> None:
    assert set(schema()) == set(asdict(Parameters()))


def test_the_reference_tells_what_there_is() -> None:
    """To write it anew: python -m scans recipes, below the page's own first words."""
    told = (ROOT / "docs" / "reference" / "recipes.md").read_text(encoding="utf-8")
    assert told.endswith(as_markdown())


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_keeps_to_the_schema(name: str) -> None:
    held = asdict(read_recipe(name).parameters)
    for key, rule in schema().items():
        assert rule.about
        assert rule.least <= held[key] <= rule.most


def test_a_value_beyond_its_limits_is_refused_with_them() -> None:
    with pytest.raises(BadParameter, match=r"between 0 and 12"):
        read_recipe("range-scans", ["depth=13"])


@pytest.mark.parametrize("setting", ["depth=many", "depth=1.5", "depth"])
def test_what_is_no_number_is_refused(setting: str) -> None:
    with pytest.raises(BadParameter):
        read_recipe("range-scans", [setting])


def test_an_unknown_parameter_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownParameter, match="depth"):
        read_recipe("range-scans", ["colour=1"])


def test_an_unknown_recipe_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownRecipe, match="range-scans"):
        read_recipe("stone-soup")
