"""Bring the vocabularies that we ship into the register."""

from django.db import transaction
from django.db.models import QuerySet

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
    known = dict(VocabularyEdition.objects.values_list("vocabulary", "digest"))
    new = [name for name in shipped.names() if known.get(name) != shipped.digest(name)]
    for name in new:
        _load(name)
    look_again()
    return len(new)


def _load(name: str) -> None:
    rows = [_term(name, n, one) for n, one in enumerate(shipped.load(name).concepts)]
    # Past our own QuerySet: a graph is built from the file, and finds out by its digest.
    terms: QuerySet[Term] = QuerySet(Term)
    gone = terms.filter(vocabulary=name, is_local=False)
    gone.exclude(slug__in=[row.slug for row in rows]).update(is_retired=True)
    terms.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["vocabulary", "slug"],
        update_fields=FIELDS,
    )
    edition, is_new = VocabularyEdition.objects.get_or_create(
        vocabulary=name, defaults={"digest": shipped.digest(name)}
    )
    if not is_new:
        edition.digest = shipped.digest(name)
        edition.edition += 1
        edition.revision += 1
        edition.save()


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
