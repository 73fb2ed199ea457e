"""A relic: what it is, who made it of what, how large, whose, in what state (P1-P8)."""

from dataclasses import dataclass, field
from decimal import Decimal

from rdflib import URIRef

from knowledge_graph.namespaces import CRM, CRMSCI, Ids, part
from knowledge_graph.patterns.identity import TypeAssignment, type_assignment
from knowledge_graph.patterns.measure import Dimension, dimension
from knowledge_graph.patterns.spans import Span, time_span
from knowledge_graph.patterns.terms import Texts, Triples, is_a, links, note


@dataclass(frozen=True)
class Kind:
    """Into which drawers of the register a relic falls; slugs, "" when not known."""

    category: str = ""
    material_form: str = ""  # slug of the material vocabulary: single-organic …
    count_kind: str = ""
    mass_range: str = ""


def relic(ids: Ids, subject: URIRef, kind: Kind) -> Triples:
    """Say that `subject` is a relic, and of which category."""
    yield from is_a(subject, CRM["E22_Human-Made_Object"])
    drawers = {
        "category": kind.category,
        "material": kind.material_form,
        "count-kind": kind.count_kind,
        "mass-range": kind.mass_range,
    }
    for scheme, slug in drawers.items():
        if slug:
            yield subject, CRM.P2_has_type, ids.concept(scheme, slug)


def grading(
    ids: Ids,
    subject: URIRef,
    *,
    grade: str,
    key: str = "grade",
    by: URIRef | None = None,
    when: Span | None = None,
    basis: Texts | None = None,
) -> Triples:
    """Record that a committee graded the relic: an act, so that regrading keeps history."""
    concept = ids.concept("grade", grade)
    act = TypeAssignment(key, concept, by=by, when=when, basis=basis or {})
    return type_assignment(ids, subject, act)


@dataclass(frozen=True)
class Production:
    """How, when and where a relic came to be."""

    periods: tuple[URIRef, ...] = ()  # a label such as 宋-元 gives two
    techniques: tuple[str, ...] = ()  # slugs of the technique vocabulary
    procedures: tuple[URIRef, ...] = ()  # know-how of intangible elements
    makers: tuple[URIRef, ...] = ()
    place: URIRef | None = None
    when: Span | None = None
    remark: Texts = field(default_factory=dict)


def production(ids: Ids, subject: URIRef, made: Production) -> Triples:
    """Say how `subject` was made; the period is a concept and an interval."""
    node = production_of(subject)
    general = (ids.concept("technique", slug) for slug in made.techniques)
    yield from is_a(node, CRM.E12_Production)
    yield node, CRM.P108_has_produced, subject
    yield from links(node, CRM.P10_falls_within, *made.periods)
    yield from links(node, CRM.P32_used_general_technique, *general)
    yield from links(node, CRM.P33_used_specific_technique, *made.procedures)
    yield from links(node, CRM.P14_carried_out_by, *made.makers)
    yield from links(node, CRM.P7_took_place_at, made.place)
    yield from note(node, made.remark)
    yield from time_span(ids, node, made.when)


def production_of(subject: URIRef) -> URIRef:
    """Name the making of `subject`: link rows say by which know-how."""
    return part(subject, "production")


def materials(ids: Ids, subject: URIRef, slugs: tuple[str, ...]) -> Triples:
    """Say of what `subject` consists; slugs of the material vocabulary."""
    concepts = (ids.concept("material", slug) for slug in slugs)
    return links(subject, CRM.P45_consists_of, *concepts)


def count(ids: Ids, subject: URIRef, pieces: int, *, unit: str = "piece") -> Triples:
    """Say how many pieces a set has."""
    size = Dimension("count", Decimal(pieces), unit=unit)
    return dimension(ids, subject, size)


def traditional_count(ids: Ids, subject: URIRef, number: int, text: Texts) -> Triples:
    """Say how many the register counts (1 套), beside the pieces that there are."""
    counted = Dimension("traditional-count", Decimal(number), unit="piece", text=text)
    return dimension(ids, subject, counted)


@dataclass(frozen=True)
class Custody:
    """Who keeps and owns a relic, and where it is, as far as the public may know."""

    keeper: URIRef | None = None
    owner: URIRef | None = None  # of a state collection: the state
    former_keepers: tuple[URIRef, ...] = ()
    place: URIRef | None = None
    permanent_place: URIRef | None = None


def custody(subject: URIRef, held: Custody) -> Triples:
    """Say who keeps and owns `subject`, and where."""
    yield from links(subject, CRM.P50_has_current_keeper, held.keeper)
    yield from links(subject, CRM.P52_has_current_owner, held.owner)
    yield from links(
        subject, CRM.P49_has_former_or_current_keeper, *held.former_keepers
    )
    yield from links(subject, CRM.P55_has_current_location, held.place)
    yield from links(
        subject, CRM.P54_has_current_permanent_location, held.permanent_place
    )


