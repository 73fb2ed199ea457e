"""Names, numbers, descriptions, types: what any record may carry (P1, P2, P13)."""

from dataclasses import dataclass, field

from rdflib import Literal, URIRef

from knowledge_graph.namespaces import AAT, CRM, Ids, part
from knowledge_graph.patterns.spans import Span, time_span
from knowledge_graph.patterns.terms import (
    Texts,
    Triples,
    document,
    is_a,
    labels,
    links,
    note,
)

PRIMARY_NAME = AAT["300404670"]
DESCRIPTION = AAT["300435416"]


def names(ids: Ids, subject: URIRef, text: Texts) -> Triples:
    """Give `subject` its name in each language, and the same as labels."""
    yield from _appellations(ids, subject, text, key="name", kind=PRIMARY_NAME)
    yield from labels(subject, text)


def other_names(
    ids: Ids, subject: URIRef, text: Texts, *, kind: str, key: str = ""
) -> Triples:
    """Give `subject` further names; `kind` is a slug of the name-type vocabulary.

    `key` tells several names of one kind apart.
    """
    concept = ids.concept("name-type", kind)
    named = key or f"name-{kind}"
    yield from _appellations(ids, subject, text, key=named, kind=concept)


def description(ids: Ids, subject: URIRef, text: Texts) -> Triples:
    """Describe `subject` in each language."""
    for language in sorted(text):
        if not text[language].strip():
            continue
        node = part(subject, "description", language)
        yield subject, CRM.P67i_is_referred_to_by, node
        yield from is_a(node, CRM.E33_Linguistic_Object)
        yield node, CRM.P2_has_type, DESCRIPTION
        yield from content(ids, node, text[language], language)


@dataclass(frozen=True)
class Identifier:
    """A number somebody gave. `scheme` is the vocabulary that `kind` is a slug of."""

    text: str
    kind: str
    scheme: str = "number-type"  # the register's own list; others: identifier-type
    preferred: bool = False
    given_by: URIRef | None = None
    given: Span | None = None


def identifier(ids: Ids, subject: URIRef, number: Identifier) -> Triples:
    """Give `subject` a number, and the act of giving it where that is known."""
    node = part(subject, "no", number.kind, number.text)
    yield subject, CRM.P1_is_identified_by, node
    yield from is_a(node, CRM.E42_Identifier)
    yield node, CRM.P2_has_type, ids.concept(number.scheme, number.kind)
    yield node, CRM.P190_has_symbolic_content, Literal(number.text)
    if number.preferred:
        yield subject, CRM.P48_has_preferred_identifier, node
    if number.given_by is not None or number.given is not None:
        act = part(node, "given")
        yield from is_a(act, CRM.E15_Identifier_Assignment)
        yield act, CRM.P37_assigned, node
        yield act, CRM.P140_assigned_attribute_to, subject
        yield from links(act, CRM.P14_carried_out_by, number.given_by)
        yield from time_span(ids, act, number.given)


@dataclass(frozen=True)
class TypeAssignment:
    """Somebody sorted a thing into a class: an act, so that history survives."""

    key: str  # tells this act from the thing's other ones
    concept: URIRef
    by: URIRef | None = None
    when: Span | None = None
    motive: URIRef | None = None
    basis: Texts = field(default_factory=dict)  # title of the paper it rests on


def type_assignment(ids: Ids, subject: URIRef, act: TypeAssignment) -> Triples:
    """Classify `subject` by an act."""
    return classify(ids, part(subject, "classified", act.key), subject, act)


def classify(ids: Ids, node: URIRef, subject: URIRef, act: TypeAssignment) -> Triples:
    """Classify `subject` by an act that has a name of its own."""
    yield from is_a(node, CRM.E17_Type_Assignment)
    yield node, CRM.P41_classified, subject
    yield node, CRM.P42_assigned, act.concept
    yield from links(node, CRM.P14_carried_out_by, act.by)
    yield from links(node, CRM.P17_was_motivated_by, act.motive)
    yield from document(node, act.basis)
    yield from time_span(ids, node, act.when)


@dataclass(frozen=True)
class Attribution:
    """Somebody said something of a thing: a date, an author, a decision."""

    key: str
    value: URIRef
    of_type: str = ""  # slug of the attribution-type vocabulary
    by: URIRef | None = None
    when: Span | None = None
    motive: URIRef | None = None
    remark: Texts = field(default_factory=dict)
    basis: Texts = field(default_factory=dict)


def attribution(ids: Ids, subject: URIRef, said: Attribution) -> Triples:
    """Record who said what of `subject`, beside what others say of it."""
    node = part(subject, "said", said.key)
    yield from is_a(node, CRM.E13_Attribute_Assignment)
    yield node, CRM.P140_assigned_attribute_to, subject
    yield node, CRM.P141_assigned, said.value
    if said.of_type:
        kind = ids.concept("attribution-type", said.of_type)
        yield node, CRM.P177_assigned_property_of_type, kind
    yield from links(node, CRM.P14_carried_out_by, said.by)
    yield from links(node, CRM.P17_was_motivated_by, said.motive)
    yield from note(node, said.remark)
    yield from document(node, said.basis)
    yield from time_span(ids, node, said.when)


def _appellations(
    ids: Ids, subject: URIRef, text: Texts, *, key: str, kind: URIRef
) -> Triples:
    for language in sorted(text):
        if not text[language].strip():
            continue
        node = part(subject, key, language)
        yield subject, CRM.P1_is_identified_by, node
        yield from is_a(node, CRM.E33_E41_Linguistic_Appellation)
        yield node, CRM.P2_has_type, kind
        yield from content(ids, node, text[language], language)


def content(ids: Ids, node: URIRef, text: str, language: str) -> Triples:
    yield node, CRM.P190_has_symbolic_content, Literal(text, lang=language)
    yield node, CRM.P72_has_language, ids.concept("language", language)
