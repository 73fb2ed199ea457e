"""Exhibits: an activity that uses a set of things and the models shown (P9)."""

from dataclasses import dataclass, field

from rdflib import URIRef

from knowledge_graph.namespaces import AAT, CRM, LA, Ids, part
from knowledge_graph.patterns.identity import content, names
from knowledge_graph.patterns.spans import Span, time_span
from knowledge_graph.patterns.terms import Texts, Triples, is_a, labels, links, note

EXHIBITION = AAT["300054766"]
EXHIBITION_SET = AAT["300378926"]
SOUND_RECORDING = AAT["300028633"]


@dataclass(frozen=True)
class Exhibit:
    """A show, in rooms or in a headset."""

    name: Texts = field(default_factory=dict)
    organisers: tuple[URIRef, ...] = ()
    place: URIRef | None = None
    when: Span | None = None


def exhibit(ids: Ids, subject: URIRef, show: Exhibit) -> Triples:
    """Describe an exhibit and the set of what it shows."""
    things = set_of(subject)
    yield from is_a(subject, CRM.E7_Activity)
    yield subject, CRM.P2_has_type, EXHIBITION
    yield from names(ids, subject, show.name)
    yield from links(subject, CRM.P14_carried_out_by, *show.organisers)
    yield from links(subject, CRM.P7_took_place_at, show.place)
    yield from time_span(ids, subject, show.when)
    yield subject, CRM.P16_used_specific_object, things
    yield from is_a(things, LA.Set)
    yield things, CRM.P2_has_type, EXHIBITION_SET
    yield from labels(things, show.name)


@dataclass(frozen=True)
class Narration:
    """What is said aloud in an exhibit, in one language; `words` are its transcript."""

    key: str
    language: str
    words: str
    about: URIRef | None = None
    credit: Texts = field(default_factory=dict)


def narration(ids: Ids, show: URIRef, one: Narration) -> Triples:
    """Describe a recording that an exhibit plays, with the same words to be read."""
    node = part(show, "narration", one.key)
    yield show, CRM.P67i_is_referred_to_by, node
    yield from is_a(node, CRM.E33_Linguistic_Object)
    yield node, CRM.P2_has_type, SOUND_RECORDING
    yield from content(ids, node, one.words, one.language)
    yield from links(node, CRM.P129_is_about, one.about)
    yield from note(node, one.credit)


def set_of(exhibit: URIRef) -> URIRef:
    """Name the set of things that an exhibit shows."""
    return part(exhibit, "set")


def exhibit_item(
    exhibit: URIRef, thing: URIRef, *, models: tuple[URIRef, ...] = ()
) -> Triples:
    """Say that an exhibit shows a thing, and by which models of it (a link row)."""
    yield thing, LA.member_of, set_of(exhibit)
    yield from links(exhibit, CRM.P16_used_specific_object, *models)
