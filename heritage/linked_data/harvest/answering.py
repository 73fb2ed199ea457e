"""Answer each verb of OAI-PMH as XML; an error is an answer too (section 3.6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final
from xml.etree.ElementTree import Element, QName, register_namespace, tostring

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.institution import museum_names
from heritage.catalogue.models import Record
from heritage.lib.xml import LOCATION, add

from . import listing
from .asking import LISTS, TOKEN, TOKEN_LASTS, Asked, Refused, Selection, read_selection
from .dublin_core import OAI_DC, dublin_core
from .dublin_core import SCHEMA as DC_SCHEMA
from .edm import EDM, edm
from .edm import KINDS as EDM_KINDS
from .edm import SCHEMA as EDM_SCHEMA
from .facts import Told, told_of
from .lido import LIDO, lido
from .lido import SCHEMA as LIDO_SCHEMA

OAI: Final = "http://www.openarchives.org/OAI/2.0/"
OAI_SCHEMA: Final = f"{OAI}OAI-PMH.xsd"
# prefix: (schema, namespace, writer, kinds)
FORMATS: Final[
    dict[str, tuple[str, str, Callable[[Told], Element], frozenset[str]]]
] = {
    "oai_dc": (DC_SCHEMA, OAI_DC, dublin_core, frozenset(listing.KINDS)),
    "lido": (LIDO_SCHEMA, LIDO, lido, frozenset({"relic"})),
    "edm": (EDM_SCHEMA, EDM, edm, EDM_KINDS),
}

register_namespace("", OAI)


def answer(asked: Asked) -> bytes:
    """Give the answer to a request that could be read."""
    root, request = _root()
    request.set("verb", asked.verb)
    for name, value in sorted(asked.arguments.items()):
        request.set(name, value)
    body = Element(_name(asked.verb))
    try:
        _VERBS[asked.verb](body, asked)
    except Refused as error:
        _refuse(root, error)
    else:
        root.append(body)
    return _written(root)


def refuse(error: Refused) -> bytes:
    """Give the answer to a request that could not: without its arguments (3.6)."""
    root, _request = _root()
    _refuse(root, error)
    return _written(root)


def _root() -> tuple[Element, Element]:
    root = Element(_name("OAI-PMH"))
    root.set(str(LOCATION.text), f"{OAI} {OAI_SCHEMA}")
    _add(root, "responseDate", listing.stamp(timezone.now()))
    return root, _add(root, "request", _address())


def _refuse(root: Element, error: Refused) -> None:
    _add(root, "error", error.sentence).set("code", error.code)


def _written(root: Element) -> bytes:
    text: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return text


def _identify(body: Element, asked: Asked) -> None:
    _add(body, "repositoryName", museum_names().said(english=True))
    _add(body, "baseURL", _address())
    _add(body, "protocolVersion", "2.0")
    _add(body, "adminEmail", settings.ADMIN_EMAIL or f"webmaster@{listing.domain()}")
    _add(body, "earliestDatestamp", listing.stamp(listing.earliest() or timezone.now()))
    _add(body, "deletedRecord", "persistent")
    _add(body, "granularity", "YYYY-MM-DDThh:mm:ssZ")


def _list_formats(body: Element, asked: Asked) -> None:
    record = (
        listing.find(asked.arguments["identifier"])
        if "identifier" in asked.arguments
        else None
    )
    for prefix, (schema, namespace, _write, kinds) in FORMATS.items():
        if record is None or record.kind in kinds:
            one = _add(body, "metadataFormat")
            _add(one, "metadataPrefix", prefix)
            _add(one, "schema", schema)
            _add(one, "metadataNamespace", namespace)


def _list_sets(body: Element, asked: Asked) -> None:
    if TOKEN in asked.arguments:  # one page holds them all, so none was ever given
        said = _("This resumption token is not ours, or is older than a day.")
        raise Refused("badResumptionToken", said)
    for spec, name in listing.every_set():
        one = _add(body, "set")
        _add(one, "setSpec", spec)
        _add(one, "setName", name)


def _get(body: Element, asked: Asked) -> None:
    record = listing.find(asked.arguments["identifier"])
    prefix = asked.arguments["metadataPrefix"]
    _check_format(prefix, record.kind)
    _write_records(body, [record], prefix)


def _list(body: Element, asked: Asked) -> None:
    selection = read_selection(asked.arguments)
    kind = selection.set_spec.partition(":")[0]
    _check_format(selection.prefix, *({kind} & listing.KINDS.keys()))
    page = listing.page_of(_narrowed(selection))
    if asked.verb == "ListIdentifiers":
        for record in page.records:
            _write_header(body, record)
    else:
        _write_records(body, page.records, selection.prefix)
    if page.rest or selection.after:
        token = _add(body, TOKEN, page.rest.token() if page.rest else "")
        token.set("completeListSize", str(page.size))
        token.set("cursor", str(selection.done))
        if page.rest:
            until = timezone.now() + TOKEN_LASTS - timedelta(minutes=1)
            token.set("expirationDate", listing.stamp(until))


def _narrowed(selection: Selection) -> Selection:
    """A format that only one kind has asks for that kind."""
    kinds = FORMATS[selection.prefix][3]
    if selection.set_spec or len(kinds) > 1:
        return selection
    return Selection(
        selection.prefix,
        next(iter(kinds)),
        selection.since,
        selection.until,
        selection.after,
        selection.done,
        selection.size,
    )


def _check_format(prefix: str, *kinds: str) -> None:
    if prefix not in FORMATS or not set(kinds) <= FORMATS[prefix][3]:
        said = _("“%(prefix)s” is not given here; ask for %(formats)s.")
        known = ", ".join(FORMATS)
        raise Refused(
            "cannotDisseminateFormat", said % {"prefix": prefix, "formats": known}
        )


def _write_records(body: Element, records: list[Record], prefix: str) -> None:
    write = FORMATS[prefix][2]
    for record, facts in zip(records, told_of(records), strict=True):
        one = _add(body, "record")
        _write_header(one, record)
        if not listing.is_gone(record):
            _add(one, "metadata").append(write(facts))


def _write_header(parent: Element, record: Record) -> None:
    header = _add(parent, "header")
    if listing.is_gone(record):
        header.set("status", "deleted")
    _add(header, "identifier", listing.identifier_of(record))
    _add(header, "datestamp", listing.stamp(record.modified_at))
    for spec in listing.sets_of(record):
        _add(header, "setSpec", spec)


_VERBS: Final[dict[str, Callable[[Element, Asked], None]]] = {
    "Identify": _identify,
    "ListMetadataFormats": _list_formats,
    "ListSets": _list_sets,
    "GetRecord": _get,
    **dict.fromkeys(LISTS, _list),
}


def _address() -> str:
    return f"{settings.BASE_IRI}{reverse('oai-pmh')}"


def _name(local: str) -> str:
    return str(QName(OAI, local).text)


def _add(parent: Element, name: str, text: str = "") -> Element:
    return add(parent, QName(OAI, name), text)
