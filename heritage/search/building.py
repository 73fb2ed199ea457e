"""Make the documents of records: one for all who may see the same, else one for each."""

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
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
BUILD_ERRORS: Final = (
    ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _View:
    """Whose tiers a document is for, as whom it is written, and what traits they see."""

    tiers: tuple[str, ...]
    person: Person
    traits: tuple[str, ...]


def working_tier(collection_id: int) -> str:
    return f"works:{collection_id}"


def reading_tier(collection_id: int) -> str:
    return f"reads:{collection_id}"


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


def every_document(failed: dict[RecordName, str]) -> Iterator[Document]:
    """Make the document of every record and term, from rows fetched by the hundred.

    A record that cannot be described is left out, and named in `failed` with the reason.
    """
    names = every_name()
    while chunk := list(islice(names, ROWS_AT_ONCE)):
        try:
            documents = list(documents_of(chunk))
        except BUILD_ERRORS:
            documents = [one for name in chunk for one in _singly(name, failed)]
        yield from documents
    yield from term_documents()


def _singly(name: RecordName, failed: dict[RecordName, str]) -> list[Document]:
    try:
        return list(documents_of([name]))
    except BUILD_ERRORS as error:
        failed[name] = reason_of(name, error)
        return []


def reason_of(name: RecordName, error: Exception) -> str:
    """Put why a record cannot be described into the log, and give it in a line."""
    logger.error("cannot describe %s", name, exc_info=error)
    return f"{type(error).__name__}: {error}"


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


def reader(collection_id: int) -> Person:
    """Give the person for those who read a collection's drafts and write nothing."""
    return Person(studies=frozenset({collection_id}))


def _of_kind(kind: str, keys: Collection[str]) -> Iterator[Document]:
    source = sources()[kind]
    rows = sorted(source.rows(keys), key=lambda row: row.collection_id)
    public = traits_of(kind, keys, STRANGER)
    for collection_id, each in groupby(rows, lambda row: row.collection_id):
        own = list(each)
        inside = traits_of(kind, [row.key for row in own], colleague(collection_id))
        for row in own:
            views = _views(row, inside.get(row.key, ()), public.get(row.key, ()))
            yield from _of_row(source, row, views)


def _views(row: Any, inside: tuple[str, ...], public: tuple[str, ...]) -> list[_View]:
    """Name all who may find a row, from those who know most to those who know least."""
    own = row.collection_id
    views = [
        _View((STAFF, working_tier(own)), colleague(own), inside),
        _View((reading_tier(own),), reader(own), inside),
    ]
    if allows(STRANGER, row):
        views.append(_View((PUBLIC,), STRANGER, public))
    return views


def _of_row(source: Source, row: Any, views: list[_View]) -> Iterator[Document]:
    """Give one document for all who may know the same."""
    found: list[Document] = []
    for view in views:
        document = _with_traits(source.describe(row, view.person), view.traits)
        same = next(
            (n for n, o in enumerate(found) if replace(o, tiers=()) == document), -1
        )
        if same < 0:
            found.append(replace(document, tiers=view.tiers))
        else:
            tiers = (*found[same].tiers, *view.tiers)
            found[same] = replace(found[same], tiers=tiers)
    yield from found


def _with_traits(document: Document, traits: tuple[str, ...]) -> Document:
    if not traits:
        return document
    has = tuple(f"has:{trait}" for trait in traits)
    return replace(document, facets={**document.facets, "has": has})
