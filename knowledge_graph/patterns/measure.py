"""Dimensions with unit, limits and origin: caliper, old card or mesh (P5)."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal as OneOf

from rdflib import Literal, URIRef

from knowledge_graph.namespaces import CRM, CRMDIG, Ids, part
from knowledge_graph.patterns.spans import Span, time_span
from knowledge_graph.patterns.terms import Texts, Triples, is_a, links, note

Origin = OneOf["", "caliper", "card", "scan"]
_UNITS = {"dimension": "unit", "figure": "figure-unit"}


@dataclass(frozen=True)
class Dimension:
    """One number of a thing; `kind` and `unit` are slugs of their vocabularies.

    A caliper reading and a mesh reading are acts; what an old card says is only said.
    """

    kind: str
    value: Decimal
    unit: str
    uncertainty: Decimal | None = None  # same unit; half the width of the interval
    origin: Origin = ""
    text: Texts = field(default_factory=dict)  # as the register has it: 高11.3
    by: URIRef | None = None
    when: Span | None = None
    vocabulary: OneOf["dimension", "figure"] = "dimension"  # figure: of digital objects
    mesh: URIRef | None = None  # origin scan: the digital object it was read off
    run: URIRef | None = None  # origin scan: the run it was a step of

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.origin}" if self.origin else self.kind


def figure(kind: str, value: Decimal | int, unit: str) -> Dimension:
    """Make a figure of a digital object: triangles, bytes, deviation …"""
    return Dimension(kind, Decimal(value), unit, vocabulary="figure")


def dimension(ids: Ids, subject: URIRef, size: Dimension) -> Triples:
    """Say how large `subject` is, within what limits, and who or what says so."""
    node = part(subject, "dimension", size.key)
    yield subject, CRM.P43_has_dimension, node
    yield from is_a(node, CRM.E54_Dimension)
    yield node, CRM.P2_has_type, ids.concept(size.vocabulary, size.kind)
    yield node, CRM.P90_has_value, Literal(size.value)
    yield node, CRM.P91_has_unit, ids.concept(_UNITS[size.vocabulary], size.unit)
    if size.uncertainty is not None:
        low, high = size.value - size.uncertainty, size.value + size.uncertainty
        yield node, CRM.P90a_has_lower_value_limit, Literal(low)
        yield node, CRM.P90b_has_upper_value_limit, Literal(high)
    yield from note(node, size.text)
    if size.origin:
        yield node, CRM.P2_has_type, ids.concept("dimension-origin", size.origin)
    if size.origin in {"caliper", "scan"}:
        yield from _measurement(ids, subject, size)


def _measurement(ids: Ids, subject: URIRef, size: Dimension) -> Triples:
    act = part(subject, "measurement", size.key)
    yield from is_a(act, CRM.E16_Measurement)
    yield act, CRM.P39_measured, subject
    yield act, CRM.P40_observed_dimension, part(subject, "dimension", size.key)
    yield from links(act, CRM.P14_carried_out_by, size.by)
    yield from time_span(ids, act, size.when)
    if size.origin == "scan":
        yield from is_a(act, CRMDIG.D10_Software_Execution)
        yield from links(act, CRMDIG.L2_used_as_source, size.mesh)
        yield from links(act, CRM.P9i_forms_part_of, size.run)
