"""People, groups, places and periods."""

from dataclasses import dataclass, field
from decimal import Decimal

from rdflib import Literal, URIRef

from knowledge_graph.namespaces import CRM, GEO, Ids, part
from knowledge_graph.patterns.identity import names
from knowledge_graph.patterns.spans import Span, When, time_span
from knowledge_graph.patterns.terms import Texts, Triples, is_a, links


@dataclass(frozen=True)
class Person:
    """A person, as far as the public may know; leave out what may not be known."""

    name: Texts = field(default_factory=dict)
    born: When | None = None
    died: When | None = None
    groups: tuple[URIRef, ...] = ()


def person(ids: Ids, subject: URIRef, who: Person) -> Triples:
    """Describe a person."""
    yield from is_a(subject, CRM.E21_Person)
    yield from names(ids, subject, who.name)
    yield from links(subject, CRM.P107i_is_current_or_former_member_of, *who.groups)
    if who.born is not None:
        birth = part(subject, "birth")
        yield from is_a(birth, CRM.E67_Birth)
        yield birth, CRM.P98_brought_into_life, subject
        yield from time_span(ids, birth, Span(who.born, who.born))
    if who.died is not None:
        death = part(subject, "death")
        yield from is_a(death, CRM.E69_Death)
        yield death, CRM.P100_was_death_of, subject
        yield from time_span(ids, death, Span(who.died, who.died))


def group(ids: Ids, subject: URIRef, name: Texts) -> Triples:
    """Describe a museum, workshop, troupe or committee."""
    yield from is_a(subject, CRM.E74_Group)
    yield from names(ids, subject, name)


@dataclass(frozen=True)
class Place:
    """A place; degrees WGS 84, both or none."""

    name: Texts = field(default_factory=dict)
    within: URIRef | None = None
    latitude_deg: Decimal | None = None
    longitude_deg: Decimal | None = None


def place(ids: Ids, subject: URIRef, where: Place) -> Triples:
    """Describe a place."""
    yield from is_a(subject, CRM.E53_Place)
    yield from names(ids, subject, where.name)
    yield from links(subject, CRM.P89_falls_within, where.within)
    if where.latitude_deg is not None and where.longitude_deg is not None:
        point = f"POINT({where.longitude_deg:f} {where.latitude_deg:f})"
        point_literal = Literal(point, datatype=GEO.wktLiteral)
        yield subject, CRM.P168_place_is_defined_by, point_literal


@dataclass(frozen=True)
class Period:
    """A period of the museum's own, beside those of the register."""

    name: Texts = field(default_factory=dict)
    when: Span | None = None
    within: URIRef | None = None
    place: URIRef | None = None


def period(ids: Ids, subject: URIRef, era: Period) -> Triples:
    """Describe a period; its span belongs to it, not to its name."""
    yield from is_a(subject, CRM.E4_Period)
    yield from names(ids, subject, era.name)
    yield from links(subject, CRM.P10_falls_within, era.within)
    yield from links(subject, CRM.P7_took_place_at, era.place)
    yield from time_span(ids, subject, era.when)
