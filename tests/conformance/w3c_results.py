"""Compare answers with the W3C suites' expected results.

Both sides become RDF graphs, spelled as the engine spells values (2.0 and 2 are one
decimal), and are compared after canonical labelling of blank nodes. A solution is a blank
node with a triple for each bound variable, so that solutions compare as multisets.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyoxigraph as ox

from knowledge_graph.store_terms import normalise
from tests.conformance.w3c_manifests import Term, read_triples

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
VARIABLE = "urn:variable:"
HEAD = ox.NamedNode("urn:head")

Solution = Mapping[str, Term]


def canonical_triples(triples: Iterable[ox.Triple]) -> set[str]:
    """Give a graph's triples as text, equal for isomorphic graphs."""
    quads = normalise(
        ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples
    )
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}


def canonical_results(data: bytes, results_format: ox.QueryResultsFormat) -> set[str]:
    """Give SPARQL results in JSON, XML or TSV as text, equal for equal answers."""
    results = ox.parse_query_results(data, results_format)
    if isinstance(results, ox.QueryBoolean):
        return {f"boolean {bool(results)}"}
    names = [variable.value for variable in results.variables]
    solutions = [
        {name: term for name, term in zip(names, row, strict=True) if term is not None}
        for row in results
    ]
    return _canonical_solutions(names, solutions)


def canonical_csv(data: bytes) -> set[str]:
    """Give CSV results likewise; CSV tells IRIs and literals apart no more."""
    names, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    solutions = [
        {name: _csv_term(cell) for name, cell in zip(names, row, strict=True) if cell}
        for row in rows
    ]
    return _canonical_solutions(names, solutions)


def canonical_result_set(path: Path, base: str) -> set[str] | None:
    """Give the rs:ResultSet that a file describes; None where it holds a plain graph."""
    triples = read_triples(path, base)
    names = [
        _text(triple.object)
        for triple in triples
        if triple.predicate.value == f"{RS}resultVariable"
    ]
    if not names:
        return None
    return _canonical_solutions(names, _described_solutions(triples))


def _described_solutions(triples: Iterable[ox.Triple]) -> list[Solution]:
    by_predicate: dict[str, dict[Term, list[Term]]] = {}
    for triple in triples:
        held = by_predicate.setdefault(triple.predicate.value, {})
        held.setdefault(triple.subject, []).append(triple.object)
    variable = by_predicate.get(f"{RS}variable", {})
    value = by_predicate.get(f"{RS}value", {})
    bindings = by_predicate.get(f"{RS}binding", {})
    solutions = [
        row for rows in by_predicate.get(f"{RS}solution", {}).values() for row in rows
    ]
    return [
        {_text(variable[each][0]): value[each][0] for each in bindings.get(row, [])}
        for row in solutions
    ]


def _canonical_solutions(
    names: Iterable[str], solutions: Iterable[Solution]
) -> set[str]:
    triples = [
        ox.Triple(HEAD, ox.NamedNode(VARIABLE + name), ox.Literal(name))
        for name in names
    ]
    for number, solution in enumerate(solutions):
        row = ox.BlankNode(f"row{number}")
        triples.append(ox.Triple(HEAD, ox.NamedNode("urn:row"), row))
        triples += [
            ox.Triple(row, ox.NamedNode(VARIABLE + name), term)
            for name, term in solution.items()
        ]
    return canonical_triples(triples)


def _csv_term(cell: str) -> Term:
    return ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.Literal(cell)


def _text(term: Term) -> str:
    if isinstance(term, ox.Literal):
        return term.value
    raise ValueError(f"{term} is no literal")
