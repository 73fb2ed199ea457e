"""Write objects and their events as PREMIS 3 XML: http://www.loc.gov/premis/v3."""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from django.conf import settings

from .event_models import PreservationAgent, PreservationEvent
from .events import named
from .formats import format_of
from .models import Kept, StoredFile

NAMESPACE = "http://www.loc.gov/premis/v3"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
LOCAL = "local"

Element = ElementTree.Element


def write_premis(subjects: Sequence[Kept], files: Iterable[StoredFile]) -> bytes:
    """Describe files and the events of what they belong to, with their agents."""
    ElementTree.register_namespace("premis", NAMESPACE)
    ElementTree.register_namespace("xsi", XSI)
    root = Element(f"{{{NAMESPACE}}}premis", {"version": "3.0"})
    files = list(files)
    for file in files:
        _write_file(root, file)
    events = _events_of([*subjects, *files])
    for event in events:
        _write_event(root, event)
    agents = {a.pk: a for e in events for a in (e.program, e.person) if a is not None}
    for agent in agents.values():
        _write_agent(root, agent)
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text


def _events_of(things: Sequence[Kept | StoredFile]) -> list[PreservationEvent]:
    names = {named(thing) for thing in things}
    keys = sorted({key for _type, key in names})
    found: list[PreservationEvent] = []
    for start in range(0, len(keys), 500):  # SQLite takes no more values at once
        rows = PreservationEvent.objects.filter(
            subject_key__in=keys[start : start + 500]
        )
        found += rows.select_related("program", "person").order_by("pk")
    return [e for e in found if (e.subject_type, e.subject_key) in names]


def _write_file(root: Element, file: StoredFile) -> None:
    thing = _add(root, "object")
    thing.set(f"{{{XSI}}}type", "premis:file")
    _identify(thing, "object", f"file/{file.key}")
    facts = _add(thing, "objectCharacteristics")
    fixity = _add(facts, "fixity")
    _add(fixity, "messageDigestAlgorithm", "SHA-512")
    _add(fixity, "messageDigest", file.sha512)
    _add(facts, "size", str(file.size_bytes))
    known = format_of(file.name)
    form = _add(facts, "format")
    _add(_add(form, "formatDesignation"), "formatName", known.name)
    if known.puid:
        registry = _add(form, "formatRegistry")
        _add(registry, "formatRegistryName", "PRONOM")
        _add(registry, "formatRegistryKey", known.puid)
    _add(thing, "originalName", file.original_name or file.name)


def _write_event(root: Element, event: PreservationEvent) -> None:
    thing = _add(root, "event")
    _identify(thing, "event", event.key)
    _add(thing, "eventType", event.type)
    _add(thing, "eventDateTime", event.at.isoformat())
    if event.detail:
        about = "; ".join(f"{k}: {v}" for k, v in sorted(event.detail.items()))
        _add(_add(thing, "eventDetailInformation"), "eventDetail", about)
    _add(_add(thing, "eventOutcomeInformation"), "eventOutcome", event.outcome)
    _link(thing, "Agent", str(event.program.pk), "executing program")
    if event.person is not None:
        _link(thing, "Agent", str(event.person.pk), "implementer")
    key = event.subject_key
    named_by_kind = event.subject_type == PreservationEvent.Subject.RECORD
    _link(thing, "Object", key if named_by_kind else f"{event.subject_type}/{key}", "")


def _write_agent(root: Element, agent: PreservationAgent) -> None:
    thing = _add(root, "agent")
    _identify(thing, "agent", str(agent.pk))
    _add(thing, "agentName", agent.name)
    _add(thing, "agentType", agent.type)
    if agent.version:
        _add(thing, "agentVersion", agent.version)


def _identify(thing: Element, what: str, value: str) -> None:
    identifier = _add(thing, f"{what}Identifier")
    _add(identifier, f"{what}IdentifierType", LOCAL)
    _add(identifier, f"{what}IdentifierValue", _iri(what, value))


def _link(thing: Element, what: str, value: str, role: str) -> None:
    link = _add(thing, f"linking{what}Identifier")
    _add(link, f"linking{what}IdentifierType", LOCAL)
    _add(link, f"linking{what}IdentifierValue", _iri(what.lower(), value))
    if role:
        _add(link, f"linking{what}Role", role)


def _iri(what: str, value: str) -> str:
    return f"{settings.BASE_IRI}/id/{value if '/' in value else f'{what}/{value}'}"


def _add(parent: Element, name: str, text: str = "") -> Element:
    child = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text:
        child.text = text
    return child
