"""docs/reference/graph.md names every vocabulary, builder and property of ours."""

import inspect
import re
from pathlib import Path

import pytest
from rdflib import RDF

from knowledge_graph import patterns
from knowledge_graph.vocabulary import names, terms_graph
from tests.knowledge_graph.museum import IDS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "graph.md"


@pytest.fixture(scope="module")
def said() -> set[str]:
    return set(re.findall(r"`([^`]+)`", PAGE.read_text(encoding="utf-8")))


def test_every_vocabulary_is_described(said: set[str]) -> None:
    assert set(names()) <= said


def test_every_builder_is_described(said: set[str]) -> None:
    builders = {
        name
        for name in patterns.__all__
        if inspect.isfunction(getattr(patterns, name, None))
    }
    assert len(builders) > 30
    assert builders <= said


def test_our_own_properties_are_described(said: set[str]) -> None:
    defined = terms_graph(IDS).subjects(RDF.type, RDF.Property)
    assert {f"/vocab/{str(one).rsplit('/', 1)[-1]}" for one in defined} <= said
