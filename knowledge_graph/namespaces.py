"""The vocabularies we speak, and the IRIs we give to our own things."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import quote

from rdflib import DCTERMS, OWL, PROV, RDF, RDFS, SKOS, XSD, Graph, Namespace, URIRef
from rdflib.namespace import FOAF, DefinedNamespace

REMEMBERED: Final = 1 << 14  # terms: what a builder names, it names for every record
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.~-]+")


class _Terms(Namespace):
    """A namespace that makes each of its terms once."""

    @lru_cache(REMEMBERED)  # noqa: B019 - a handful of namespaces, all kept for good
    def term(self, name: str) -> URIRef:
        return super().term(name)


CRM: Final = _Terms("http://www.cidoc-crm.org/cidoc-crm/")  # 7.1.3
LA: Final = Namespace("https://linked.art/ns/terms/")  # Linked Art 1.0
AAT: Final = Namespace("http://vocab.getty.edu/aat/")
SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
GEO: Final = Namespace("http://www.opengis.net/ont/geosparql#")


class CRMDIG(DefinedNamespace):
    """CRMdig 5.0: every class and property of it that we may use."""

    _NS = Namespace("http://www.cidoc-crm.org/extensions/crmdig/")
    _fail = True

    D1_Digital_Object: URIRef
    D2_Digitization_Process: URIRef
    D3_Formal_Derivation: URIRef
    D7_Digital_Machine_Event: URIRef
    D8_Digital_Device: URIRef
    D9_Data_Object: URIRef
    D10_Software_Execution: URIRef
    D11_Digital_Measurement_Event: URIRef
    D12_Data_Transfer: URIRef
    D13_Digital_Information_Carrier: URIRef
    D14_Software: URIRef
    D29_Annotation_Object: URIRef
    D30_Annotation_Event: URIRef
    D35_Area: URIRef

    L1_digitized: URIRef
    L2_used_as_source: URIRef
    L10_had_input: URIRef
    L11_had_output: URIRef
    L12_happened_on_device: URIRef
    L13_used_parameters: URIRef
    L14_transferred: URIRef
    L15_has_sender: URIRef
    L16_has_receiver: URIRef
    L18_has_modified: URIRef
    L19_stores: URIRef
    L20_has_created: URIRef
    L21_used_as_derivation_source: URIRef
    L22_created_derivative: URIRef
    L23_used_software_or_firmware: URIRef
    L24_created_logfile: URIRef
    L43_annotates: URIRef
    L48_created_annotation: URIRef
    L49_is_primary_area_of: URIRef
    L50_is_propagated_area: URIRef
    L61_contains_value_set_of: URIRef


class CRMSCI(DefinedNamespace):
    """CRMsci 3.0: what a find needs."""

    _NS = Namespace("http://www.cidoc-crm.org/extensions/crmsci/")
    _fail = True

    S19_Encounter_Event: URIRef
    O19_encountered_object: URIRef
    O21_encountered_at: URIRef


@dataclass(frozen=True)
class Ids:
    """The IRIs of one museum, all under its base IRI; none depends on a label or number.

    >>> ids = Ids("https://museum.example")
    >>> str(ids.part("relic", "k7", "prod", "span"))
    'https://museum.example/id/relic/k7/prod/span'
    """

    base: str

    def __post_init__(self) -> None:
        if "://" not in self.base:
            raise ValueError(f"{self.base!r} is not an absolute base IRI")
        object.__setattr__(self, "base", self.base.rstrip("/") + "/")

    def thing(self, kind: str, key: str) -> URIRef:
        """Name a thing of the world or of ours: relic, agent, run, file …"""
        return URIRef(self.base + "id/" + _path(kind, key))

    def part(self, kind: str, key: str, *names: str) -> URIRef:
        """Name a node that belongs to a thing, instead of a blank node."""
        return part(self.thing(kind, key), *names)

    @cached_property
    def dataset(self) -> URIRef:
        """Name the graph as a whole: all that the museum publishes."""
        return URIRef(f"{self.base}dataset")

    def graph(self, kind: str, key: str) -> URIRef:
        """Name the graph that holds one record's triples."""
        return URIRef(self.base + "graph/" + _path(kind, key))

    @lru_cache(REMEMBERED)  # noqa: B019 - one museum a process, or a few in tests
    def concept(self, scheme: str, slug: str) -> URIRef:
        """Name a concept of one of our vocabularies."""
        return URIRef(self.base + "vocab/" + _path(scheme, slug))

    def scheme(self, name: str) -> URIRef:
        """Name one of our vocabularies (a concept scheme)."""
        return URIRef(self.base + "vocab/" + _path(name))

    @cached_property
    def vocab(self) -> Namespace:
        """Our own few properties (beginYear, learnedFrom …) live here too."""
        return _Terms(self.base + "vocab/")


def part(subject: URIRef, *names: str) -> URIRef:
    """Name a node below `subject`, instead of a blank node."""
    return URIRef(f"{subject}/{_path(*names)}")


def bind_prefixes(graph: Graph, ids: Ids) -> Graph:
    """Let `graph` be written with the usual prefixes; give it back."""
    spaces = {
        "crm": CRM,
        "crmdig": CRMDIG._NS,
        "crmsci": CRMSCI._NS,
        "prov": PROV._NS,
        "skos": SKOS._NS,
        "dcterms": DCTERMS._NS,
        "la": LA,
        "aat": AAT,
        "rdf": RDF._NS,
        "rdfs": RDFS._NS,
        "owl": OWL._NS,
        "xsd": XSD._NS,
        "foaf": FOAF._NS,
        "v": ids.vocab,
    }
    for prefix, space in spaces.items():
        graph.bind(prefix, space, override=True)
    return graph


def _path(*segments: str) -> str:
    if not all(segments):
        raise ValueError(f"an IRI cannot have an empty segment: {segments!r}")
    return "/".join(map(_quoted, segments))


def _quoted(segment: str) -> str:
    return segment if _PLAIN.fullmatch(segment) else quote(segment, safe="~")
