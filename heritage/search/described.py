"""Which words of the register's records they are found by, as each reader may know them."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import Model

from heritage.catalogue import graph as catalogue_graph
from heritage.catalogue.models import (
    IDENTIFIERS,
    Agent,
    Bearer,
    Element,
    Period,
    Place,
    Record,
    Relic,
    Site,
)
from heritage.catalogue.policy import Person, allows
from heritage.catalogue.whereabouts import shown_find_place

from .documents import Document, RecordName, Source
from .registry import declare_source, declare_touched

Facets = dict[str, tuple[str, ...]]


def declare_records() -> None:
    """Have the register's records found."""
    for kind, source in SOURCES.items():
        declare_source(kind, source)
    declare_touched(catalogue_graph.touched_by)


def describe_record(record: Record, person: Person, **more: Any) -> Document:
    """Give what all records are found by; `more` adds to it, field by field."""
    released = record.released_at or record.created_at
    return Document(
        name=RecordName(record.kind, record.key),
        names=(record.name_zh, record.name_en, *more.get("names", ())),
        texts=(record.description_zh, record.description_en, *more.get("texts", ())),
        numbers=(*more.get("numbers", ()), *_given_numbers(record)),
        facets={
            "collection": (f"collection:{record.collection_id}",),
            **_some(more.get("facets", {})),
        },
        begin_year=more.get("begin_year"),
        end_year=more.get("end_year"),
        released=int(released.timestamp()) if released else 0,
        changed=int(record.modified_at.timestamp()) if record.modified_at else 0,
    )


def _given_numbers(record: Record) -> Iterator[str]:
    """Give the numbers that others have given it."""
    if type(record) is Relic or type(record) in IDENTIFIERS:
        yield from (row.identifier for row in record.identifiers.all())  # type: ignore[attr-defined]


def describe_relic(relic: Relic, person: Person) -> Document:
    told = _told(relic, person)
    return describe_record(
        relic,
        person,
        names=[relic.original_name, *(row.name for row in relic.other_names.all())],
        texts=list(_relic_texts(relic, told)),
        numbers=[
            relic.register_no,
            *(row.number for row in relic.numbers.all()),
        ],
        facets=_relic_facets(relic, person),
        begin_year=relic.begin_year,
        end_year=relic.end_year,
    )


def describe_element(element: Element, person: Person) -> Document:
    parts = list(element.parts.all())
    chapters = list(element.chapters.all())
    return describe_record(
        element,
        person,
        names=[name for part in parts for name in (part.name_zh, part.name_en)],
        texts=[
            *(text for one in chapters for text in (one.text_zh, one.text_en)),
            *(part.applicant for part in parts),
        ],
        numbers=[element.code, *(part.project_number for part in parts)],
        facets={
            "category": _concepts("ich-category", [element.category]),
            "level": _concepts("ich-level", [element.level]),
            "place": _records("place", [element.region]),
            "agent": _records("agent", [element.protection_unit]),
            "theme": _concepts("facet", [row.facet for row in element.facets.all()]),
        },
    )


def describe_bearer(bearer: Bearer, person: Person) -> Document:
    told = _told(bearer, person)
    works = ("works_zh", "works_en", "activities_zh", "activities_en", "applicant")
    return describe_record(
        bearer,
        person,
        texts=[text for name in works if (text := told(name))],
        numbers=[bearer.number],
        facets={
            "level": _concepts("ich-level", [bearer.level]),
            "element": _records("element", [bearer.element]),
            "place": _records("place", [told("region")]),
        },
    )


def describe_site(site: Site, person: Person) -> Document:
    told = _told(site, person)
    return describe_record(
        site,
        person,
        texts=[site.period_text, site.structure, told("address") or ""],
        numbers=[site.register_no],
        facets={
            "category": _concepts("site-kind", [site.site_kind]),
            "level": _concepts("protection-level", [site.protection_level]),
            "period": _period(site.period, person),
            "place": _records("place", [told("place")]),
            "theme": _concepts("facet", [row.facet for row in site.facets.all()]),
        },
        begin_year=site.begin_year,
        end_year=site.end_year,
    )


def describe_place(place: Place, person: Person) -> Document:
    return describe_record(
        place, person, facets={"place": _records("place", [place.within])}
    )


def describe_period(period: Period, person: Person) -> Document:
    return describe_record(
        period,
        person,
        facets={"period": _period(period, person)},
        begin_year=period.begin_year,
        end_year=period.end_year,
    )


def _relic_texts(relic: Relic, told: Any) -> Iterator[str]:
    yield from (relic.period_text, relic.size_text, relic.completeness_note)
    yield from (relic.credit, told("source_note") or "", told("store_location") or "")
    if book := getattr(relic, "book", None):
        yield from (book.author, book.edition, book.classification, book.seals)
    if rubbing := getattr(relic, "rubbing", None):
        yield from (rubbing.original, rubbing.script, rubbing.colophons)
    if find := getattr(relic, "underwater", None):
        yield from (find.site, find.note)


def _relic_facets(relic: Relic, person: Person) -> Facets:
    people = [relic.maker, relic.collector, relic.holder]
    return {
        "category": _concepts("category", [relic.category]),
        "grade": _concepts("grade", [relic.grade]),
        "material": _concepts("material", [row.material for row in relic.materials.all()]),
        "theme": _concepts("facet", [row.facet for row in relic.facets.all()]),
        "period": _period(relic.period, person),
        "place": _records("place", [relic.made_at, shown_find_place(relic, person)]),
        "agent": _records("agent", people),
    }  # fmt: skip


def _told(record: Model, person: Person) -> Any:
    """Give the reader of fields that answers None where this person may not look."""
    return lambda name: getattr(record, name) if allows(person, record, name) else None


def _concepts(vocabulary: str, slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{vocabulary}:{slug}" for slug in slugs if slug))


def _records(kind: str, records: Iterable[Record | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{kind}:{one.key}" for one in records if one))


def _period(period: Period | None, person: Person) -> tuple[str, ...]:
    """Name a period to those who may see it."""
    return (f"period:{period.slug}",) if period and allows(person, period) else ()


def _some(facets: Facets) -> Facets:
    return {name: values for name, values in facets.items() if values}


SOURCES: Final = {
    Relic.kind: Source(
        Relic,
        describe_relic,
        (
            "period", "maker", "collector", "holder", "made_at", "find_place__within",
            "find_batch__site", "book", "rubbing", "underwater",
        ),
        ("materials", "numbers", "identifiers", "other_names", "facets"),
        page="/relics/{key}",
    ),
    Element.kind: Source(
        Element,
        describe_element,
        ("region", "protection_unit"),
        ("parts", "chapters", "facets", "identifiers"),
        page="/elements/{key}",
    ),
    Bearer.kind: Source(
        Bearer, describe_bearer, ("element", "region"), ("identifiers",),
        page="/bearers/{key}",
    ),
    Site.kind: Source(
        Site, describe_site, ("period", "place"), ("facets", "identifiers"),
        page="/sites/{key}",
    ),
    Agent.kind: Source(
        Agent, describe_record, parts=("identifiers",), page="/id/agent/{key}"
    ),
    Place.kind: Source(
        Place, describe_place, ("within",), ("identifiers",), page="/id/place/{key}"
    ),
    Period.kind: Source(
        Period, describe_period, parts=("identifiers",), page="/id/period/{key}"
    ),
}  # fmt: skip
