"""The W3C JSON-LD suites: what the engine reads, and what the endpoint writes.

toRdf: documents are read by the engine, and each graph is written by our writer and read
back. fromRdf: its datasets are what our writer is given; the tests ask for one of many
spellings, so that what is compared is what the document says.
"""

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from _pytest.mark import ParameterSet

from knowledge_graph.results import write_graph
from knowledge_graph.results_negotiation import JSON_LD
from tests.conformance.known_failures import W3C_JSON_LD
from tests.conformance.w3c_results import canonical_triples
from tests.gates import SHARED_DATA

pytestmark = pytest.mark.conformance

SUITE = SHARED_DATA / "suites" / "w3c-json-ld"


@dataclass(frozen=True)
class Case:
    """One entry of a manifest whose files are at hand."""

    id: str
    kind: str  # PositiveEvaluationTest, NegativeEvaluationTest, PositiveSyntaxTest
    source: Path
    expected: Path | None
    base: str


def read_cases(name: str) -> list[Case]:
    path = SUITE / f"{name}-manifest.jsonld"
    if not path.is_file():
        return []
    manifest = json.loads(path.read_text("utf-8"))
    cases = (_case(name, manifest["baseIri"], one) for one in manifest["sequence"])
    # Not every document of the manifests lies in every copy of the suite.
    return [one for one in cases if one.source.is_file()]


def _case(name: str, base: str, entry: dict[str, Any]) -> Case:
    options = entry.get("option", {})
    return Case(
        f"{name}/{entry['@id'][2:]}",
        entry["@type"][0].removeprefix("jld:"),
        SUITE / entry["input"],
        SUITE / entry["expect"] if "expect" in entry else None,
        options.get("base", base + entry["input"]),
    )


SUITES = {
    "w3c-json-ld-to-rdf": read_cases("toRdf"),
    "w3c-json-ld-from-rdf": read_cases("fromRdf"),
}
READ, WRITE = SUITES.values()
POSITIVE = [one for one in READ if not one.kind.startswith("Negative")]
NEGATIVE = [one for one in READ if one.kind.startswith("Negative")]


def parameters(cases: list[Case], prefix: str = "") -> list[ParameterSet]:
    if not cases:
        reason = "the W3C suites (shared data) are not beside the checkout"
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=reason))]
    return [
        pytest.param(
            one,
            id=one.id,
            marks=[pytest.mark.xfail(reason=W3C_JSON_LD[prefix + one.id], strict=True)]
            if prefix + one.id in W3C_JSON_LD
            else [],
        )
        for one in cases
    ]


@pytest.mark.parametrize("case", parameters(POSITIVE))
def test_reads_as_expected(case: Case) -> None:
    quads = read(case)
    if case.expected is not None:
        expected = ox.parse(case.expected.read_bytes(), ox.RdfFormat.N_QUADS)
        assert canonical(quads) == canonical(list(expected))


@pytest.mark.parametrize("case", parameters(NEGATIVE))
def test_what_is_no_json_ld_is_refused(case: Case) -> None:
    with pytest.raises(SyntaxError):
        read(case)


@pytest.mark.parametrize("case", parameters(WRITE))
def test_what_is_written_says_the_same(case: Case) -> None:
    """The endpoint writes triples: of a dataset, those of its default graph."""
    quads = ox.parse(case.source.read_bytes(), ox.RdfFormat.N_QUADS)
    written_and_read([one.triple for one in quads if is_default(one)])


@pytest.mark.parametrize("case", parameters(POSITIVE, "again:"))
def test_what_was_read_can_be_written(case: Case) -> None:
    written_and_read([one.triple for one in read(case) if is_default(one)])


def test_every_known_failure_is_a_case() -> None:
    ids = {one.id for one in [*READ, *WRITE]} | {f"again:{one.id}" for one in POSITIVE}
    assert not READ or set(W3C_JSON_LD) <= ids


def read(case: Case) -> list[ox.Quad]:
    data = case.source.read_bytes()
    return list(ox.parse(data, ox.RdfFormat.JSON_LD, base_iri=case.base))


def is_default(quad: ox.Quad) -> bool:
    return isinstance(quad.graph_name, ox.DefaultGraph)


def written_and_read(triples: list[ox.Triple]) -> None:
    out = io.BytesIO()
    write_graph(triples, JSON_LD, out, prefixes={"ex": "http://example.org/ns#"})
    again = ox.parse(out.getvalue(), ox.RdfFormat.JSON_LD)
    assert canonical_triples(one.triple for one in again) == canonical_triples(triples)


def canonical(quads: list[ox.Quad]) -> set[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in dataset}
