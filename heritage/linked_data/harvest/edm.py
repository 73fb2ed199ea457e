"""A relic in the Europeana Data Model: the thing, its files, and what holds them together.

Each element stands where the schemas of EDM's external profile want it. A relic with a model is
of type 3D. https://pro.europeana.eu/page/edm-documentation
"""

import re
from typing import Final
from xml.etree.ElementTree import Element, QName, register_namespace

from heritage.archive.institution import museum_names
from heritage.lib.xml import LANG, add

from .dublin_core import DC
from .facts import File, Texts, Told

EDM: Final = "http://www.europeana.eu/schemas/edm/"
SCHEMA: Final = "http://www.europeana.eu/schemas/edm/EDM.xsd"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ORE: Final = "http://www.openarchives.org/ore/terms/"
DCTERMS: Final = "http://purl.org/dc/terms/"
EBUCORE: Final = "http://www.ebu.ch/metadata/ontologies/ebucore/ebucore#"
ABOUT: Final = QName(RDF, "about")
RESOURCE: Final = QName(RDF, "resource")
DATATYPE: Final = QName(RDF, "datatype")
LONG: Final = "http://www.w3.org/2001/XMLSchema#long"
# What Europeana takes as a statement of rights; of others nothing is known to it.
_STATEMENT: Final = re.compile(
    r"https?://(creativecommons\.org/(licenses|publicdomain)|rightsstatements\.org/vocab)/\S+"
)
NOT_EVALUATED: Final = "http://rightsstatements.org/vocab/CNE/1.0/"
KINDS: Final = frozenset({"relic"})

for _prefix, _space in {
    "edm": EDM, "rdf": RDF, "ore": ORE, "dcterms": DCTERMS, "ebucore": EBUCORE,
}.items():  # fmt: skip
    register_namespace(_prefix, _space)


def edm(facts: Told) -> Element:
    """Give the three kinds of node that a provider gives (EDM definition, 2)."""
    root = Element(str(QName(RDF, "RDF").text))
    _thing(root, facts)
    for file in facts.files:
        _file(root, file, facts)
    _aggregation(root, facts)
    return root


def _thing(root: Element, facts: Told) -> None:
    thing = add(root, QName(EDM, "ProvidedCHO"), attributes={ABOUT: facts.iri})
    many = [
        *(("creator", one) for one in facts.makers),
        ("description", facts.descriptions),
        *(("subject", one) for one in facts.periods),
        ("title", facts.names),
        ("type", facts.type),
    ]
    for name, texts in many:
        _texts(thing, QName(DC, name), texts)
    if facts.number:
        add(thing, QName(DC, "identifier"), facts.number)
    for size in facts.sizes:
        _texts(
            thing, QName(DCTERMS, "extent"), _spelled(size.kind, size.value, size.unit)
        )
    for one in facts.materials:
        _texts(thing, QName(DCTERMS, "medium"), one)
    for one in [*facts.made_at, *facts.found_at]:
        _texts(thing, QName(DCTERMS, "spatial"), one)
    if facts.period_text:
        add(thing, QName(DCTERMS, "temporal"), facts.period_text, {LANG: "zh-Hans"})
    add(thing, QName(EDM, "type"), "3D" if _first(facts, is_model=True) else "IMAGE")


def _spelled(kind: Texts, value: str, unit: Texts) -> Texts:
    return {tag: f"{kind[tag]} {value} {unit.get(tag, '')}".strip() for tag in kind}


def _file(root: Element, file: File, facts: Told) -> None:
    node = add(root, QName(EDM, "WebResource"), attributes={ABOUT: file.address})
    add(node, QName(DC, "format"), file.media_type)
    add(node, QName(EDM, "rights"), attributes={RESOURCE: _rights(facts)})
    add(node, QName(EBUCORE, "hasMimeType"), file.media_type)
    size = {DATATYPE: LONG}
    add(node, QName(EBUCORE, "fileByteSize"), str(file.size_bytes), size)
    if file.triangles is not None:
        add(node, QName(EDM, "polygonCount"), str(file.triangles))
    add(node, QName(EDM, "type"), "3D" if file.is_model else "IMAGE")


def _aggregation(root: Element, facts: Told) -> None:
    about = {ABOUT: f"{facts.iri}/aggregation"}
    node = add(root, QName(ORE, "Aggregation"), attributes=about)
    _link(node, "aggregatedCHO", facts.iri)
    museum = museum_names().said(english=True)
    add(node, QName(EDM, "dataProvider"), museum)
    shown = _first(facts, is_model=True) or _first(facts, is_model=False)
    for file in facts.files:
        if file is not shown:
            _link(node, "hasView", file.address)
    _link(node, "isShownAt", facts.page)
    if shown:
        _link(node, "isShownBy", shown.address)
    if picture := _first(facts, is_model=False):
        _link(node, "object", picture.address)
    add(node, QName(EDM, "provider"), museum)
    _link(node, "rights", _rights(facts))


def _first(facts: Told, *, is_model: bool) -> File | None:
    return next((one for one in facts.files if one.is_model == is_model), None)


def _rights(facts: Told) -> str:
    return facts.rights if _STATEMENT.fullmatch(facts.rights) else NOT_EVALUATED


def _link(node: Element, name: str, address: str) -> None:
    add(node, QName(EDM, name), attributes={RESOURCE: address})


def _texts(node: Element, name: QName, texts: Texts) -> None:
    for language, text in texts.items():
        if text:
            add(node, name, text, {LANG: language})
