"""Linked Art records of what the public may see, and where they lie."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.urls import reverse
from rdflib import URIRef

from heritage.captures.models import Capture
from heritage.catalogue.mentions import VOCABULARY, GraphName
from heritage.catalogue.models import Agent, Bearer, Record
from heritage.catalogue.policy import STRANGER, visible
from heritage.catalogue.vocabularies import load
from heritage.exhibits.models import ExhibitItem
from knowledge_graph import vocabulary
from knowledge_graph.linked_art import (
    AAT_LABELS,
    PROVENANCE_FORM,
    Facts,
    Reference,
    frame,
)
from knowledge_graph.namespaces import Ids

from . import graphs
from .graphs import BuiltGraph, museum_ids
from .writing import SUFFIXES

API: Final = "https://linked.art/api/1.0/"
RELATIONS: Final = "https://linked.art/api/rels/1/{rel}"
MODEL: Final = "https://linked.art/model/1.0/"
VERSION: Final = "v1.0.0"

# What the vocabularies of these names hold, where it is more than a type.
TERM_TYPES: Final = {
    "material": "Material",
    "language": "Language",
    "unit": "MeasurementUnit",
    "figure-unit": "MeasurementUnit",
    "period": "Period",
}
TYPES: Final = {
    "relic": "HumanMadeObject",
    "place": "Place",
    "period": "Period",
    "element": "PropositionalObject",
    "exhibit": "Activity",
}
PARTS: Final = {"set": "Set", "person": "Person"}
ACQUISITION: Final = "acquisition"  # a part that Linked Art gives a record of its own


def record_of(built: BuiltGraph, subject: URIRef) -> dict[str, Any] | None:
    """Write the record of a thing that a graph describes; None where there is none."""
    ids = museum_ids()
    facts = Facts(
        triple for one in (built, *_around(built.name)) for triple in one.triples
    )
    is_acquisition = str(subject).endswith(f"/{ACQUISITION}")
    if is_acquisition and not facts.classes(subject):
        return None
    form = PROVENANCE_FORM if is_acquisition else None
    record = frame(ids, facts, subject, _Names(ids), form=form)
    return record and record | {"_links": links_of(built.name, subject)}


def links_of(name: GraphName, subject: URIRef) -> dict[str, Any]:
    """Give the HAL links of a record: its versions, its other forms."""
    path = str(subject).removeprefix(f"{settings.BASE_IRI}/").partition("/")[2]
    data = [
        {
            "href": _absolute(reverse("data", args=[name.kind, f"{name.key}.{one}"])),
            "type": media_type,
        }
        for one, media_type in SUFFIXES.items()
    ]
    page = {"href": str(subject), "type": "text/html"}
    own = f"/linked-art/{path}"
    if name.kind == VOCABULARY:
        own, data = f"/linked-art/vocab/{path}", []
    return {
        "self": {"href": _absolute(own)},
        "curies": [{"name": "la", "href": RELATIONS, "templated": True}],
        "la:modelVersion": {"href": MODEL, "name": VERSION},
        "la:apiVersion": {"href": API, "name": VERSION},
        "alternate": [page, *data],
        "collection": {"href": _absolute(reverse("changes"))},
    }


def _absolute(path: str) -> str:
    return f"{settings.BASE_IRI}{path}"


def _around(name: GraphName) -> Iterator[BuiltGraph]:
    """Give the graphs that say more of a thing: exhibits, scans, recognition."""
    keys: list[GraphName] = []
    if name.kind in {"relic", "element"}:
        items = ExhibitItem.objects.filter(**{f"{name.kind}__key": name.key})
        keys += [GraphName(item.kind, item.key) for item in items]
    if name.kind == "relic":
        captures = Capture.objects.filter(relic__key=name.key)
        keys += [GraphName("capture", capture.key) for capture in captures]
    if name.kind == "agent":
        bearers = Bearer.objects.filter(person__key=name.key)
        keys += [GraphName(bearer.kind, bearer.key) for bearer in bearers]
    yield from graphs.build_many(sorted(keys))


class _Names:
    """Tells how a record names another thing: its type, and what it is called."""

    def __init__(self, ids: Ids) -> None:
        self._things, self._terms = f"{ids.base}id/", f"{ids.base}vocab/"

    def __call__(self, iri: URIRef) -> Reference | None:
        text = str(iri)
        if text.startswith(self._terms):
            return _term(*text.removeprefix(self._terms).split("/"))
        if text.startswith(self._things):
            return _thing(*text.removeprefix(self._things).split("/"))
        label = AAT_LABELS.get(iri, "")
        return Reference("Type", label) if label or not _is_ours(text) else None


def _is_ours(iri: str) -> bool:
    return iri.startswith(f"{settings.BASE_IRI}/")


def _term(scheme: str, slug: str = "", *_: str) -> Reference | None:
    if scheme not in vocabulary.names() or slug not in load(scheme):
        return None
    label = load(scheme).label(unquote(slug), "en")
    return Reference(TERM_TYPES.get(scheme, "Type"), label)


def _thing(kind: str, key: str, *parts: str) -> Reference | None:
    source = graphs.SOURCES.get(kind)
    if source is None or not issubclass(source.model, Record):
        return None
    record = visible(source.model._default_manager.filter(key=key), STRANGER).first()
    if record is None:
        return None
    kind_of = PARTS.get("/".join(parts), "") if parts else type_of_record(record)
    return Reference(kind_of, _label(record)) if kind_of else None


def type_of_record(record: Record) -> str:
    """Give the Linked Art type of a record, "" for one that the model has not."""
    if isinstance(record, Agent):
        return "Group" if record.type == Agent.Type.GROUP else "Person"
    return TYPES.get(record.kind, "")


def _label(record: Record) -> str:
    names = record.names
    return names.get("en") or names.get("zh-Hans") or record.key
