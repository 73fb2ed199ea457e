"""The digitization chain again in PROV-O, for readers who know no CRM (P12).

A projection: it only looks at CRMdig triples, so it can never say anything else. What no
CRM says, that a version was withdrawn for another, is `replaced`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rdflib import PROV, RDF, XSD, Literal, URIRef
from rdflib.term import Node

from knowledge_graph.namespaces import CRM, CRMDIG, part
from knowledge_graph.patterns.spans import When, moment
from knowledge_graph.patterns.terms import Triples, is_a

CLASSES: Final = {
    CRMDIG.D1_Digital_Object: PROV.Entity,
    CRMDIG.D9_Data_Object: PROV.Entity,
    CRMDIG.D2_Digitization_Process: PROV.Activity,
    CRMDIG.D3_Formal_Derivation: PROV.Activity,
    CRMDIG.D10_Software_Execution: PROV.Activity,
    CRMDIG.D14_Software: PROV.SoftwareAgent,
}
PROPERTIES: Final = {
    CRMDIG.L10_had_input: PROV.used,
    CRMDIG.L2_used_as_source: PROV.used,
    CRMDIG.L21_used_as_derivation_source: PROV.used,
    CRMDIG.L11_had_output: PROV.generated,
    CRMDIG.L20_has_created: PROV.generated,
    CRMDIG.L22_created_derivative: PROV.generated,
    CRMDIG.L24_created_logfile: PROV.generated,
    CRM.P14_carried_out_by: PROV.wasAssociatedWith,
    CRM.P134_continued: PROV.wasInformedBy,
}
_SOURCES: Final = (CRMDIG.L2_used_as_source, CRMDIG.L21_used_as_derivation_source)
# A log tells of a run; it is not derived from what the run read.
_RESULTS: Final = (CRMDIG.L11_had_output, CRMDIG.L22_created_derivative)


def provenance(chain: Iterable[tuple[Node, Node, Node]]) -> Triples:
    """Say in PROV what `chain` says in CRMdig; gives only the PROV triples."""
    said = _Said(chain)
    activities = []
    for subject, kinds in sorted(said.of_property(RDF.type).items()):
        projected = {CLASSES[kind] for kind in _iris(kinds) if kind in CLASSES}
        yield from is_a(subject, *sorted(projected))
        if PROV.Activity in projected:
            activities.append(subject)
    for activity in activities:
        yield from _activity(said, activity)


@dataclass(frozen=True)
class Replaced:
    """A version that holds no longer: what took its place, and when."""

    iri: URIRef
    by: URIRef
    at: When


def replaced(version: Replaced) -> Triples:
    """Say that a version was withdrawn for another."""
    yield from is_a(version.iri, CRMDIG.D1_Digital_Object, PROV.Entity)
    yield version.iri, PROV.invalidatedAtTime, moment(version.at)
    yield version.by, PROV.wasRevisionOf, version.iri


class _Said:
    """What a chain says, by property and subject: a graph would index much more."""

    def __init__(self, chain: Iterable[tuple[Node, Node, Node]]) -> None:
        self._values: dict[Node, dict[URIRef, list[Node]]] = {}
        for subject, predicate, value in chain:
            if isinstance(subject, URIRef):
                of = self._values.setdefault(predicate, {})
                of.setdefault(subject, []).append(value)

    def of_property(self, predicate: Node) -> dict[URIRef, list[Node]]:
        return self._values.get(predicate, {})

    def values(self, subject: Node, predicate: Node) -> list[Node]:
        found = self.of_property(predicate)
        return found.get(subject, []) if isinstance(subject, URIRef) else []


def _activity(said: _Said, activity: URIRef) -> Triples:
    for predicate, projected in PROPERTIES.items():
        for other in _iris(said.values(activity, predicate)):
            yield activity, projected, other
    for agent in _iris(said.values(activity, CRM.P14_carried_out_by)):
        yield from is_a(agent, PROV.Agent)
    for result in _all(said, activity, _RESULTS):
        for source in _all(said, activity, _SOURCES):
            yield result, PROV.wasDerivedFrom, source
    yield from _software(said, activity)
    yield from _times(said, activity)


def _software(said: _Said, activity: URIRef) -> Triples:
    """A program acted by a plan: the parameters."""
    programs = _all(said, activity, (CRMDIG.L23_used_software_or_firmware,))
    plans = _all(said, activity, (CRMDIG.L13_used_parameters,))
    for program in programs:
        node = part(activity, "association", program.rsplit("/", 1)[-1])
        yield activity, PROV.wasAssociatedWith, program
        yield activity, PROV.qualifiedAssociation, node
        yield from is_a(node, PROV.Association)
        yield node, PROV.agent, program
        for plan in plans:
            yield node, PROV.hadPlan, plan
    for plan in plans:
        yield from is_a(plan, PROV.Plan)


def _times(said: _Said, activity: URIRef) -> Triples:
    limits = {
        CRM.P82a_begin_of_the_begin: PROV.startedAtTime,
        CRM.P82b_end_of_the_end: PROV.endedAtTime,
    }
    for span in said.values(activity, CRM["P4_has_time-span"]):
        for limit, projected in limits.items():
            for instant in said.values(span, limit):
                if isinstance(instant, Literal) and instant.datatype == XSD.dateTime:
                    yield activity, projected, instant


def _all(said: _Said, subject: URIRef, predicates: Iterable[URIRef]) -> list[URIRef]:
    return [one for each in predicates for one in _iris(said.values(subject, each))]


def _iris(nodes: Iterable[object]) -> list[URIRef]:
    """Give the IRIs among `nodes`, each once, in order."""
    return sorted({node for node in nodes if isinstance(node, URIRef)})
