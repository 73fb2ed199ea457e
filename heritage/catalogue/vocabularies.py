"""The vocabularies that fields, forms and pages use: read from the register's terms.

The files of `knowledge_graph` are what we ship; `load_vocabularies` brings them into the
register, where a museum adds its own terms to the open ones. Read once, and again when a
request finds that they have changed.
"""

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.core.signals import request_started
from django.db.models import Max, Sum

from knowledge_graph.vocabulary import Concept, UnknownVocabulary, Vocabulary


@dataclass
class _Read:
    """What this process has read, and whether it must look if that still holds."""

    stamp: tuple[Any, ...] = ()
    must_look: bool = True
    vocabularies: dict[str, Vocabulary] = field(default_factory=dict)
    retired: frozenset[tuple[str, str]] = frozenset()


_read = _Read()


def load(name: str) -> Vocabulary:
    """Give one vocabulary. Raises `UnknownVocabulary`."""
    _refresh()
    found = _read.vocabularies.get(name)
    if found is None:
        raise UnknownVocabulary(name)
    return found


def offered(name: str) -> tuple[Concept, ...]:
    """Give the terms that a form offers: all but those that are retired."""
    concepts = load(name).concepts
    return tuple(c for c in concepts if (name, c.slug) not in _read.retired)


def look_again(**_: Any) -> None:
    """Have the next question ask the register whether its terms have changed."""
    _read.must_look = True


def _refresh() -> None:
    if not _read.must_look:
        return
    # By name: the models' own fields are what asks here.
    editions = apps.get_model("catalogue", "VocabularyEdition")._default_manager
    # Changed by a curator, or loaded anew.
    found = editions.aggregate(changes=Sum("revision"), loaded=Max("loaded_at"))
    stamp = tuple(found.values())
    if stamp != _read.stamp:
        rows = apps.get_model("catalogue", "Term")._default_manager
        terms = list(rows.order_by("vocabulary", "number", "slug"))
        _read.vocabularies = _grouped(terms)
        _read.retired = frozenset((t.vocabulary, t.slug) for t in terms if t.is_retired)
        _read.stamp = stamp
    _read.must_look = False


def _grouped(terms: list[Any]) -> dict[str, Vocabulary]:
    grouped: dict[str, list[Concept]] = {}
    for term in terms:
        grouped.setdefault(term.vocabulary, []).append(concept_of(term))
    return {
        name: Vocabulary(name, tuple(each), {one.slug: one for one in each})
        for name, each in grouped.items()
    }


def concept_of(term: Any) -> Concept:
    labels = {
        "zh-Hans": term.label_hans,
        "zh-Hant": term.label_hant or term.label_hans,
        "en": term.label_en,
    }
    return Concept(
        slug=term.slug,
        labels=MappingProxyType(labels),
        broader=term.broader,
        notation=term.notation,
        other_names=tuple(term.other_names),
        begin_year=term.begin_year,
        end_year=term.end_year,
    )


request_started.connect(look_again, dispatch_uid="vocabularies-look-again")
