"""A relic as LIDO 1.1 for whoever works here; every field stands in it once more by name.

https://lido-schema.org/schema/v1.1/lido-v1.1.html. What LIDO has a place for stands there,
for others to read. Beside it each field is an `objectDescriptionSet` with a type of ours,
by which `heritage-lido` reads the record back without difference. What the public may
harvest is told by `heritage/linked_data/harvest/lido.py`.
"""

from typing import Any, Final
from xml.etree.ElementTree import Element, QName, register_namespace

from django.conf import settings

from heritage.archive.institution import museum_names
from heritage.catalogue.vocabularies import load
from heritage.lib.xml import LANG, XML, add

from .exporting import as_text

LIDO: Final = "http://www.lido-schema.org"
FIELD: Final = "fields"  # of the museum's base IRI
HEAD: Final = f'<?xml version="1.0" encoding="utf-8"?>\n<lido:lidoWrap xmlns:lido="{LIDO}">\n'.encode()
TAIL: Final = b"</lido:lidoWrap>\n"
SPACE: Final = QName(XML, "space")

register_namespace("lido", LIDO)


def lido_record(row: dict[str, Any]) -> Element:
    """Write a plain record as `lido:lido`; the order of elements is the schema's."""
    root = Element(str(QName(LIDO, "lido").text))
    iri = f"{settings.BASE_IRI}/id/relic/{row['key']}"
    _add(
        root,
        "lidoRecID",
        iri,
        type="http://terminology.lido-schema.org/identifier_type/uri",
    )
    described = _add(root, "descriptiveMetadata", lang="zh-Hans")
    kind = _add(
        _add(_add(described, "objectClassificationWrap"), "objectWorkTypeWrap"),
        "objectWorkType",
    )
    for language in ("zh-Hans", "en"):
        _add(
            kind,
            "term",
            load("category").label(row.get("category", "other"), language),
            lang=language,
        )
    _identify(described, row)
    _produce(described, row)
    record = _add(_add(root, "administrativeMetadata", lang="zh-Hans"), "recordWrap")
    _add(
        record,
        "recordID",
        str(row["key"]),
        type="http://terminology.lido-schema.org/identifier_type/local_identifier",
    )
    _add(_add(record, "recordType"), "term", "item-level record", lang="en")
    body = _add(_add(record, "recordSource"), "legalBodyName")
    for tag, name in museum_names().by_tag.items():
        _add(body, "appellationValue", name, lang=tag)
    return root


def _identify(described: Element, row: dict[str, Any]) -> None:
    wrap = _add(described, "objectIdentificationWrap")
    title = _add(_add(wrap, "titleWrap"), "titleSet")
    for name, language in (("name_zh", "zh-Hans"), ("name_en", "en")):
        if row.get(name):
            _add(title, "appellationValue", row[name], lang=language)
    held = _add(_add(wrap, "repositoryWrap"), "repositorySet")
    _add(
        held,
        "workID",
        row.get("register_no", ""),
        type="http://terminology.lido-schema.org/identifier_type/local_identifier",
    )
    notes = _add(wrap, "objectDescriptionWrap")
    for key, value in row.items():
        told = _add(
            notes, "objectDescriptionSet", type=f"{settings.BASE_IRI}/{FIELD}#{key}"
        )
        note = _add(told, "descriptiveNoteValue", as_text(value))
        note.set(str(SPACE.text), "preserve")
    sizes = row.get("dimensions", ())
    measured = _add(wrap, "objectMeasurementsWrap") if sizes else wrap
    for size in sizes:
        held = _add(_add(measured, "objectMeasurementsSet"), "objectMeasurements")
        one = _add(held, "measurementsSet")
        kind = load("dimension").label(size["kind"], "en")
        _add(one, "measurementType", kind, lang="en")
        _add(one, "measurementUnit", size["unit"], lang="en")
        _add(one, "measurementValue", f"{size['value']:g}")


def _produce(described: Element, row: dict[str, Any]) -> None:
    event = _add(_add(_add(described, "eventWrap"), "eventSet"), "event")
    kind = _add(event, "eventType")
    _add(
        kind,
        "conceptID",
        "http://terminology.lido-schema.org/lido00007",
        type="http://terminology.lido-schema.org/identifier_type/uri",
    )
    _add(kind, "term", "production", lang="en")
    if row.get("maker"):
        actor = _add(_add(_add(event, "eventActor"), "actorInRole"), "actor")
        _add(_add(actor, "nameActorSet"), "appellationValue", row["maker"])
    if row.get("period_text"):
        _add(_add(event, "eventDate"), "displayDate", row["period_text"])
    if row.get("made_at"):
        place = _add(_add(event, "eventPlace"), "place")
        _add(_add(place, "namePlaceSet"), "appellationValue", row["made_at"])
    for slug in row.get("materials", ()):
        made_of = _add(
            _add(_add(event, "eventMaterialsTech"), "materialsTech"),
            "termMaterialsTech",
        )
        _add(made_of, "term", load("material").label(slug, "en"), lang="en")


def _add(
    parent: Element, name: str, text: str = "", *, type: str = "", lang: str = ""
) -> Element:
    attributes = {QName(LIDO, "type"): type} if type else {}
    if lang:
        attributes[LANG] = lang
    return add(parent, QName(LIDO, name), text, attributes)
