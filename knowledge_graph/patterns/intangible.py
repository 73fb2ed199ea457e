"""Intangible heritage: element, know-how, listing, bearer, transmission (P10)."""

from dataclasses import dataclass, field

from rdflib import Literal, URIRef

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
    domains: tuple[str, ...] = ()  # slugs of the unesco-domain vocabulary
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
    for slug in known.domains:
        yield subject, CRM.P2_has_type, ids.concept("unesco-domain", slug)
    if known.code:
        number = Identifier(known.code, "ich-code", scheme="identifier-type")
        yield from identifier(ids, subject, number)


@dataclass(frozen=True)
class SubItem:
    """One applicant's share of an element, new or an extension of an earlier listing."""

    key: str
    name: Texts = field(default_factory=dict)
    number: str = ""  # Ⅷ-009_02_440100
    places: tuple[URIRef, ...] = ()
    communities: tuple[URIRef, ...] = ()
    remark: Texts = field(default_factory=dict)


def sub_item(ids: Ids, subject: URIRef, known: SubItem) -> Triples:
    """Describe a sub-item as a component of its element: what was applied for and listed."""
    node = part(subject, "part", known.key)
    yield subject, CRM.P148_has_component, node
    yield from is_a(node, CRM.E73_Information_Object)
    yield node, CRM.P2_has_type, ids.concept("ich", "sub-item")
    yield from names(ids, node, known.name)
    yield from links(node, CRM.P129_is_about, *known.places, *known.communities)
    yield from note(node, known.remark)
    if known.number:
        number = Identifier(known.number, "ich-project", scheme="identifier-type")
        yield from identifier(ids, node, number)


def chapter(ids: Ids, subject: URIRef, kind: str, text: Texts) -> Triples:
    """Say one chapter of what is told of an element; a slug of the ich-chapter list."""
    for language in sorted(text):
        if text[language].strip():
            node = part(subject, "chapter", kind, language)
            yield subject, CRM.P67i_is_referred_to_by, node
            yield from is_a(node, CRM.E33_Linguistic_Object)
            yield node, CRM.P2_has_type, ids.concept("ich-chapter", kind)
            yield (
                node,
                CRM.P190_has_symbolic_content,
                Literal(text[language], lang=language),
            )
            yield node, CRM.P72_has_language, ids.concept("language", language)


def know_how_of(element: URIRef) -> URIRef:
    """Name the procedure that an element is about."""
    return part(element, "know-how")


def technique_of(relic: URIRef, element: URIRef) -> Triples:
    """Say that the relic was made by the know-how of the element (a link row)."""
    making = production_of(relic)
    yield making, CRM.P33_used_specific_technique, know_how_of(element)


def technique_step(ids: Ids, relic: URIRef, slug: str) -> Triples:
    """Say which step of the craft shows in the relic; a slug of the technique list."""
    if slug:
        step = ids.concept("technique", slug)
        yield production_of(relic), CRM.P32_used_general_technique, step


@dataclass(frozen=True)
class Listing:
    """An element was put on a list; `level` is a slug of the vocabulary `scheme`."""

    key: str
    level: str
    scheme: str = "ich-level"  # or unesco-list
    by: URIRef | None = None
    when: Span | None = None
    code: str = ""
    batch: Texts = field(default_factory=dict)  # 第一批, new or extension
    basis: Texts = field(default_factory=dict)


def listing(ids: Ids, subject: URIRef, listed: Listing) -> Triples:
    """Record that an element was listed."""
    said = Attribution(
        key=f"listing-{listed.key}",
        value=ids.concept(listed.scheme, listed.level),
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
    way: str = ""  # slug of the transmission-kind vocabulary
    is_disputed: bool = False


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
    if taught.way:
        yield subject, CRM.P2_has_type, ids.concept("transmission-kind", taught.way)
    if taught.is_disputed:
        yield subject, CRM.P2_has_type, ids.concept("ich", "disputed")


def learned_from(ids: Ids, taught: Transmission) -> Triples:
    """Shorten a transmission to one triple, so that lineages are one path in SPARQL.

    What is disputed is said by the transmission alone.
    """
    if taught.is_disputed:
        return
    yield taught.apprentice, ids.vocab.learnedFrom, taught.master


@dataclass(frozen=True)
class Recording:
    """A recording project: of whom and of what, by whom, when."""

    name: Texts = field(default_factory=dict)
    about: tuple[URIRef, ...] = ()  # element, bearer
    by: URIRef | None = None
    when: Span | None = None
    number: str = ""


def recording(ids: Ids, subject: URIRef, made: Recording) -> Triples:
    """Describe a recording project as an activity."""
    yield from is_a(subject, CRM.E7_Activity)
    yield subject, CRM.P2_has_type, ids.concept("ich", "recording")
    yield from names(ids, subject, made.name)
    yield from links(subject, CRM.P16_used_specific_object, *made.about)
    yield from links(subject, CRM.P14_carried_out_by, made.by)
    yield from time_span(ids, subject, made.when)
    if made.number:
        number = Identifier(made.number, "ich-project", scheme="identifier-type")
        yield from identifier(ids, subject, number)


@dataclass(frozen=True)
class Recorded:
    """One document that a project made; `kind` is a slug of recording-kind."""

    key: str
    kind: str
    name: Texts = field(default_factory=dict)
    about: tuple[URIRef, ...] = ()


def recorded(ids: Ids, subject: URIRef, one: Recorded) -> Triples:
    """Describe a film, sound or text that came out of a recording project."""
    node = part(subject, "item", one.key)
    yield from is_a(node, CRM.E31_Document)
    yield node, CRM.P2_has_type, ids.concept("recording-kind", one.kind)
    yield from names(ids, node, one.name)
    yield node, CRM.P70_documents, subject
    yield from links(node, CRM.P129_is_about, *one.about)
