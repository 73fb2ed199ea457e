"""Linked Art's SHACL shapes find what their own examples were made to show."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from .linked_art_shapes import expanded, messages

SUITE: Final = "suites/linked-art-validator"
BASE: Final = "https://linked.art/"
# Example and number that is not found: these shapes are for every crm:E1_CRM_Entity, and
# look at nothing unless all of CRM's classes lie beside the record.
NOT_FOUND: Final = {("current_owner", "v4"), ("multiple_types_for_entity", "v52")}


def example(shared_data: Path, kind: str, name: str) -> dict[str, Any]:
    text = (shared_data / SUITE / kind / f"{name}.json").read_text()
    known: dict[str, Any] = json.loads(text)
    return known


def numbers(shared_data: Path, record: dict[str, Any]) -> set[str]:
    told = messages(shared_data / SUITE, expanded(record, shared_data), BASE)
    return {text.partition(":")[0] for text in told}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib reads JSON-LD so
def test_the_valid_example_is_valid(shared_data: Path) -> None:
    told = numbers(shared_data, example(shared_data, "valid", "basic_valid_object_0"))
    assert not [one for one in told if one.startswith("v")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_each_invalid_example_is_caught_by_what_it_names(shared_data: Path) -> None:
    missed = set()
    for path in (shared_data / SUITE / "invalid").glob("*.json"):
        record = example(shared_data, "invalid", path.stem)
        named = set(record.pop("note").replace(" ", "").split(","))
        missed |= {(path.stem, one) for one in named - numbers(shared_data, record)}
    assert missed == NOT_FOUND
