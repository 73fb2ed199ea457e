"""Cut the text of a query into tokens, as SPARQL 1.1 defines them (section 19.8)."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

TOKEN = re.compile(
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


class Token(NamedTuple):
    """One token: its kind, its text, a name's prefix, and where it starts."""

    kind: str
    text: str
    prefix: str = ""
    at: int = 0


@lru_cache(maxsize=2)  # a query is read several times over, then another comes
def read_tokens(text: str) -> tuple[Token, ...]:
    """Give the tokens of a query; none for spaces and remarks."""
    return tuple(
        Token(
            match.lastgroup or "", match.group(), match["prefix"] or "", match.start()
        )
        for match in TOKEN.finditer(text)
        if match.lastgroup != "space"
    )


def read_prologue(tokens: Sequence[Token]) -> tuple[int, dict[str, str]]:
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
