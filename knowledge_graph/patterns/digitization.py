"""From the thing to the file in the headset: capture, run, derivation (P11, CRMdig)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rdflib import DCTERMS, RDF, RDFS, XSD, Literal, URIRef

from knowledge_graph.namespaces import CRM, CRMDIG, Ids, part
from knowledge_graph.patterns.identity import Identifier, identifier, names
from knowledge_graph.patterns.measure import Dimension, dimension, figure
from knowledge_graph.patterns.spans import Span, time_span
from knowledge_graph.patterns.terms import Texts, Triples, is_a, links, note

Json: TypeAlias = str | int | float | bool | list["Json"] | Mapping[str, "Json"] | None


@dataclass(frozen=True)
class Device:
    """A scanner, camera or arm; `kind` is a slug of the device vocabulary."""

    kind: str = ""
    name: Texts = field(default_factory=dict)
    serial: str = ""


def device(ids: Ids, subject: URIRef, tool: Device) -> Triples:
    """Describe a device that captures are made with."""
    yield from is_a(subject, CRMDIG.D8_Digital_Device)
    yield from names(ids, subject, tool.name)
    if tool.kind:
        yield subject, CRM.P2_has_type, ids.concept("device", tool.kind)
    if tool.serial:
        number = Identifier(tool.serial, "serial", scheme="identifier-type")
        yield from identifier(ids, subject, number)


@dataclass(frozen=True)
class File:
    """One digital object, by name and digest; the bytes themselves are elsewhere."""

    iri: URIRef
    name: str
    sha512: str
    size_bytes: int
    media_type: str = ""
    profile: str = ""  # slug of the profile vocabulary: master, headset …
    represents: URIRef | None = None  # a model or picture: what it shows
    figures: tuple[Dimension, ...] = ()  # made by `figure`: points, triangles …


def file(ids: Ids, one: File) -> Triples:
    """Describe a digital object: name, digest, size, format, what it represents."""
    yield from is_a(one.iri, CRMDIG.D1_Digital_Object)
    yield one.iri, RDFS.label, Literal(one.name)
    digest = Identifier(one.sha512, "sha512", scheme="identifier-type")
    yield from identifier(ids, one.iri, digest)
    for size in (figure("file-size", one.size_bytes, "byte"), *one.figures):
        yield from dimension(ids, one.iri, size)
    if one.media_type:
        yield one.iri, DCTERMS.format, Literal(one.media_type)
    if one.profile:
        yield one.iri, CRM.P2_has_type, ids.concept("profile", one.profile)
    if one.represents is not None:
        # P138 starts at a visual item, so a model is one too.
        yield from is_a(one.iri, CRM.E36_Visual_Item)
        yield one.iri, CRM.P138_represents, one.represents
        yield one.iri, CRM.P130_shows_features_of, one.represents


@dataclass(frozen=True)
class Capture:
    """One digitization of a thing: who, with what, when, and the raw files."""

    iri: URIRef
    of: URIRef
    files: tuple[File, ...]
    technique: str = ""  # slug of the capture-technique vocabulary
    devices: tuple[URIRef, ...] = ()
    operators: tuple[URIRef, ...] = ()
    place: URIRef | None = None
    when: Span | None = None
    remark: Texts = field(default_factory=dict)


def capture(ids: Ids, made: Capture) -> Triples:
    """Record a digitization and the data it created."""
    yield from is_a(made.iri, CRMDIG.D2_Digitization_Process)
    yield made.iri, CRMDIG.L1_digitized, made.of
    yield from links(made.iri, CRMDIG.L12_happened_on_device, *made.devices)
    yield from links(made.iri, CRM.P14_carried_out_by, *made.operators)
    yield from links(made.iri, CRM.P7_took_place_at, made.place)
    yield from note(made.iri, made.remark)
    yield from time_span(ids, made.iri, made.when)
    if made.technique:
        technique = ids.concept("capture-technique", made.technique)
        yield made.iri, CRM.P32_used_general_technique, technique
    for one in made.files:
        yield made.iri, CRMDIG.L20_has_created, one.iri
        yield from is_a(one.iri, CRMDIG.D9_Data_Object)
        yield from file(ids, one)


@dataclass(frozen=True)
class Software:
    """A program in one version."""

    name: str
    version: str

    def iri(self, ids: Ids) -> URIRef:
        return ids.thing("software", f"{self.name}-{self.version}".lower())


def software(ids: Ids, program: Software) -> Triples:
    """Describe a program in one version."""
    node = program.iri(ids)
    yield from is_a(node, CRMDIG.D14_Software)
    yield node, RDFS.label, Literal(f"{program.name} {program.version}")
    version = Identifier(program.version, "version", scheme="identifier-type")
    yield from identifier(ids, node, version)


@dataclass(frozen=True)
class Execution:
    """One run of programs over files, with the settings that would repeat it."""

    iri: URIRef
    sources: tuple[URIRef, ...]
    outputs: tuple[File, ...]
    parameters: Mapping[str, Json] = field(default_factory=dict)
    software: tuple[Software, ...] = ()
    operators: tuple[URIRef, ...] = ()
    recipe: str = ""  # name and version, for people
    when: Span | None = None
    log: File | None = None
    continued: tuple[URIRef, ...] = ()  # runs whose first stages it took over


def run(ids: Ids, done: Execution) -> Triples:
    """Record a software execution: a reconstruction from raw data to a master."""
    yield from is_a(done.iri, CRMDIG.D10_Software_Execution)
    yield from links(done.iri, CRMDIG.L2_used_as_source, *done.sources)
    yield from links(
        done.iri, CRMDIG.L11_had_output, *(one.iri for one in done.outputs)
    )
    yield from links(done.iri, CRM.P134_continued, *done.continued)
    yield from _execution(ids, done)


def derivation(ids: Ids, done: Execution) -> Triples:
    """Record a formal derivation: files that follow from a master without judgement."""
    made = (one.iri for one in done.outputs)
    yield from is_a(done.iri, CRMDIG.D3_Formal_Derivation)
    yield from links(done.iri, CRMDIG.L21_used_as_derivation_source, *done.sources)
    yield from links(done.iri, CRMDIG.L22_created_derivative, *made)
    yield from _execution(ids, done)


def parameters_of(execution: URIRef, parameters: Mapping[str, Json]) -> URIRef:
    """Name the parameters of an execution; the digest of their JSON is in the name."""
    digest = hashlib.sha256(canonical_json(parameters).encode()).hexdigest()
    return part(execution, "parameters", digest)


def canonical_json(value: Json) -> str:
    """Write JSON so that equal values are equal texts."""
    return json.dumps(
        value,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )


def _execution(ids: Ids, done: Execution) -> Triples:
    yield from links(done.iri, CRM.P14_carried_out_by, *done.operators)
    yield from time_span(ids, done.iri, done.when)
    if done.recipe:
        yield done.iri, RDFS.label, Literal(done.recipe)
    for program in done.software:
        yield done.iri, CRMDIG.L23_used_software_or_firmware, program.iri(ids)
        yield from software(ids, program)
    for one in done.outputs:
        yield from file(ids, one)
    if done.log is not None:
        yield done.iri, CRMDIG.L24_created_logfile, done.log.iri
        yield from file(ids, done.log)
    if done.parameters:
        yield from _parameters(done.iri, done.parameters)


def _parameters(execution: URIRef, parameters: Mapping[str, Json]) -> Triples:
    node = parameters_of(execution, parameters)
    yield execution, CRMDIG.L13_used_parameters, node
    yield from is_a(node, CRMDIG.D1_Digital_Object)
    yield node, DCTERMS.format, Literal("application/json")
    content = canonical_json(parameters)
    yield node, CRM.P190_has_symbolic_content, Literal(content)
    for name in sorted(parameters):  # one node each, so that SPARQL can filter
        setting = part(node, name)
        yield node, CRM.P106_is_composed_of, setting
        yield from is_a(setting, CRMDIG.D1_Digital_Object)
        yield setting, RDFS.label, Literal(name)
        yield setting, RDF.value, _setting(parameters[name])


def _setting(value: Json) -> Literal:
    if isinstance(value, bool):
        return Literal(value)
    if isinstance(value, int):
        return Literal(value)
    if isinstance(value, float):
        return Literal(repr(value), datatype=XSD.double, normalize=False)
    return Literal(value if isinstance(value, str) else canonical_json(value))
