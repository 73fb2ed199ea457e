"""How intangible heritage becomes triples: elements, bearers, lines, recordings."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Model
from rdflib import RDF, URIRef

from knowledge_graph import patterns as p
from knowledge_graph.namespaces import CRM, part
from knowledge_graph.patterns import Triples

from .graph_parts import (
    about,
    about_link,
    batch_texts,
    day_span,
    standing,
    year_span,
)
from .mentions import (
    GraphName,
    GraphSource,
    Mentions,
    hangs_on_its_ends,
    verbatim,
)
from .models import (
    ELEMENT_ROWS,
    Bearer,
    Element,
    ElementListing,
    ElementPart,
    Recognition,
    Record,
    Recording,
    RecordingItem,
    TechniqueOf,
    Transmission,
)
from .policy import STRANGER, allows


def build_element(element: Element, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("element", element.key)
    region, unit = says.iri(element.region), says.iri(element.protection_unit)
    known = p.Element(
        element.names,
        category=element.category,
        code=element.code,
        domains=tuple(element.all_domains),
        places=(region,) if region else (),
        communities=(unit,) if unit else (),
    )
    yield from about(element, says)
    yield from p.element(ids, subject, known)
    yield from _listings(element, subject, says)
    for one in element.parts.all():
        yield from p.sub_item(ids, subject, _sub_item(one, says))
    for row in element.chapters.all():
        texts = {"zh-Hans": row.text_zh, "en": row.text_en}
        yield from p.chapter(ids, subject, row.subject, texts)
    for facet in element.facets.all():
        yield subject, CRM.P2_has_type, ids.concept("facet", facet.facet)


def _listings(element: Element, subject: URIRef, says: Mentions) -> Triples:
    """Each listing that stands; of a record without any, what its fields say."""
    rows = standing(element.listings)
    for row in rows:
        yield from p.listing(says.ids, subject, _listing(row, says))
    if not rows and element.level:
        when, batch = year_span(element.listed_year), batch_texts(element.batch)
        listed = p.Listing(element.key, element.level, when=when, batch=batch)
        yield from p.listing(says.ids, subject, listed)


def _listing(row: ElementListing, says: Mentions) -> p.Listing:
    return p.Listing(
        row.key,
        row.level or row.unesco_list,
        scheme="ich-level" if row.level else "unesco-list",
        by=says.iri(row.decided_by),
        when=day_span(row.decided_on, row.listed_year),
        code=row.code,
        batch=batch_texts(row.batch),
        basis=verbatim(row.evidence),
    )


def _sub_item(row: ElementPart, says: Mentions) -> p.SubItem:
    region, unit = says.iri(row.region), says.iri(row.protection_unit)
    names = {"zh-Hans": row.name_zh, "en": row.name_en}
    return p.SubItem(
        row.key,
        {tag: text for tag, text in names.items() if text},
        number=row.project_number,
        places=(region,) if region else (),
        communities=(unit,) if unit else (),
        remark=verbatim(row.applicant),
    )


def build_bearer(bearer: Bearer, says: Mentions) -> Triples:
    """A bearer record is the recognition of a person as bearer of an element."""
    ids, subject = says.ids, says.ids.thing("bearer", bearer.key)
    person = _person(bearer, says)
    yield from about(bearer, says)
    yield from p.names(ids, subject, bearer.names)
    if says.iri(bearer.person) is None:
        yield from p.person(ids, person, p.Person(bearer.names))
    if bearer.status == Bearer.Status.DECEASED:
        yield part(person, "death"), RDF.type, CRM.E69_Death
        yield part(person, "death"), CRM.P100_was_death_of, person
    if bearer.number:
        number = p.Identifier(bearer.number, "ich-bearer", "identifier-type")
        yield from p.identifier(ids, subject, number)
    yield from _recognitions(bearer, person, says)
    if allows(STRANGER, bearer, "works_zh"):
        yield from p.note(subject, {"zh-Hans": bearer.works_zh, "en": bearer.works_en})


def _recognitions(bearer: Bearer, person: URIRef, says: Mentions) -> Triples:
    """The recognition that holds is the bearer itself; those before it are its parts.

    Of one that was revoked nothing is said: questions for bearers must not find it.
    """
    element = says.iri(bearer.element)
    if element is None or bearer.status == Bearer.Status.REVOKED:
        return
    subject = says.ids.thing("bearer", bearer.key)
    rows = [row for row in standing(bearer.recognitions) if row.is_positive]
    rows.sort(key=lambda row: row.recognised_year or 0)
    for row in rows[:-1]:
        node = part(subject, "recognition", row.key)
        yield from p.recognition(says.ids, node, _recognition(row, person, element))
    act = _recognition(rows[-1] if rows else bearer, person, element)
    yield from p.recognition(says.ids, subject, act)


def _recognition(
    row: Recognition | Bearer, person: URIRef, element: URIRef
) -> p.Recognition:
    """Tell an act; of a bearer without any, what the record's own fields say."""
    when, basis = year_span(row.recognised_year), ""
    if isinstance(row, Recognition):
        when, basis = day_span(row.decided_on, row.recognised_year), row.evidence
    return p.Recognition(person, element, row.level, when=when, basis=verbatim(basis))


