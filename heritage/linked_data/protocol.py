"""Read a request of the SPARQL 1.1 Protocol (section 2.1); updates are refused."""

from dataclasses import dataclass
from email.message import Message
from typing import Final
from urllib.parse import parse_qsl

from django.http import HttpRequest

from heritage.lib.whole_numbers import parse_whole
from knowledge_graph.errors import QueryTooLong, UpdateRefused

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
# A query may take 100 kB; percent-encoded as a form, three times that.
LONGEST_BODY: Final = 400_000

Parameters = list[tuple[str, str]]


class BadRequest(Exception):
    """The request is not one of the protocol's; `code` tells messages.py which sentence."""

    def __init__(self, code: str, status: int = 400, **facts: str) -> None:
        super().__init__(code)
        self.code, self.status, self.facts = code, status, facts


@dataclass(frozen=True)
class Asked:
    """What a request asks; `text` is None where it asks only what the service is."""

    text: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""  # a courtesy beside Accept: json, csv, ttl …


def read_request(request: HttpRequest) -> Asked:
    """Read the query and its dataset.

    Raises `BadRequest`, `UpdateRefused` or `QueryTooLong`.
    """
    parameters = _fields(request.META.get("QUERY_STRING", "").encode("latin-1"))
    if request.method == "POST":
        parameters += _read_body(request)
    if any(name == "update" for name, _ in parameters):
        raise UpdateRefused(keyword="update")
    texts = _values(parameters, "query")
    if len(texts) > 1:
        raise BadRequest("several-queries")
    if not texts and request.method == "POST":
        raise BadRequest("no-query")
    return Asked(
        texts[0] if texts else None,
        _values(parameters, "default-graph-uri"),
        _values(parameters, "named-graph-uri"),
        next(iter(_values(parameters, "format") + _values(parameters, "output")), ""),
    )


def _read_body(request: HttpRequest) -> Parameters:
    media_type, charset = _content_type(request)
    if charset not in {"", "utf-8", "utf8"}:
        raise BadRequest("not-utf-8", 415)
    if media_type == UPDATE:
        raise UpdateRefused(keyword="update")
    if media_type not in {FORM, QUERY}:
        raise BadRequest("unsupported-body", 415, offered=f"{FORM}, {QUERY}")
    body = _body(request)
    return _fields(body) if media_type == FORM else [("query", _decode(body))]


def _body(request: HttpRequest) -> bytes:
    length = parse_whole(request.META.get("CONTENT_LENGTH") or "0")
    if length is None or length > LONGEST_BODY:
        raise QueryTooLong(limit_bytes=LONGEST_BODY)
    return request.read(LONGEST_BODY)


def _content_type(request: HttpRequest) -> tuple[str, str]:
    header = Message()
    header["Content-Type"] = request.META.get("CONTENT_TYPE") or "none/none"
    charset = header.get_content_charset() or ""
    return header.get_content_type(), charset


def _fields(data: bytes) -> Parameters:
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError as error:
        raise BadRequest("not-utf-8") from error
    except ValueError as error:  # too many fields
        raise BadRequest("several-queries") from error
    return pairs


def _decode(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadRequest("not-utf-8") from error


def _values(parameters: Parameters, name: str) -> tuple[str, ...]:
    return tuple(value for key, value in parameters if key == name)
