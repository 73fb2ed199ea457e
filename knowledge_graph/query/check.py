"""Look at a query before it runs: its form, its dataset, and what is refused outright.

The text is cut into tokens as SPARQL 1.1 defines them, and judged by its bare words. The
engine's parser is laxer than the grammar: it needs no space between keywords, so that
`trueSERVICEex:a{…}` calls a service. Hence words are searched, not compared, and readers
have no network besides (`confine.py`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args

from knowledge_graph.errors import NotAQuery, ServiceRefused, UpdateRefused
from knowledge_graph.results_negotiation import Form

FORMS: tuple[Form, ...] = get_args(Form)
UPDATES = (
    "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH",
)  # fmt: skip

_TOKEN = re.compile(
    r"""
      (?P<space>  \s+ | \#[^\n\r]* )
    | (?P<iri>    <[^<>"{}|^`\x00-\x20]*> )
    | (?P<string> \"{3} (?: \\. | \"{0,2} [^"\\] )* \"{3}
                | '{3}  (?: \\. | '{0,2}  [^'\\] )* '{3}
                | "(?: \\. | [^"\\\n\r] )*"  |  '(?: \\. | [^'\\\n\r] )*' )
    | (?P<variable> [?$] \w+ )
    | (?P<language> @[A-Za-z]+ (?: -[A-Za-z0-9]+ )* )
    | (?P<blank>  _: \w (?: [\w.\-\u00b7]* [\w\-\u00b7] )? )
    | (?P<number> (?: \d+ \.? \d* | \. \d+ ) (?: [eE][+-]?\d+ )? )
    | (?P<name>   (?P<prefix> (?: [^\W\d] [\w.\-\u00b7]*+ )? ) :
                  (?: (?: [\w:] | %[0-9A-Fa-f]{2} | \\. )
                      (?: (?: [\w:.\-\u00b7] | %[0-9A-Fa-f]{2} | \\. )*
                          (?: [\w:\-\u00b7]  | %[0-9A-Fa-f]{2} | \\. ) )? )? )
    | (?P<word>   [^\W\d] [\w.\-\u00b7]*+ )  # dots too, or it would be scanned n times
    | (?P<mark>   . )
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Shape:
    """What the text of a query says about it, before any engine reads it."""

    form: Form
    has_dataset: bool = False  # its own FROM or FROM NAMED
    prefixes: dict[str, str] = field(default_factory=dict)
    # The first name with a prefix that is not declared, and where it stands: the engine
    # refuses it, but does not always say why.
    undeclared: tuple[str, int] | None = None


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    prefix: str = ""
    at: int = 0


def check_query(text: str) -> Shape:
    """Give the shape of a query; the grammar itself is checked by the engine.

    Raises `UpdateRefused`, `ServiceRefused` or `NotAQuery`.
    """
    tokens = list(_tokens(text))
    start, prefixes = _read_prologue(tokens)
    form = _read_form(tokens[start:])
    _refuse_service(tokens[start:])
    return Shape(
        form,
        has_dataset=_has_dataset(tokens[start:]),
        prefixes=prefixes,
        undeclared=_find_undeclared(tokens[start:], prefixes),
    )


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        if match.lastgroup != "space":
            prefix = match["prefix"] or ""
            yield _Token(match.lastgroup or "", match.group(), prefix, match.start())


def _read_prologue(tokens: list[_Token]) -> tuple[int, dict[str, str]]:
    """Read BASE and PREFIX; give where the query itself starts, and the prefixes."""
    at, prefixes = 0, {}
    while at < len(tokens):
        word = tokens[at].text.upper()
        if word == "PREFIX" and at + 2 < len(tokens):
            prefixes[tokens[at + 1].prefix] = tokens[at + 2].text[1:-1]
            at += 3
        elif word == "BASE":
            at += 2
        else:
            break
    return at, prefixes


def _read_form(tokens: list[_Token]) -> Form:
    first = tokens[0].text if tokens else ""
    for form in FORMS:
        if first.upper().startswith(form):
            return form
    if first.upper().startswith(UPDATES):
        raise UpdateRefused(keyword=first.upper())
    raise NotAQuery(start=first[:40] or "nothing")


def _refuse_service(tokens: list[_Token]) -> None:
    for token, following in zip(tokens, [*tokens[1:], _Token("", "")], strict=True):
        if token.kind == "word" and "service" in token.text.lower():
            raise ServiceRefused
        if "service" in token.prefix.lower() and following.text == "{":
            raise ServiceRefused


def _has_dataset(tokens: list[_Token]) -> bool:
    return any(
        token.kind == "word" and "FROM" in token.text.upper() for token in tokens
    )


def _find_undeclared(
    tokens: list[_Token], prefixes: dict[str, str]
) -> tuple[str, int] | None:
    for token in tokens:
        if token.kind == "name" and token.prefix not in prefixes:
            return f"{token.prefix}:", token.at
    return None
