"""A relic as LIDO 1.1, the format in which museums exchange descriptions of objects.

https://lido-schema.org/schema/v1.1/lido-v1.1.html; the order of elements is the schema's.
"""

from typing import Final
from xml.etree.ElementTree import Element, QName, register_namespace

from heritage.archive.institution import museum_names
from heritage.lib.xml import LANG, LOCATION, add

from .facts import Size, Texts, Told

LIDO: Final = "http://www.lido-schema.org"
SCHEMA: Final = "http://www.lido-schema.org/schema/v1.1/lido-v1.1.xsd"
TERMS: Final = "http://terminology.lido-schema.org"
LOCAL: Final = f"{TERMS}/identifier_type/local_identifier"
URI: Final = f"{TERMS}/identifier_type/uri"
ITEM: Final = ("http://terminology.lido-schema.org/lido00141", "item-level record")
PRODUCTION: Final = ("http://terminology.lido-schema.org/lido00007", "production")
FINDING: Final = ("http://terminology.lido-schema.org/lido00033", "excavation")
NOTHING: Final[Texts] = {"zh-Hans": "未定", "en": "not determined"}

register_namespace("lido", LIDO)


def lido(facts: Told) -> Element:
    """Write a `lido:lido` record. What is not known is left out."""
    root = Element(_name("lido"))
    root.set(str(LOCATION.text), f"{LIDO} {SCHEMA}")
    _add(root, "lidoRecID", facts.iri, type=URI)
    _add(root, "objectPublishedID", facts.iri, type=URI)
    # One description holds both languages; each text says its own.
    described = _add(root, "descriptiveMetadata", lang="zh-Hans")
    _classify(described, facts)
    _identify(described, facts)
    _events(described, facts)
    administered = _add(root, "administrativeMetadata", lang="zh-Hans")
    _record(administered, facts)
    _resources(administered, facts)
    return root


def _classify(parent: Element, facts: Told) -> None:
    wrap = _add(parent, "objectClassificationWrap")
    kind = _add(_add(wrap, "objectWorkTypeWrap"), "objectWorkType")
    _terms(kind, facts.type or NOTHING)


def _identify(parent: Element, facts: Told) -> None:
    wrap = _add(parent, "objectIdentificationWrap")
    title = _add(_add(wrap, "titleWrap"), "titleSet")
    _each(title, "appellationValue", facts.names)
    repository = _add(_add(wrap, "repositoryWrap"), "repositorySet")
    body = _add(_add(repository, "repositoryName"), "legalBodyName")
    for names in facts.keepers or [museum_names().by_tag]:
        _each(body, "appellationValue", names)
    if facts.number:
        _add(repository, "workID", facts.number, type=LOCAL)
    if facts.descriptions:
        described = _add(_add(wrap, "objectDescriptionWrap"), "objectDescriptionSet")
        _each(described, "descriptiveNoteValue", facts.descriptions)
    if facts.sizes:
        measured = _add(wrap, "objectMeasurementsWrap")
        for size in facts.sizes:
            _measure(_add(measured, "objectMeasurementsSet"), size)


def _measure(parent: Element, size: Size) -> None:
    for language, kind in size.kind.items():
        text = f"{kind} {size.value} {size.unit.get(language, '')}".strip()
        _add(parent, "displayObjectMeasurements", text, lang=language)
    one = _add(_add(parent, "objectMeasurements"), "measurementsSet")
    _each(one, "measurementType", size.kind)
    _each(one, "measurementUnit", size.unit)
    _add(one, "measurementValue", size.value)


def _events(parent: Element, facts: Told) -> None:
    is_dated = bool(facts.period_text or facts.periods or any(facts.years))
    is_made = is_dated or facts.makers or facts.made_at or facts.materials
    if not is_made and not facts.found_at:
        return
    wrap = _add(parent, "eventWrap")
    if is_made:
        _production(_event(wrap, PRODUCTION), facts)
    if facts.found_at:
        found = _event(wrap, FINDING)
        for names in facts.found_at:
            _place(found, names)


def _event(wrap: Element, kind: tuple[str, str]) -> Element:
    event = _add(_add(wrap, "eventSet"), "event")
    typed = _add(event, "eventType")
    _add(typed, "conceptID", kind[0], type=URI)
    _add(typed, "term", kind[1], lang="en")
    return event


def _production(event: Element, facts: Told) -> None:
    for names in facts.makers:
        role = _add(_add(event, "eventActor"), "actorInRole")
        _each(_add(_add(role, "actor"), "nameActorSet"), "appellationValue", names)
    _date(event, facts)
    for names in facts.periods:
        _terms(_add(event, "periodName"), names)
    for names in facts.made_at:
        _place(event, names)
    for names in facts.materials:
        made_of = _add(_add(event, "eventMaterialsTech"), "materialsTech")
        _terms(_add(made_of, "termMaterialsTech"), names)


def _date(event: Element, facts: Told) -> None:
    first, last = facts.years
    if not facts.period_text and first is None and last is None:
        return
    parent = _add(event, "eventDate")
    if facts.period_text:
        _add(parent, "displayDate", facts.period_text)
    if first is not None or last is not None:
        date = _add(parent, "date")
        known = [year for year in (first, last) if year is not None]
        _add(date, "earliestDate", _year(known[0]))
        _add(date, "latestDate", _year(known[-1]))


def _year(year: int) -> str:
    """Write an astronomical year as ISO 8601 does: 0 is 1 BCE."""
    return f"-{-year:04d}" if year < 0 else f"{year:04d}"


def _place(event: Element, names: Texts) -> None:
    place = _add(_add(event, "eventPlace"), "place")
    _each(_add(place, "namePlaceSet"), "appellationValue", names)


def _record(parent: Element, facts: Told) -> None:
    if facts.rights:
        rights = _add(_add(parent, "rightsWorkWrap"), "rightsWorkSet")
        kind = _add(rights, "rightsType")
        _add(kind, "term", facts.rights)
    wrap = _add(parent, "recordWrap")
    _add(wrap, "recordID", facts.iri, type=URI)
    kind = _add(wrap, "recordType")
    _add(kind, "conceptID", ITEM[0], type=URI)
    _add(kind, "term", ITEM[1], lang="en")
    body = _add(_add(wrap, "recordSource"), "legalBodyName")
    _each(body, "appellationValue", museum_names().by_tag)
    _add(_add(wrap, "recordInfoSet"), "recordInfoLink", facts.page)


def _resources(parent: Element, facts: Told) -> None:
    if not facts.files:
        return
    wrap = _add(parent, "resourceWrap")
    for file in facts.files:
        shown = _add(_add(wrap, "resourceSet"), "resourceRepresentation")
        link = _add(shown, "linkResource", file.address)
        link.set(_name("formatResource"), file.media_type)


def _terms(parent: Element, names: Texts) -> None:
    _each(parent, "term", names)


def _each(parent: Element, name: str, texts: Texts) -> None:
    for language, text in texts.items():
        if text:
            _add(parent, name, text, lang=language)


def _add(
    parent: Element, name: str, text: str = "", *, type: str = "", lang: str = ""
) -> Element:
    attributes = {}
    if type:
        attributes[QName(LIDO, "type")] = type
    if lang:
        attributes[LANG] = lang
    return add(parent, QName(LIDO, name), text, attributes)


def _name(local: str) -> str:
    return str(QName(LIDO, local).text)
