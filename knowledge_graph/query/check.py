"""Look at a query before it runs: its form, its dataset, and what is refused outright.

The text is judged by the bare words among its tokens. The engine's parser is laxer than
the grammar: it needs no space between keywords, so that `trueSERVICEex:a{…}` calls a
service. Hence words are searched, not compared, and readers have no network besides
(`confine.py`).
"""

from dataclasses import dataclass, field
from typing import Final, get_args

from knowledge_graph.errors import NotAQuery, ServiceRefused, TooDeep, UpdateRefused
from knowledge_graph.query.tokens import Token, read_prologue, read_tokens
from knowledge_graph.results_negotiation import Form

FORMS: tuple[Form, ...] = get_args(Form)
DEEPEST: Final = 200  # a reader's stack of 8 MiB ends at some thousands
_BRACKETS: Final = {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}
UPDATES = (
    "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH",
)  # fmt: skip
EVER_ANOTHER: Final = ("NOW", "RAND", "UUID", "BNODE")


@dataclass(frozen=True)
class Shape:
    """What the text of a query says about it, before any engine reads it."""

    form: Form
    has_dataset: bool = False  # its own FROM or FROM NAMED
    prefixes: dict[str, str] = field(default_factory=dict)
    # The first name with a prefix that is not declared, and where it stands: the engine
    # refuses it, but does not always say why.
    undeclared: tuple[str, int] | None = None
    # Asked again of the same graph, it has the same answer.
    repeatable: bool = True


def check_query(text: str) -> Shape:
    """Give the shape of a query; the grammar itself is checked by the engine.

    Raises `UpdateRefused`, `ServiceRefused`, `TooDeep` or `NotAQuery`.
    """
    tokens = list(read_tokens(text))
    start, prefixes = read_prologue(tokens)
    form = _read_form(tokens[start:])
    _refuse_service(tokens[start:])
    _refuse_depth(tokens[start:])
    return Shape(
        form,
        has_dataset=_has_dataset(tokens[start:]),
        prefixes=prefixes,
        undeclared=_find_undeclared(tokens[start:], prefixes),
        repeatable=_is_repeatable(tokens[start:]),
    )


def _read_form(tokens: list[Token]) -> Form:
    first = tokens[0].text if tokens else ""
    for form in FORMS:
        if first.upper().startswith(form):
            return form
    if first.upper().startswith(UPDATES):
        raise UpdateRefused(keyword=first.upper())
    raise NotAQuery(start=first[:40] or "nothing")


def _refuse_service(tokens: list[Token]) -> None:
    for token, following in zip(tokens, [*tokens[1:], Token("", "")], strict=True):
        if token.kind == "word" and "service" in token.text.lower():
            raise ServiceRefused
        if "service" in token.prefix.lower() and following.text == "{":
            raise ServiceRefused


def _refuse_depth(tokens: list[Token]) -> None:
    depth = 0
    for token in tokens:
        if token.kind == "mark":
            depth += _BRACKETS.get(token.text, 0)
        if depth > DEEPEST:
            raise TooDeep(limit=DEEPEST)


def _has_dataset(tokens: list[Token]) -> bool:
    return any(
        token.kind == "word" and "FROM" in token.text.upper() for token in tokens
    )


def _is_repeatable(tokens: list[Token]) -> bool:
    words = (token.text.upper() for token in tokens if token.kind == "word")
    return not any(one in word for word in words for one in EVER_ANOTHER)


def _find_undeclared(
    tokens: list[Token], prefixes: dict[str, str]
) -> tuple[str, int] | None:
    for token in tokens:
        if token.kind == "name" and token.prefix not in prefixes:
            return f"{token.prefix}:", token.at
    return None
