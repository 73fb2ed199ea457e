"""What facets and their values are called, for one reader: no name that is not theirs."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from django.db.models import Model
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.models import Collection as MuseumCollection
from heritage.catalogue.policy import Person, visible
from heritage.catalogue.vocabularies import load
from knowledge_graph.vocabulary import UnknownVocabulary

from .asking import OF_RECORDS
from .building import TERM
from .documents import RecordName
from .registry import sources, trait_label
from .seen import is_number, records_seen

TITLES: Final = {
    "kind": _("Kind"),
    "period": _("Period"),
    "material": _("Material"),
    "category": _("Category"),
    "grade": _("Grade"),
    "level": _("Level"),
    "place": _("Place"),
    "theme": _("Theme"),
    "agent": _("Person or group"),
    "element": _("Craft"),
    "collection": _("Collection"),
    "has": _("With"),
}


def labels(values: Collection[str], person: Person) -> dict[str, str]:
    """Give what each value is called; a value that this person may not know is left out."""
    found: dict[str, str] = {}
    by_prefix: dict[str, list[str]] = {}
    for value in values:
        prefix, _colon, rest = value.partition(":")
        by_prefix.setdefault(prefix, []).append(rest)
    for prefix, rests in by_prefix.items():
        each = _labels_of(prefix, rests, person)
        found |= {f"{prefix}:{rest}": text for rest, text in each.items()}
    return found


def kind_label(kind: str) -> str:
    if kind == TERM:
        return str(_("Term"))
    model: type[Model] = sources()[kind].model
    return str(model._meta.verbose_name)


def _labels_of(prefix: str, rests: Iterable[str], person: Person) -> Mapping[str, str]:
    if prefix == "kind":
        known = [one for one in rests if one == TERM or one in sources()]
        return {kind: kind_label(kind) for kind in known}
    if prefix == "has":
        return {trait: trait_label(trait) for trait in rests}
    if prefix == "collection":
        keys = [int(one) for one in rests if is_number(one)]
        rows = visible(MuseumCollection.objects.filter(pk__in=keys), person)
        return {str(row.pk): str(row) for row in rows}
    if prefix in OF_RECORDS:
        seen = records_seen([RecordName(prefix, key) for key in rests], person)
        return {name.key: record.title for name, record in seen.items()}
    return _concept_labels(prefix, rests)


def _concept_labels(vocabulary: str, slugs: Iterable[str]) -> Mapping[str, str]:
    try:
        concepts = load(vocabulary)
    except UnknownVocabulary:
        return {}
    language = get_language() or "zh-Hans"
    return {slug: concepts.label(slug, language) for slug in slugs if slug in concepts}
