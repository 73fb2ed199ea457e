"""A record as unqualified Dublin Core, the format that every harvester knows (oai_dc)."""

from typing import Final
from xml.etree.ElementTree import Element, QName, register_namespace

from heritage.archive.institution import museum_names
from heritage.lib.xml import LANG, LOCATION, add

from .facts import Texts, Told

OAI_DC: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC: Final = "http://purl.org/dc/elements/1.1/"
SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
TYPES: Final = {
    "relic": "PhysicalObject",
    "site": "PhysicalObject",
    "element": "Event",
    "exhibit": "Event",
}

register_namespace("oai_dc", OAI_DC)
register_namespace("dc", DC)


def dublin_core(facts: Told) -> Element:
    root = Element(str(QName(OAI_DC, "dc").text))
    root.set(str(LOCATION.text), f"{OAI_DC} {SCHEMA}")
    _texts(root, "title", facts.names)
    for one in facts.makers:
        _texts(root, "creator", one)
    _texts(root, "subject", facts.type)
    _texts(root, "description", facts.descriptions)
    _texts(root, "publisher", museum_names().by_tag)
    _text(root, "date", facts.period_text)
    _text(root, "type", TYPES[facts.kind])
    for one in facts.materials:
        _texts(root, "format", one)
    for size in facts.sizes:
        for language, kind in size.kind.items():
            text = f"{kind} {size.value} {size.unit.get(language, '')}".strip()
            add(root, QName(DC, "format"), text, {LANG: language})
    for text in (facts.iri, facts.page, facts.number):
        _text(root, "identifier", text)
    for file in facts.files:
        _text(root, "relation", file.address)
    for one in [*facts.periods, *facts.made_at, *facts.found_at]:
        _texts(root, "coverage", one)
    _text(root, "rights", facts.rights)
    return root


def _texts(root: Element, name: str, texts: Texts) -> None:
    for language, text in texts.items():
        if text:
            add(root, QName(DC, name), text, {LANG: language})


def _text(root: Element, name: str, text: str) -> None:
    if text:
        add(root, QName(DC, name), text)
