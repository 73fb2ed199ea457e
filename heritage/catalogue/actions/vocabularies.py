"""Bring the vocabularies that we ship into the register."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from heritage.archive.pages import note_rows
from heritage.catalogue.models import Term, VocabularyEdition
from heritage.catalogue.vocabularies import look_again
from knowledge_graph import vocabulary as shipped
from knowledge_graph.vocabulary import Concept

FIELDS = (
    "label_hans", "label_hant", "label_en", "broader", "notation", "other_names",
    "begin_year", "end_year", "number", "is_local", "is_retired",
)  # fmt: skip


@transaction.atomic
def load_vocabularies() -> int:
    """Load each vocabulary whose file is new here; returns how many that were.

    A term that a file no longer has is retired, never deleted: records keep its label.
    What the museum has added stays as it is.
    """
    known = {one.vocabulary: one for one in VocabularyEdition.objects.all()}
    new = [name for name in shipped.names() if _is_new(name, known.get(name))]
    if new:
        _load(new)
        _retire([name for name in new if name in known])
        _note_editions(new, known)
        note_rows(Term, *_plain_terms().values_list("pk", flat=True))
        look_again()
    return len(new)


def _is_new(name: str, known: VocabularyEdition | None) -> bool:
    return known is None or known.digest != shipped.digest(name)


def _plain_terms() -> "QuerySet[Term]":
    """Pass by our own QuerySet: a graph is built from the file, and knows its digest."""
    return QuerySet(Term)


def _load(names: list[str]) -> None:
    terms = _plain_terms()
    own = set(terms.filter(is_local=True).values_list("vocabulary", "slug"))
    rows = [
        _term(name, number, concept)
        for name in names
        for number, concept in enumerate(shipped.load(name).concepts)
        if (name, concept.slug) not in own
    ]
    terms.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["vocabulary", "slug"],
        update_fields=FIELDS,
    )


def _retire(names: list[str]) -> None:
    terms = _plain_terms()
    for name in names:
        gone = terms.filter(vocabulary=name, is_local=False, is_retired=False)
        slugs = [concept.slug for concept in shipped.load(name).concepts]
        gone.exclude(slug__in=slugs).update(is_retired=True)


def _note_editions(names: list[str], known: dict[str, VocabularyEdition]) -> None:
    rows = [known.get(name) or VocabularyEdition(vocabulary=name) for name in names]
    for row in rows:
        row.digest = shipped.digest(row.vocabulary)
        row.loaded_at = timezone.now()
        if row.vocabulary in known:
            row.edition += 1
            row.revision += 1
    VocabularyEdition.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["vocabulary"],
        update_fields=["digest", "edition", "revision", "loaded_at"],
    )
    kept = VocabularyEdition.objects.values_list("pk", flat=True)
    note_rows(VocabularyEdition, *kept)


def _term(vocabulary: str, number: int, concept: Concept) -> Term:
    return Term(
        vocabulary=vocabulary,
        slug=concept.slug,
        label_hans=concept.labels["zh-Hans"],
        label_hant=concept.labels["zh-Hant"],
        label_en=concept.labels["en"],
        broader=concept.broader,
        notation=concept.notation,
        other_names=list(concept.other_names),
        begin_year=concept.begin_year,
        end_year=concept.end_year,
        number=number,
        is_local=False,
        is_retired=False,
    )
