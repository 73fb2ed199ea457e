"""Which classes and properties the graph states, of what kinds they are, older names.

`ontology.ttl` is a graph of the store too, so that a path over `rdfs:subClassOf` finds it.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from rdflib import Graph

from knowledge_graph.namespaces import CRM, CRMDIG, CRMSCI, Ids

FILES: Final = ("ontology.ttl", "aliases.ttl")
FOLDER: Final = Path(__file__).parent
SPACES: Final = {str(CRM): "crm", str(CRMDIG._NS): "crmdig", str(CRMSCI._NS): "crmsci"}
OLDER_SPACES: Final = {
    "http://www.ics.forth.gr/isl/CRMdig/": str(CRMDIG._NS),
    "http://www.ics.forth.gr/isl/CRMsci/": str(CRMSCI._NS),
}
_NOWHERE: Final = "http://nowhere.invalid/"
_SUBCLASS: Final = "http://www.w3.org/2000/01/rdf-schema#subClassOf"
# Numbers are what stays of a name from edition to edition: P43i, P90a, E33_E41, D10.
_NUMBER: Final = re.compile(r"((?:[EDS]\d+_?)+|[PLO]\d+[ab]?i?)(?:_|$)")


@dataclass
class Ontology:
    """Terms by namespace and number; `kinds` gives the classes straight below one."""

    terms: dict[str, str] = field(default_factory=dict)  # crm:P43 → its IRI
    stated: set[str] = field(default_factory=set)
    kinds: dict[str, list[str]] = field(default_factory=dict)

    def find(self, key: str) -> str | None:
        """Give the term of that namespace and number, by whatever name it goes."""
        return self.terms.get(key)

    def said(self, key: str) -> str:
        """Give the term of that number where the graph states it, or ""."""
        iri = self.terms.get(key, "")
        return iri if iri in self.stated else ""

    def says_kind_of(self, iri: str) -> bool:
        """Tell whether anything is stated to be of a class below this one."""
        below = self.kinds.get(iri, [])
        return any(one in self.stated or self.says_kind_of(one) for one in below)


def number_of(iri: str) -> str:
    """Give a term's namespace and number (`crm:P43i`), or "" for what has none."""
    for space, prefix in (*SPACES.items(), *_older()):
        if iri.startswith(space):
            match = _NUMBER.match(iri.removeprefix(space))
            return f"{prefix}:{match[1].rstrip('_')}" if match else ""
    return ""


def short(iri: str) -> str:
    """Write a term with its usual prefix, for people."""
    for space, prefix in SPACES.items():
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    return f"<{iri}>"


@cache
def ontology() -> Ontology:
    """Read what the graph states; the second call costs nothing."""
    known = Ontology()
    path = FOLDER / FILES[0]
    for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE, base_iri=_NOWHERE):
        subject = quad.subject.value
        if number := number_of(subject):
            known.terms[number] = subject
        if quad.predicate.value == f"{_NOWHERE}isStated":
            known.stated.add(subject)
        if quad.predicate.value == _SUBCLASS:
            known.kinds.setdefault(quad.object.value, []).append(subject)
    return known


def ontology_graph(ids: Ids) -> Graph:
    """Give classes, properties and older names as a graph of the museum."""
    graph = Graph()
    for name in FILES:
        graph.parse(FOLDER / name, format="turtle", publicID=str(ids.vocab))
    return graph


def _older() -> list[tuple[str, str]]:
    return [(old, SPACES[new]) for old, new in OLDER_SPACES.items()]