@dataclass(frozen=True)
class Acquisition:
    """How a relic came to the museum; `source` is a slug of the source vocabulary.

    No price: that is nobody's business in a public graph.
    """

    source: str
    receiver: URIRef | None = None
    giver: URIRef | None = None
    when: Span | None = None
    found_at: URIRef | None = None  # place of an excavation or collection
    found: Span | None = None
    remark: Texts = field(default_factory=dict)


# A transfer between state collections moves custody, not title.
_TITLE_MOVES = {"purchase": CRM.E96_Purchase, "donation": CRM.E8_Acquisition}
_FOUND = {"excavation", "surface-collection"}
_UNSPECIFIED = {"other", "exchange"}


def acquisition(ids: Ids, subject: URIRef, got: Acquisition) -> Triples:
    """Say how `subject` was acquired, by the kind of event that the source calls for."""
    node = part(subject, "acquisition")
    if got.source in _UNSPECIFIED:
        yield from is_a(node, CRM.E7_Activity)
        yield node, CRM.P16_used_specific_object, subject
    if got.source != "other":
        yield from _custody_moves(node, subject, got)
    if got.source in _TITLE_MOVES:
        yield from _title_moves(node, subject, got)
    if got.source in _FOUND:
        yield from _encounter(ids, subject, got)
    yield node, CRM.P2_has_type, ids.concept("source", got.source)
    yield from note(node, got.remark)
    yield from time_span(ids, node, got.when)


def _custody_moves(node: URIRef, subject: URIRef, got: Acquisition) -> Triples:
    act = node
    if got.source == "exchange":  # the other half moves another thing the other way
        act = part(node, "received")
        yield node, CRM.P9_consists_of, act
    yield from is_a(act, CRM.E10_Transfer_of_Custody)
    yield act, CRM.P30_transferred_custody_of, subject
    yield from links(act, CRM.P28_custody_surrendered_by, got.giver)
    yield from links(act, CRM.P29_custody_received_by, got.receiver)


def _title_moves(node: URIRef, subject: URIRef, got: Acquisition) -> Triples:
    yield from is_a(node, CRM.E8_Acquisition, _TITLE_MOVES[got.source])
    yield node, CRM.P24_transferred_title_of, subject
    yield from links(node, CRM.P23_transferred_title_from, got.giver)
    yield from links(node, CRM.P22_transferred_title_to, got.receiver)


def _encounter(ids: Ids, subject: URIRef, got: Acquisition) -> Triples:
    find = part(subject, "find")
    yield from is_a(find, CRMSCI.S19_Encounter_Event)
    yield find, CRM.P2_has_type, ids.concept("source", got.source)
    yield find, CRMSCI.O19_encountered_object, subject
    yield from links(find, CRMSCI.O21_encountered_at, got.found_at)
    yield from time_span(ids, find, got.found)


@dataclass(frozen=True)
class Condition:
    """One look at the state of a relic; slugs of completeness and preservation."""

    key: str = "1"
    completeness: str = ""
    preservation: str = ""
    remark: Texts = field(default_factory=dict)
    by: URIRef | None = None
    when: Span | None = None


@dataclass(frozen=True)
class Treatment:
    """What was done to keep or mend a relic; `kind` is a slug of the treatment vocabulary."""

    key: str
    kind: str
    remark: Texts = field(default_factory=dict)
    by: URIRef | None = None
    when: Span | None = None


def treatment(ids: Ids, subject: URIRef, done: Treatment) -> Triples:
    """Record that `subject` was conserved."""
    node = part(subject, "treatment", done.key)
    yield from is_a(node, CRM.E11_Modification)
    yield node, CRM.P31_has_modified, subject
    yield node, CRM.P2_has_type, ids.concept("treatment", done.kind)
    yield from links(node, CRM.P14_carried_out_by, done.by)
    yield from note(node, done.remark)
    yield from time_span(ids, node, done.when)


def condition(ids: Ids, subject: URIRef, seen: Condition) -> Triples:
    """Record an assessment of the state of `subject`."""
    node = part(subject, "condition", seen.key)
    state = part(node, "state")
    yield from is_a(node, CRM.E14_Condition_Assessment)
    yield node, CRM.P34_concerned, subject
    yield node, CRM.P35_has_identified, state
    yield from links(node, CRM.P14_carried_out_by, seen.by)
    yield from time_span(ids, node, seen.when)
    yield from is_a(state, CRM.E3_Condition_State)
    drawers = {"completeness": seen.completeness, "preservation": seen.preservation}
    for scheme, slug in drawers.items():
        if slug:
            yield state, CRM.P2_has_type, ids.concept(scheme, slug)
    yield from note(state, seen.remark)
