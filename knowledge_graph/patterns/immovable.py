"""Immovable heritage: sites and buildings, their protection, what was found there."""

from dataclasses import dataclass, field
from decimal import Decimal

from rdflib import Literal, URIRef

from knowledge_graph.namespaces import CRM, CRMSCI, GEO, Ids, part
from knowledge_graph.patterns.identity import (
    Identifier,
    TypeAssignment,
    identifier,
    names,
    type_assignment,
)
from knowledge_graph.patterns.spans import Span, time_span
from knowledge_graph.patterns.terms import Texts, Triples, is_a, links, note

# A site is ground that people have left traces in; the others are made by people.
_GROUND = frozenset({"ancient-site", "tomb", "wreck", "other-site"})


@dataclass(frozen=True)
class Site:
    """A site, tomb, building, cave temple or wreck; `kind` is a slug of site-kind."""

    name: Texts = field(default_factory=dict)
    kind: str = ""
    level: str = ""  # slug of the protection-level vocabulary
    number: str = ""
    part_of: URIRef | None = None
    keeper: URIRef | None = None
    facets: tuple[str, ...] = ()


def site(ids: Ids, subject: URIRef, known: Site) -> Triples:
    """Describe immovable heritage: what it is, of what it is a part, who keeps it."""
    ground = known.kind in _GROUND
    yield from is_a(subject, CRM.E27_Site if ground else CRM["E25_Human-Made_Feature"])
    yield from names(ids, subject, known.name)
    drawers = {"site-kind": known.kind, "protection-level": known.level}
    for scheme, slug in drawers.items():
        if slug:
            yield subject, CRM.P2_has_type, ids.concept(scheme, slug)
    for facet in known.facets:
        yield subject, CRM.P2_has_type, ids.concept("facet", facet)
    yield from links(subject, CRM.P46i_forms_part_of, known.part_of)
    yield from links(subject, CRM.P49_has_former_or_current_keeper, known.keeper)
    if known.number:
        number = Identifier(known.number, "site-survey", scheme="identifier-type")
        yield from identifier(ids, subject, number)


@dataclass(frozen=True)
class Location:
    """Where it lies as the public may know it: degrees WGS 84, and how far off at most."""

    name: Texts = field(default_factory=dict)
    within: URIRef | None = None
    latitude_deg: Decimal | None = None
    longitude_deg: Decimal | None = None
    precision_m: int | None = None


def location(ids: Ids, subject: URIRef, where: Location) -> Triples:
    """Say where immovable heritage lies; nothing where nothing may be known."""
    has_point = where.latitude_deg is not None and where.longitude_deg is not None
    if where.within is None and not has_point:
        return
    node = part(subject, "location")
    yield subject, CRM.P53_has_former_or_current_location, node
    yield from is_a(node, CRM.E53_Place)
    yield from names(ids, node, where.name)
    yield from links(node, CRM.P89_falls_within, where.within)
    if has_point:
        point = f"POINT({where.longitude_deg:f} {where.latitude_deg:f})"
        literal = Literal(point, datatype=GEO.wktLiteral)
        yield node, CRM.P168_place_is_defined_by, literal
    if has_point and where.precision_m is not None:
        yield node, ids.vocab.withinMetres, Literal(where.precision_m)


@dataclass(frozen=True)
class Origin:
    """When a site came to be, by period and by years."""

    period: URIRef | None = None
    when: Span | None = None


def origin(ids: Ids, subject: URIRef, came: Origin) -> Triples:
    """Say when the site came to be, where that is known."""
    if came.period is None and (came.when is None or came.when.is_empty):
        return
    node = part(subject, "origin")
    yield from is_a(node, CRM.E63_Beginning_of_Existence)
    yield node, CRM.P92_brought_into_existence, subject
    yield from links(node, CRM.P10_falls_within, came.period)
    yield from time_span(ids, node, came.when)


@dataclass(frozen=True)
class Protection:
    """A site was put under protection; `level` is a slug of protection-level."""

    key: str
    level: str
    code: str = ""
    by: URIRef | None = None
    when: Span | None = None
    batch: Texts = field(default_factory=dict)
    basis: Texts = field(default_factory=dict)


def protection(ids: Ids, subject: URIRef, act: Protection) -> Triples:
    """Record that a site was put under protection: an act, so that history survives."""
    concept = ids.concept("protection-level", act.level)
    sorting = TypeAssignment(
        f"protection-{act.key}", concept, by=act.by, when=act.when, basis=act.basis
    )
    yield from type_assignment(ids, subject, sorting)
    node = part(subject, "classified", f"protection-{act.key}")
    yield from note(node, act.batch)
    if act.code:
        number = Identifier(act.code, "protection-list", scheme="identifier-type")
        yield from identifier(ids, subject, number)


@dataclass(frozen=True)
class FindBatch:
    """What one campaign brought to light; `method` is a slug of the source vocabulary."""

    name: Texts = field(default_factory=dict)
    site: URIRef | None = None
    number: str = ""
    method: str = ""
    by: URIRef | None = None
    when: Span | None = None


def find_batch(ids: Ids, subject: URIRef, batch: FindBatch) -> Triples:
    """Describe a batch of finds as the campaign that each find is a part of."""
    yield from is_a(subject, CRM.E7_Activity)
    yield from names(ids, subject, batch.name)
    yield from links(subject, CRM.P14_carried_out_by, batch.by)
    yield from time_span(ids, subject, batch.when)
    if batch.site is not None:
        yield subject, CRM.P8_took_place_on_or_within, batch.site
    if batch.method:
        yield subject, CRM.P2_has_type, ids.concept("source", batch.method)
    if batch.number:
        number = Identifier(batch.number, "find-batch", scheme="identifier-type")
        yield from identifier(ids, subject, number)


def found_in(relic: URIRef, batch: URIRef) -> Triples:
    """Say that a relic came to light in a batch: its find is a part of the campaign."""
    find = part(relic, "find")
    yield from is_a(find, CRMSCI.S19_Encounter_Event)
    yield find, CRMSCI.O19_encountered_object, relic
    yield find, CRM.P9i_forms_part_of, batch
