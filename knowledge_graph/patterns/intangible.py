"""Intangible heritage: element, know-how, listing, bearer, transmission (P10)."""

from dataclasses import dataclass, field

from rdflib import URIRef

from knowledge_graph.namespaces import CRM, Ids, part
from knowledge_graph.patterns.identity import (
    Attribution,
    Identifier,
    TypeAssignment,
    attribution,
    classify,
    identifier,
    names,
)
from knowledge_graph.patterns.relic import production_of
from knowledge_graph.patterns.spans import Span, time_span
from knowledge_graph.patterns.terms import Texts, Triples, document, is_a, links, note


@dataclass(frozen=True)
class Element:
    """A listed practice; `category` is a slug of the ich-category vocabulary."""

    name: Texts = field(default_factory=dict)
    category: str = ""
    code: str = ""  # Ⅷ-9
    places: tuple[URIRef, ...] = ()
    communities: tuple[URIRef, ...] = ()


def element(ids: Ids, subject: URIRef, known: Element) -> Triples:
    """Describe an element, and the know-how that it is about.

    The element is what is listed and survives changes in practice; the know-how is
    what a production can have used, and so the bridge from a relic.
    """
    know_how = know_how_of(subject)
    yield from is_a(subject, CRM.E89_Propositional_Object)
    yield subject, CRM.P2_has_type, ids.concept("ich", "element")
    yield subject, CRM.P129_is_about, know_how
    yield from is_a(know_how, CRM["E29_Design_or_Procedure"])
    yield know_how, CRM.P2_has_type, ids.concept("ich", "know-how")
    yield from names(ids, subject, known.name)
    yield from links(subject, CRM.P129_is_about, *known.places, *known.communities)
    if known.category:
        category = ids.concept("ich-category", known.category)
        yield subject, CRM.P2_has_type, category
    if known.code:
        number = Identifier(known.code, "ich-code", scheme="identifier-type")
        yield from identifier(ids, subject, number)


def know_how_of(element: URIRef) -> URIRef:
    """Name the procedure that an element is about."""
    return part(element, "know-how")


def technique_of(relic: URIRef, element: URIRef) -> Triples:
    """Say that the relic was made by the know-how of the element (a link row)."""
    making = production_of(relic)
    yield making, CRM.P33_used_specific_technique, know_how_of(element)


@dataclass(frozen=True)
class Listing:
    """An element was put on a list; `level` is a slug of the ich-level vocabulary."""

    key: str
    level: str
    by: URIRef | None = None
    when: Span | None = None
    code: str = ""
    batch: Texts = field(default_factory=dict)  # 第一批, new or extension
    basis: Texts = field(default_factory=dict)


def listing(ids: Ids, subject: URIRef, listed: Listing) -> Triples:
    """Record that an element was listed."""
    said = Attribution(
        key=f"listing-{listed.key}",
        value=ids.concept("ich-level", listed.level),
        of_type="listing",
        by=listed.by,
        when=listed.when,
        remark=listed.batch,
        basis=listed.basis,
    )
    yield from attribution(ids, subject, said)
    if listed.code:
        number = Identifier(
            listed.code,
            "ich-code",
            scheme="identifier-type",
            given_by=listed.by,
            given=listed.when,
        )
        yield from identifier(ids, subject, number)


@dataclass(frozen=True)
class Recognition:
    """A person was recognised as bearer; `level` is a slug of the bearer vocabulary."""

    person: URIRef
    element: URIRef
    level: str = ""  # nobody's list: a bearer all the same
    by: URIRef | None = None
    when: Span | None = None
    basis: Texts = field(default_factory=dict)


def recognition(ids: Ids, subject: URIRef, act: Recognition) -> Triples:
    """Record that a person was recognised as bearer of an element.

    `subject` names the recognition: the same person may bear two elements.
    """
    sorting = TypeAssignment(
        key="",
        concept=ids.concept(
            *(("bearer", act.level) if act.level else ("ich", "bearer"))
        ),
        by=act.by,
        when=act.when,
        motive=act.element,
        basis=act.basis,
    )
    return classify(ids, subject, act.person, sorting)


@dataclass(frozen=True)
class Transmission:
    """A master taught an apprentice; each can be dated, sourced and disputed."""

    master: URIRef
    apprentice: URIRef
    element: URIRef | None = None  # None while it is not public
    when: Span | None = None
    place: URIRef | None = None
    remark: Texts = field(default_factory=dict)
    basis: Texts = field(default_factory=dict)


def transmission(ids: Ids, subject: URIRef, taught: Transmission) -> Triples:
    """Record a transmission (a link row); see `learned_from` for the shortcut."""
    yield from is_a(subject, CRM.E7_Activity)
    yield subject, CRM.P2_has_type, ids.concept("ich", "transmission")
    yield subject, CRM.P14_carried_out_by, taught.master
    yield subject, CRM.P11_had_participant, taught.apprentice
    yield from links(subject, CRM.P16_used_specific_object, taught.element)
    yield from links(subject, CRM.P7_took_place_at, taught.place)
    yield from note(subject, taught.remark)
    yield from document(subject, taught.basis)
    yield from time_span(ids, subject, taught.when)


def learned_from(ids: Ids, taught: Transmission) -> Triples:
    """Shorten a transmission to one triple, so that lineages are one path in SPARQL."""
    yield taught.apprentice, ids.vocab.learnedFrom, taught.master
