"""Records of LIDO 1.0 and 1.1 as rows: every text in it gets a column.

A column is named by the elements that mean something, without the wrappers around them,
and the language: `title@en`, `workID`, `production.date.earliestDate`. What
is said several times stands in one cell, parted by `; `. Measurements become
`measurement.height` = `26 cm`. Records within OAI-PMH are found as well.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from .refusal import Refused

LIDO = "{http://www.lido-schema.org}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TYPE = f"{LIDO}type"
# What only holds others together, or says again what its parent says.
SILENT = {
    "descriptiveMetadata", "administrativeMetadata", "event", "eventDate", "legalBodyName",
    "objectMeasurements", "displayObject", "actorInRole", "actor", "place",
    "materialsTech", "appellationValue", "term", "descriptiveNoteValue", "objectWork",
}  # fmt: skip
RENAMED = {"titleSet": "title", "objectDescriptionSet": "description", "namePlaceSet": "",
           "nameActorSet": "", "eventMaterialsTech": "material", "termMaterialsTech": "",
           "displayMaterialsTech": "display", "eventPlace": "place", "eventActor": "actor",
           "roleActor": "role", "periodName": "period"}  # fmt: skip
EVENTS = {"lido00007": "production", "lido00012": "creation", "lido00033": "excavation",
          "lido00001": "acquisition", "lido00002": "finding", "lido00224": "designing"}  # fmt: skip
WHEN_SAME = re.compile(r"\W+")


def lido_rows(source: Path) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    number = 0
    try:
        for _event, element in iterparse(source, forbid_dtd=True):
            if element.tag == f"{LIDO}lido":
                number += 1
                cells = record(element)
                yield (
                    number,
                    cells,
                    [n for n, t in cells.items() if t[0] == "=" and t != "="],
                )
                element.clear()
    except (ParseError, DefusedXmlException) as error:
        raise Refused("unreadable", reason=str(error)[:300] or "XML") from error
    if not number:
        raise Refused("no-lido")


def record(root: Element) -> dict[str, str]:
    cells: dict[str, list[str]] = {}
    for name, text in texts(root, (), ""):
        told = cells.setdefault(name, [])
        if text not in told:
            told.append(text)
    return {name: "; ".join(told) for name, told in cells.items()}


def texts(
    element: Element, path: tuple[str, ...], language: str
) -> Iterator[tuple[str, str]]:
    """Give all texts below an element, each with the name of its column."""
    for child in element:
        tag = local(child)
        said = child.get(LANG) or ""
        if tag == "event":
            yield from texts(child, (event_name(child),), said or language)
            continue
        if tag == "measurementsSet":
            yield from measurement(child)
            continue
        if tag == "eventType":
            continue
        steps = path + step(child, tag)
        text = said_by(child)
        if text:
            yield column(steps or (tag,), said), text
        yield from texts(child, steps, said or language)


def said_by(element: Element) -> str:
    """Give an element's own text; line ends are those of the layout unless it says not."""
    text = element.text or ""
    return text.strip() if element.get(SPACE) == "preserve" else " ".join(text.split())


def step(child: Element, tag: str) -> tuple[str, ...]:
    """Name what an element adds to the path of its column: often nothing."""
    name = RENAMED.get(tag, tag)
    if (
        tag in SILENT
        or not name
        or tag.endswith("Wrap")
        or (name == tag and tag.endswith("Set"))
    ):
        return ()
    kind = child.get(TYPE, "")
    own = tag in ("classification", "objectDescriptionSet", "workID", "titleSet")
    if kind and own and not kind.endswith("local_identifier"):
        return (f"{name}({kind.rstrip('/').rsplit('/', 1)[-1].rsplit('#', 1)[-1]})",)
    return (name,)


def column(steps: tuple[str, ...], language: str) -> str:
    name = ".".join(steps)
    return f"{name}@{language}" if language else name


def event_name(event: Element) -> str:
    """Name an event by its type, in English where that is told."""
    kind = event.find(f"{LIDO}eventType")
    if kind is None:
        return "event"
    for concept in kind.findall(f"{LIDO}conceptID"):
        last = (concept.text or "").strip().rstrip("/").rsplit("/", 1)[-1]
        if last in EVENTS:
            return EVENTS[last]
    terms = {
        one.get(LANG, ""): (one.text or "").strip()
        for one in kind.findall(f"{LIDO}term")
    }
    name = terms.get("en") or next(iter(terms.values()), "")
    return WHEN_SAME.sub("-", name.lower()).strip("-") or "event"


def measurement(element: Element) -> Iterator[tuple[str, str]]:
    """Write `measurement.height` = `260 mm`, in English where that is told."""
    kind = spoken(element, "measurementType") or "size"
    value, unit = (
        spoken(element, "measurementValue"),
        spoken(element, "measurementUnit"),
    )
    if value:
        yield f"measurement.{kind.lower()}", f"{value} {unit}".strip()


def spoken(element: Element, tag: str) -> str:
    told = {one.get(LANG, ""): " ".join("".join(one.itertext()).split())
            for one in element.findall(f"{LIDO}{tag}")}  # fmt: skip
    return told.get("en") or next(iter(told.values()), "")


def local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
