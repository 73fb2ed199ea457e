"""Our controlled vocabularies: SKOS files beside this module, read once.

Labels are the official ones of the register where there is a register. The files name
everything relative to the museum's base IRI, which is a setting.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyoxigraph
from rdflib import Graph

from knowledge_graph.namespaces import Ids
from knowledge_graph.years import YearSpan, fold_names

FOLDER: Final = Path(__file__).parent / "vocabularies"

# Language tags are asked for as Django has them; these hold the same script.
_FALLBACKS: Final = {
    "zh-hans": "zh-Hans",
    "zh-cn": "zh-Hans",
    "zh-sg": "zh-Hans",
    "zh": "zh-Hans",
    "zh-hant": "zh-Hant",
    "zh-tw": "zh-Hant",
    "zh-hk": "zh-Hant",
    "zh-mo": "zh-Hant",
}
_SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# Stands for the museum's base IRI where only slugs and labels are wanted.
_NOWHERE: Final = "https://vocab.invalid/"


class UnknownVocabulary(LookupError):
    code = "unknown-vocabulary"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"There is no vocabulary {name!r}; see knowledge_graph/vocabularies."
        )
        self.name = name


@dataclass(frozen=True)
class Concept:
    """One term of a vocabulary; `broader` is the slug of the term above it, or ""."""

    slug: str
    labels: MappingProxyType[str, str]
    broader: str = ""
    notation: str = ""  # official number or code: 1 … 35, Ⅰ … Ⅹ
    other_names: tuple[str, ...] = ()
    begin_year: int | None = None  # periods: astronomical years
    end_year: int | None = None

    def label(self, language: str) -> str:
        """Give the label in a language, English where we have no other."""
        tag = _FALLBACKS.get(language.lower(), language)
        return self.labels.get(tag) or self.labels["en"]


@dataclass(frozen=True)
class Vocabulary:
    """The terms of one vocabulary in their official order."""

    name: str
    concepts: tuple[Concept, ...]
    _by_slug: dict[str, Concept] = field(repr=False, compare=False)

    def __contains__(self, slug: object) -> bool:
        return slug in self._by_slug

    def __getitem__(self, slug: str) -> Concept:
        return self._by_slug[slug]

    def label(self, slug: str, language: str) -> str:
        """Give the label of a term; of an unknown one, the slug itself."""
        concept = self._by_slug.get(slug)
        return concept.label(language) if concept else slug

    def choices(self, language: str) -> list[tuple[str, str]]:
        """Give (slug, label) pairs in the official order."""
        return [(one.slug, one.label(language)) for one in self.concepts]

    def narrower(self, slug: str) -> tuple[Concept, ...]:
        """Give the terms directly below `slug`; "" gives the top ones."""
        return tuple(one for one in self.concepts if one.broader == slug)


@cache
def names() -> tuple[str, ...]:
    """List the vocabularies that there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.ttl")))


@cache
def load(name: str) -> Vocabulary:
    """Read one vocabulary; the second call costs nothing."""
    if name not in names():
        raise UnknownVocabulary(name)
    facts = _read(FOLDER / f"{name}.ttl")
    concepts = tuple(
        _concept(iri, facts[iri]) for iri in facts if _is_concept(facts[iri])
    )
    return Vocabulary(name, concepts, {one.slug: one for one in concepts})


@cache
def broad_matches(name: str, slug: str) -> tuple[str, ...]:
    """Give the wider terms of other vocabularies that a term is matched with: slugs."""
    if name not in names():
        raise UnknownVocabulary(name)
    facts = _read(FOLDER / f"{name}.ttl").get(f"{_NOWHERE}{name}/{slug}", {})
    return tuple(_slug(one.value) for one in facts.get(_SKOS + "broadMatch", []))


@cache
def digest(name: str) -> str:
    """Give the SHA-256 of a vocabulary's file: tells one edition from another."""
    if name not in names():
        raise UnknownVocabulary(name)
    return sha256((FOLDER / f"{name}.ttl").read_bytes()).hexdigest()


def vocabulary_graph(name: str, ids: Ids) -> Graph:
    """Give one vocabulary as triples under the museum's base IRI."""
    if name not in names():
        raise UnknownVocabulary(name)
    path = FOLDER / f"{name}.ttl"
    return Graph().parse(path, format="turtle", publicID=str(ids.vocab))


def terms_graph(ids: Ids) -> Graph:
    """Give the definitions of our own few properties under the museum's base IRI."""
    path = Path(__file__).parent / "terms.ttl"
    return Graph().parse(path, format="turtle", publicID=str(ids.vocab))


@cache
def period_names() -> MappingProxyType[str, YearSpan]:
    """Give what period names mean in years, in every language we have, folded.

    A group (汉) spans its parts, for the register gives it no years of its own.
    """
    periods = load("period")
    spans: dict[str, YearSpan] = {}
    for concept in periods.concepts:
        span = _span(periods, concept)
        if span is not None:
            for name in (*concept.labels.values(), *concept.other_names):
                spans[name] = span
    return MappingProxyType(fold_names(spans))


_Facts = dict[str, list[pyoxigraph.NamedNode | pyoxigraph.Literal]]


def _read(path: Path) -> dict[str, _Facts]:
    """Collect predicate → objects for each subject, in the order of the file."""
    facts: dict[str, _Facts] = {}
    triples = pyoxigraph.parse(
        path=path, format=pyoxigraph.RdfFormat.TURTLE, base_iri=_NOWHERE
    )
    for quad in triples:
        about = facts.setdefault(quad.subject.value, {})
        about.setdefault(quad.predicate.value, []).append(quad.object)
    return facts


def _is_concept(facts: _Facts) -> bool:
    return any(kind.value == _SKOS + "Concept" for kind in facts.get(_TYPE, []))


def _concept(iri: str, facts: _Facts) -> Concept:
    return Concept(
        slug=_slug(iri),
        labels=MappingProxyType(dict(_labels(facts, "prefLabel"))),
        broader=next(
            (_slug(one.value) for one in facts.get(_SKOS + "broader", [])), ""
        ),
        notation=next((one.value for one in facts.get(_SKOS + "notation", [])), ""),
        other_names=tuple(text for _, text in _labels(facts, "altLabel")),
        begin_year=_year(facts, "beginYear"),
        end_year=_year(facts, "endYear"),
    )


def _labels(facts: _Facts, name: str) -> Iterator[tuple[str, str]]:
    for label in facts.get(_SKOS + name, []):
        if isinstance(label, pyoxigraph.Literal) and label.language:
            yield _FALLBACKS.get(label.language.lower(), label.language), label.value


def _year(facts: _Facts, name: str) -> int | None:
    return next((int(one.value) for one in facts.get(_NOWHERE + name, [])), None)


def _slug(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def _span(periods: Vocabulary, concept: Concept) -> YearSpan | None:
    if concept.begin_year is not None:
        return YearSpan(concept.begin_year, concept.end_year)
    parts = [_span(periods, one) for one in periods.narrower(concept.slug)]
    known = [one for one in parts if one is not None]
    # Centuries are texts of their own, and a whole calendar is no period.
    if not known or not concept.broader:
        return None
    begins = [one.begin for one in known if one.begin is not None]
    ends = [one.end for one in known]
    end = None if None in ends else max(one for one in ends if one is not None)
    return YearSpan(min(begins), end)
