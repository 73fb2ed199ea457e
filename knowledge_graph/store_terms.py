"""From RDFLib's terms to the engine's, and the canonical form that a graph is hashed in.

The engine keeps the value of a literal, not always its spelling ("01" becomes 1, "zh-Hans"
becomes "zh-hans"). So both sides of a comparison go through an engine store first.
"""

import hashlib
from collections.abc import Iterable

import pyoxigraph as ox
from rdflib.term import BNode, Literal, Node, URIRef

from knowledge_graph.errors import TermRefused

Triple = tuple[Node, Node, Node]


def canonical_hash(graph_iri: str, triples: Iterable[Triple]) -> str:
    """Give the hash that a store holding exactly `triples` gives for this graph."""
    return hash_quads(build_quads(graph_iri, triples))


def hash_quads(quads: Iterable[ox.Quad]) -> str:
    """SHA-512 over the sorted N-Quads lines, each ended by ` .` and a newline."""
    digest = hashlib.sha512()
    for line in sorted(str(quad) for quad in quads):
        digest.update(f"{line} .\n".encode())
    return digest.hexdigest()


def build_quads(graph_iri: str, triples: Iterable[Triple]) -> set[ox.Quad]:
    """Build the engine's quads for a graph, in the engine's own spelling.

    Raises `TermRefused` for a blank node (record graphs use skolem IRIs) or a broken IRI.
    """
    try:
        name = ox.NamedNode(graph_iri)
        plain, spelled = set(), []
        for triple in triples:
            quad = ox.Quad(*_build_triple(triple), name)
            # An IRI is kept as it is: only literals need the way through a store.
            if isinstance(triple[2], Literal):
                spelled.append(quad)
            else:
                plain.add(quad)
        return plain | normalise(spelled)
    except (ValueError, TypeError) as error:
        raise TermRefused(graph=graph_iri, reason=str(error)) from error


def normalise(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Spell quads as the engine gives them back."""
    store = ox.Store()
    store.extend(quads)
    return set(store)


def insert_text(graph_iri: str, quads: Iterable[ox.Quad]) -> str:
    """Write the SPARQL Update that adds quads to a graph; nothing for none."""
    return _data("INSERT", graph_iri, quads)


def delete_text(graph_iri: str, quads: Iterable[ox.Quad]) -> str:
    """Write the SPARQL Update that takes quads out of a graph; nothing for none."""
    return _data("DELETE", graph_iri, quads)


def _data(verb: str, graph_iri: str, quads: Iterable[ox.Quad]) -> str:
    lines = "".join(f"{quad.triple} .\n" for quad in quads)
    return f"{verb} DATA {{ GRAPH <{graph_iri}> {{\n{lines}}} }};\n" if lines else ""


def _build_triple(
    triple: Triple,
) -> tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]:
    subject, predicate, value = triple
    return _build_iri(subject), _build_iri(predicate), _build_value(value)


def _build_iri(term: Node) -> ox.NamedNode:
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    raise TypeError(_describe(term))


def _build_value(term: Node) -> ox.NamedNode | ox.Literal:
    if isinstance(term, Literal):
        return _build_literal(term)
    return _build_iri(term)


def _build_literal(term: Literal) -> ox.Literal:
    if term.language:
        return ox.Literal(str(term), language=term.language)
    if term.datatype is None:
        return ox.Literal(str(term))
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))


def _describe(term: Node) -> str:
    if isinstance(term, BNode):
        return f"the blank node {term}; give it an IRI"
    return f"{term!r} is no IRI"
