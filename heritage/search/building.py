"""Make the documents of records: one for all who may see the same, else one for each."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from typing import Any, Final

from heritage.catalogue.models import Record, Term
from heritage.catalogue.policy import STRANGER, Person, allows
from heritage.catalogue.vocabularies import load, look_again
from knowledge_graph.vocabulary import Concept, UnknownVocabulary

from .documents import PUBLIC, STAFF, Document, RecordName, Source
from .registry import sources, traits_of

ROWS_AT_ONCE: Final = 500
TERM: Final = "term"


def documents_of(names: Iterable[RecordName]) -> Iterator[Document]:
    """Give the documents of these records; none for one that is gone."""
    for kind, each in groupby(sorted(set(names)), key=lambda name: name.kind):
        keys = [name.key for name in each]
        for start in range(0, len(keys), ROWS_AT_ONCE):
            yield from _of_kind(kind, keys[start : start + ROWS_AT_ONCE])


def every_name() -> Iterator[RecordName]:
    """Name all records that may be found; terms are made apart."""
    for kind, source in sources().items():
        rows = source.model._default_manager.order_by("pk")
        for key in rows.values_list("key", flat=True).iterator():
            yield RecordName(kind, key)


def every_document() -> Iterator[Document]:
    """Make the document of every record and term, from rows fetched by the hundred."""
    names = every_name()
    while chunk := list(islice(names, ROWS_AT_ONCE)):
        yield from documents_of(chunk)
    yield from term_documents()


def describe(record: Record, person: Person) -> Document:
    """Give the document as one person may know the record, for a live check."""
    found = traits_of(record.kind, [record.key], person)
    document = sources()[record.kind].describe(record, person)
    return _with_traits(document, found.get(record.key, ()))


def term_documents() -> Iterator[Document]:
    """Make a document of every term of every vocabulary: all of them are public."""
    look_again()
    for vocabulary in Term.objects.order_by().values_list(
        "vocabulary", flat=True
    ).distinct():  # fmt: skip
        try:
            concepts = load(vocabulary).concepts
        except UnknownVocabulary:  # taken away since
            continue
        yield from (term_document(vocabulary, concept) for concept in concepts)


def term_document(vocabulary: str, concept: Concept) -> Document:
    return Document(
        name=RecordName(TERM, f"{vocabulary}/{concept.slug}"),
        tiers=(PUBLIC, STAFF),
        names=(*concept.labels.values(), *concept.other_names),
        numbers=(concept.notation,) if concept.notation else (),
        facets={"category": (f"vocabulary:{vocabulary}",)},
        begin_year=concept.begin_year,
        end_year=concept.end_year,
    )


def colleague(collection_id: int) -> Person:
    """Give the person that a collection's own document is written for.

    Any helper there: what curators alone may know is no way to find a record.
    """
    return Person(helps=frozenset({collection_id}))


def _of_kind(kind: str, keys: Collection[str]) -> Iterator[Document]:
    source = sources()[kind]
    rows = list(source.rows(keys))
    public = traits_of(kind, keys, STRANGER)
    for collection_id, each in groupby(
        sorted(rows, key=lambda row: row.collection_id), lambda row: row.collection_id
    ):
        own = list(each)
        person = colleague(collection_id)
        inside = traits_of(kind, [row.key for row in own], person)
        for row in own:
            yield from _of_row(source, row, inside.get(row.key, ()), public)


def _of_row(
    source: Source, row: Any, inside: tuple[str, ...], public: dict[str, Any]
) -> Iterator[Document]:
    own_tiers = (STAFF, f"collection:{row.collection_id}")
    described = source.describe(row, colleague(row.collection_id))
    own = _with_traits(described, inside)
    if not allows(STRANGER, row):
        yield replace(own, tiers=own_tiers)
        return
    shown = _with_traits(source.describe(row, STRANGER), public.get(row.key, ()))
    if shown == own:
        yield replace(own, tiers=(*own_tiers, PUBLIC))
    else:
        yield replace(own, tiers=own_tiers)
        yield replace(shown, tiers=(PUBLIC,))


def _with_traits(document: Document, traits: tuple[str, ...]) -> Document:
    if not traits:
        return document
    has = tuple(f"has:{trait}" for trait in traits)
    return replace(document, facets={**document.facets, "has": has})