def _person(bearer: Bearer, says: Mentions) -> URIRef:
    """Name the person; while his own record is not public, only as this bearer."""
    own = says.iri(bearer.person)
    return own or says.ids.part("bearer", bearer.key, "person")


def build_transmission(link: Transmission, says: Mentions) -> Triples:
    taught = p.Transmission(
        _person(link.master, says),
        _person(link.apprentice, says),
        says.iri(link.master.element),
        when=p.Span(link.begin_year, link.end_year, verbatim(link.period_text)),
        place=says.iri(link.place),
        basis=verbatim(link.source),
        way=link.way,
        is_disputed=link.is_disputed,
    )
    yield from about_link(link, says)
    yield from p.transmission(
        says.ids, says.ids.thing("transmission", link.key), taught
    )
    yield from p.learned_from(says.ids, taught)


def build_technique_of(link: TechniqueOf, says: Mentions) -> Triples:
    relic, element = says.iri(link.relic), says.iri(link.element)
    if relic and element:
        yield from about_link(link, says)
        yield from p.technique_of(relic, element)
        yield from p.technique_step(says.ids, relic, link.technique)


def build_recording(recording: Recording, says: Mentions) -> Triples:
    ids, subject = says.ids, says.ids.thing("recording", recording.key)
    known = (says.iri(one) for one in _recorded(recording))
    of = tuple(iri for iri in known if iri is not None)
    made = p.Recording(
        recording.names,
        about=of,
        by=says.iri(recording.organiser),
        when=p.Span(recording.begun_on, recording.ended_on),
        number=recording.number,
    )
    yield from about(recording, says)
    yield from p.recording(ids, subject, made)
    for item in recording.items.all():
        if allows(STRANGER, item):
            yield from p.recorded(ids, subject, _item(item, of))


def _item(item: RecordingItem, of: tuple[URIRef, ...]) -> p.Recorded:
    names = {"zh-Hans": item.title_zh, "en": item.title_en}
    texts = {tag: text for tag, text in names.items() if text}
    return p.Recorded(item.key, item.kind, texts, about=of)


def _recorded(recording: Recording) -> Iterable[Record]:
    return [one for one in (recording.bearer, recording.element) if one is not None]


SOURCES: Final = {
    "element": GraphSource(
        Element,
        build_element,
        ("region", "protection_unit"),
        parts=(
            "domains",
            "facets",
            "chapters",
            "parts__region",
            "parts__protection_unit",
            "listings__decided_by",
            "identifiers",
        ),
    ),
    "bearer": GraphSource(
        Bearer,
        build_bearer,
        ("person", "element"),
        parts=("recognitions", "identifiers"),
    ),
    "transmission": GraphSource(
        Transmission,
        build_transmission,
        ("master__element", "master__person", "apprentice__person", "place"),
        hangs_on=hangs_on_its_ends,
    ),
    "technique-of": GraphSource(
        TechniqueOf,
        build_technique_of,
        ("relic", "element"),
        hangs_on=hangs_on_its_ends,
    ),
    "recording": GraphSource(
        Recording,
        build_recording,
        ("bearer__element", "element", "organiser"),
        parts=("items", "identifiers"),
        hangs_on=_recorded,
    ),
}


def touched_by(row: Model) -> Iterator[GraphName]:
    """Name the graphs that say something of a row; a consent is nobody's business."""
    if isinstance(row, ELEMENT_ROWS):
        yield GraphName("element", row.element.key)  # type: ignore[attr-defined]
    elif isinstance(row, Recognition):
        yield GraphName("bearer", row.bearer.key)
    elif isinstance(row, RecordingItem):
        yield GraphName("recording", row.recording.key)
