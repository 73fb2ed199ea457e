"""A model field whose values are concepts of one of our SKOS vocabularies."""

from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import get_language

from knowledge_graph.vocabulary import load


def concept_label(vocabulary: str, slug: str) -> str:
    """Give the concept's label in the language of the reader."""
    if not slug:
        return ""
    language = "en" if (get_language() or "").startswith("en") else "zh-Hans"
    return load(vocabulary).label(slug, language)


def concept_choices(vocabulary: str) -> Iterator[tuple[str, Any]]:
    for concept in load(vocabulary).concepts:
        yield concept.slug, _LazyLabel(vocabulary, concept.slug)


class ConceptField(models.CharField[str, str]):
    """Hold the slug of a concept; show its label in the reader's language."""

    def __init__(self, *args: Any, vocabulary: str, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        kwargs.setdefault("max_length", 60)
        kwargs["choices"] = list(concept_choices(vocabulary))
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        # Labels and new concepts are data: they must not ask for a migration.
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, {**kwargs, "vocabulary": self.vocabulary}


class _LazyLabel:
    """A label looked up when it is shown, for then the language is known."""

    def __init__(self, vocabulary: str, slug: str) -> None:
        self.vocabulary, self.slug = vocabulary, slug

    def __str__(self) -> str:
        return concept_label(self.vocabulary, self.slug)
