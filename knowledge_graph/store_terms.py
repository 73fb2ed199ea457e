"""From RDFLib's terms to the engine's, and the canonical form that a graph is hashed in.

The engine keeps the value of a literal, not always its spelling ("01" becomes 1, "zh-Hans"
becomes "zh-hans"). So both sides of a comparison go through an engine store first.
"""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import pyoxigraph as ox
from rdflib.term import BNode, Literal, Node, URIRef

from knowledge_graph.errors import TermRefused

Triple = tuple[Node, Node, Node]

# Terms: classes, properties and concepts come again and again, a geometry once.
REMEMBERED: Final = 1 << 15
LONGEST_REMEMBERED: Final = 200  # characters


def canonical_hash(graph_iri: str, triples: Iterable[Triple]) -> str:
    """Give the hash that a store holding exactly `triples` gives for this graph."""
    return hash_lines(canonical_lines(graph_iri, triples))


def canonical_lines(graph_iri: str, triples: Iterable[Triple]) -> list[str]:
    """Write a graph as sorted lines of N-Quads, in the engine's own spelling.

    The same as by `build_quads`, in half its time. Raises `TermRefused` as that does.
    """
    try:
        end = f" {_iri_text(graph_iri)} .\n"
        return sorted({_triple_text(*triple) + end for triple in triples})
    except (ValueError, TypeError) as error:
        raise TermRefused(graph=graph_iri, reason=str(error)) from error


def hash_lines(lines: Iterable[str]) -> str:
    """SHA-512 over lines of N-Quads that are sorted already."""
    return hashlib.sha512("".join(lines).encode()).hexdigest()


def hash_quads(quads: Iterable[ox.Quad]) -> str:
    """SHA-512 over the sorted N-Quads lines, each ended by ` .` and a newline."""
    return hash_lines(sorted(f"{quad} .\n" for quad in quads))


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


def _triple_text(subject: Node, predicate: Node, value: Node) -> str:
    about = f"{_node_text(subject)} {_node_text(predicate)}"
    if isinstance(value, Literal):
        return f"{about} {_literal_text(value)}"
    return f"{about} {_node_text(value)}"


def _node_text(term: Node) -> str:
    if isinstance(term, URIRef):
        return _iri_text(term)
    raise TypeError(_describe(term))


@lru_cache(REMEMBERED)
def _iri_text(iri: str) -> str:
    return str(ox.NamedNode(str(iri)))


def _literal_text(term: Literal) -> str:
    if term.language:
        return f"{ox.Literal(str(term))}@{_language_text(term.language)}"
    if term.datatype is None:
        return str(ox.Literal(str(term)))
    return _typed_text(str(term), str(term.datatype))


@lru_cache(REMEMBERED)
def _language_text(tag: str) -> str:
    return _spelled(ox.Literal("", language=tag)).rpartition("@")[2]


def _typed_text(lexical: str, datatype: str) -> str:
    spell = _spell_typed if len(lexical) > LONGEST_REMEMBERED else _spell_remembered
    return spell(lexical, datatype)


def _spell_typed(lexical: str, datatype: str) -> str:
    return _spelled(ox.Literal(lexical, datatype=ox.NamedNode(datatype)))


_spell_remembered = lru_cache(REMEMBERED)(_spell_typed)


def _spelled(literal: ox.Literal) -> str:
    """Spell a literal as the engine gives it back."""
    name = ox.NamedNode("urn:x")
    (quad,) = normalise([ox.Quad(name, name, literal)])
    return str(quad.object)


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
