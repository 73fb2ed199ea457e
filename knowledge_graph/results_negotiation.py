"""Which result format a client gets: media types, their short names, and Accept."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from knowledge_graph.errors import NotAcceptable

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

JSON = "application/sparql-results+json"
XML = "application/sparql-results+xml"
CSV = "text/csv"
TSV = "text/tab-separated-values"
TURTLE = "text/turtle"
N_TRIPLES = "application/n-triples"
JSON_LD = "application/ld+json"
RDF_XML = "application/rdf+xml"

# In our order of preference. CSV and TSV are defined for SELECT only (SPARQL 1.1 Query
# Results CSV and TSV Formats, section 1).
_GRAPHS = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML)
OFFERED: dict[Form, tuple[str, ...]] = {
    "SELECT": (JSON, XML, CSV, TSV),
    "ASK": (JSON, XML),
    "CONSTRUCT": _GRAPHS,
    "DESCRIBE": _GRAPHS,
}

# What clients also say, and the short names of `format=`.
_ALSO_CALLED = {
    JSON: {"application/json", "json", "srj"},
    XML: {"application/xml", "text/xml", "xml", "srx"},
    CSV: {"csv"},
    TSV: {"tsv"},
    TURTLE: {"application/x-turtle", "turtle", "ttl"},
    N_TRIPLES: {"text/plain", "ntriples", "n-triples", "nt"},
    JSON_LD: {"application/json", "json", "jsonld", "json-ld"},
    RDF_XML: {"application/xml", "text/xml", "xml", "rdf", "rdfxml"},
}


@dataclass(frozen=True)
class _Range:
    """One media range of an Accept header."""

    kind: str
    subtype: str
    quality: float

    def fit(self, media_type: str) -> int:
        """Say how closely this range names the type: 0 not at all, 3 by name."""
        if f"{self.kind}/{self.subtype}" in {media_type, *_ALSO_CALLED[media_type]}:
            return 3
        if self.subtype != "*":
            return 0
        if self.kind == "*":
            return 1
        return 2 if media_type.startswith(f"{self.kind}/") else 0


@lru_cache(maxsize=128)  # a program sends the same one with each query
def negotiate(accept: str, form: Form) -> str:
    """Choose the media type for a query form by an Accept header (RFC 9110, 12.5.1).

    An empty header accepts everything. Raises `NotAcceptable` when nothing fits.
    """
    ranges = _parse(accept)
    if not ranges:
        return OFFERED[form][0]
    wanted = {media_type: _quality(media_type, ranges) for media_type in OFFERED[form]}
    best = max(wanted, key=wanted.__getitem__)  # the first of equals: our preference
    if wanted[best] <= 0:
        raise not_acceptable(form)
    return best


def named_format(name: str, form: Form) -> str:
    """Give the media type for a short name or a media type, as in `format=csv`."""
    wanted = name.strip().lower()
    for media_type in OFFERED[form]:
        if wanted in {media_type, *_ALSO_CALLED[media_type]}:
            return media_type
    raise not_acceptable(form)


def not_acceptable(form: Form) -> NotAcceptable:
    return NotAcceptable(form=form, offered=", ".join(OFFERED[form]))


def _quality(media_type: str, ranges: list[_Range]) -> float:
    """Take the quality from the closest range, as RFC 9110 says."""
    closest = max(ranges, key=lambda each: (each.fit(media_type), each.quality))
    return closest.quality if closest.fit(media_type) else 0.0


def _parse(accept: str) -> list[_Range]:
    return [_parse_range(part) for part in accept.split(",") if "/" in part]


def _parse_range(text: str) -> _Range:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    kind, _, subtype = name.partition("/")
    return _Range(kind, subtype, _parse_quality(parameters))


def _parse_quality(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            return _parse_number(value)
    return 1.0


def _parse_number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0  # A weight nobody can read asks for nothing.
