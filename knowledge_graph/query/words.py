"""Words to things: the one service that a query may name, answered before it runs.

    SERVICE <https://museum.example/search> { ?thing vocab:matches "青花瓶" ; vocab:limit 50 }

becomes `VALUES ?thing { <…> <…> }`: whoever runs the service gives the things, and the
engine sees neither a service nor the words. Any other pattern in it is refused.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from knowledge_graph.errors import TooManySearches, WordsNotRead
from knowledge_graph.query.tokens import Token, read_prologue, read_tokens

MOST_THINGS: Final = 500
DEFAULT_THINGS: Final = 100
MOST_CALLS: Final = 4  # of the service in one query
LONGEST_WORDS: Final = 200
_ESCAPED: Final = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_PLAIN: Final = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}

# Gives the IRIs of at most so many things that words mean, the likeliest first.
Lookup = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class WordService:
    """The service's address and what its terms are called."""

    iri: str
    matches: str
    limit: str


@dataclass(frozen=True)
class _Call:
    """One call in a query: from where to where it stands, and what it asks."""

    start: int
    end: int
    variable: str
    words: str
    limit: int


def expand_words(text: str, service: WordService, lookup: Lookup) -> str:
    """Write a query's calls of the service as the things they mean.

    A text without one comes back as it is. Raises `WordsNotRead` or `TooManySearches`.
    """
    if service.iri not in text:
        return text
    calls = _calls(list(read_tokens(text)), service)
    if len(calls) > MOST_CALLS:
        raise TooManySearches(limit=MOST_CALLS)
    for call in reversed(calls):
        things = " ".join(f"<{iri}>" for iri in lookup(call.words, call.limit))
        values = f"VALUES {call.variable} {{ {things} }}"
        text = text[: call.start] + values + text[call.end :]
    return text


def _calls(tokens: list[Token], service: WordService) -> list[_Call]:
    _start, prefixes = read_prologue(tokens)
    calls: list[_Call] = []
    for at, token in enumerate(tokens):
        if token.kind != "word" or token.text.upper() != "SERVICE":
            continue
        named = at + 1
        if named < len(tokens) and tokens[named].text.upper() == "SILENT":
            named += 1
        if named < len(tokens) and tokens[named].text == f"<{service.iri}>":
            calls.append(_read_call(tokens, at, named + 1, service, prefixes))
    return calls


def _read_call(
    tokens: list[Token],
    start: int,
    at: int,
    service: WordService,
    prefixes: dict[str, str],
) -> _Call:
    end = next(
        (n for n in range(at, len(tokens)) if tokens[n].text == "}"), len(tokens) - 1
    )
    inside = [t for t in tokens[at + 1 : end] if t.kind != "language"]
    if tokens[at : at + 1] and tokens[at].text != "{":
        raise WordsNotRead
    if inside and inside[-1].text == ".":
        inside.pop()
    kinds = [token.kind for token in inside]
    if kinds[:1] != ["variable"] or kinds[2:3] != ["string"]:
        raise WordsNotRead
    if _iri(inside[1], prefixes) != service.matches:
        raise WordsNotRead
    return _Call(
        start=tokens[start].at,
        end=tokens[end].at + 1,
        variable=inside[0].text,
        words=_unquoted(inside[2].text)[:LONGEST_WORDS],
        limit=_limit(inside[3:], service, prefixes),
    )


def _limit(rest: list[Token], service: WordService, prefixes: dict[str, str]) -> int:
    if not rest:
        return DEFAULT_THINGS
    told = [token.text for token in rest]
    if len(rest) != 3 or told[0] != ";" or not told[2].isdecimal():
        raise WordsNotRead
    if _iri(rest[1], prefixes) != service.limit:
        raise WordsNotRead
    return max(1, min(MOST_THINGS, int(told[2][:9])))


def _iri(token: Token, prefixes: dict[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    local = token.text.partition(":")[2]
    return prefixes.get(token.prefix, "") + local if token.kind == "name" else ""


def _unquoted(literal: str) -> str:
    """Give the text of a string token."""
    size = 3 if literal.startswith(('"""', "'" * 3)) else 1
    return _ESCAPED.sub(_unescaped, literal[size:-size])


def _unescaped(match: re.Match[str]) -> str:
    told = match[1]
    if told[0] in "uU" and len(told) > 1:
        number = int(told[1:], 16)
        return chr(number) if number < 0x110000 else ""
    return _PLAIN.get(told, told)
