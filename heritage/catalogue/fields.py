"""A model field whose values are terms of one of the vocabularies."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import get_language

from knowledge_graph.vocabulary import Vocabulary

from .vocabularies import load, offered


def concept_label(vocabulary: str, slug: str) -> str:
    """Give the term's label in the language of the reader."""
    if not slug:
        return ""
    return load(vocabulary).label(slug, get_language() or "")


def concept_choices(vocabulary: str) -> Iterator[tuple[str, Any]]:
    for concept in offered(vocabulary):
        yield concept.slug, _LazyLabel(vocabulary, concept.slug)


class ConceptField(models.CharField[str, str]):
    """Hold the slug of a term; show its label in the reader's language."""

    def __init__(self, *args: Any, vocabulary: str, **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        kwargs.setdefault("max_length", 60)
        # Called each time: the museum may add terms while we run.
        kwargs["choices"] = partial(concept_choices, vocabulary)
        self._gathered: tuple[Vocabulary, list[tuple[str, Any]]] | None = None
        super().__init__(*args, **kwargs)

    @property
    def flatchoices(self) -> list[tuple[str, Any]]:
        """Give the terms, gathered once as long as they are the same: lists ask a cell."""
        terms = load(self.vocabulary)
        if self._gathered is None or self._gathered[0] is not terms:
            self._gathered = terms, list(concept_choices(self.vocabulary))
        return self._gathered[1]

    def deconstruct(self) -> Any:
        # Labels and new terms are data: they must not ask for a migration.
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, {**kwargs, "vocabulary": self.vocabulary}

    def _check_choices(self) -> list[Any]:
        """Leave the terms alone: checks run before there are tables to ask."""
        return []


class _LazyLabel:
    """A label looked up when it is shown, for then the language is known."""

    def __init__(self, vocabulary: str, slug: str) -> None:
        self.vocabulary, self.slug = vocabulary, slug

    def __str__(self) -> str:
        return concept_label(self.vocabulary, self.slug)
