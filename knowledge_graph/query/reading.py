"""Read a query by what the graph states: each fact once, in one direction, in 7.1.3.

A property is stated in one direction, a thing to be of its own class only. A query that
names the other direction, an older name or a class above is read as what it means here;
the answer names each such place. Where that cannot be done the query stays as it is, and
the answer says what to ask instead. See docs/decisions/0018.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from knowledge_graph.ontology import Ontology, number_of, ontology, short
from knowledge_graph.query.tokens import Token, read_prologue, read_tokens

MOST_NOTES: Final = 20
_SPACES: Final = re.compile(r"cidoc-crm\.org/|ics\.forth\.gr/isl/CRM")
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# The outer + only says each thing once, however many of its classes lie below the one
# asked for: classes are of no class that a second step would find.
_KINDS: Final = f"(<{_TYPE}>/<http://www.w3.org/2000/01/rdf-schema#subClassOf>*)+"


@dataclass(frozen=True)
class Reading:
    """A query as it is run, and what its author is told.

    text : the query; the author's own where nothing was changed
    changes : what was read how
    hints : what is not stated, with what to ask instead
    """

    text: str
    changes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.changes, *self.hints)[:MOST_NOTES]

    def given_up(self, text: str) -> "Reading":
        """Give the author's own text back: what was meant to be read otherwise is told."""
        told = tuple(f"not read otherwise: {one}" for one in self.changes)
        return Reading(text, hints=(*told, *self.hints))


@dataclass(frozen=True)
class _Edit:
    """A note; with a place, also the text to put there instead."""

    note: str
    start: int = -1
    end: int = -1
    text: str = ""


@dataclass(frozen=True)
class _Place:
    """A name in a query: its IRI, and the tokens around it."""

    iri: str
    token: Token
    before: Token
    verb: str  # the IRI that `before` stands for
    ahead: str  # the text before that
    after: str  # the text that follows


def read_query(text: str, *, whole: bool = True) -> Reading:
    """Say how a query is run; `whole`: asked of all graphs together, ontology too."""
    if not _SPACES.search(text):
        return Reading(text)
    tokens = list(read_tokens(text))
    start, prefixes = read_prologue(tokens)
    body = _without_template(tokens[start:])
    whole = whole and not any(one.text.upper() == "GRAPH" for one in body)
    edits = list(_edits(list(_places(body, prefixes)), ontology(), whole=whole))
    done = [one for one in edits if one.start >= 0]
    hints = dict.fromkeys(one.note for one in edits if one.start < 0)
    return Reading(
        _apply(text, done), tuple(dict.fromkeys(one.note for one in done)), tuple(hints)
    )


def _edits(places: list[_Place], known: Ontology, *, whole: bool) -> Iterator[_Edit]:
    for place in places:
        number = number_of(place.iri)
        kind = number.partition(":")[2][:1]
        if kind in {"E", "D", "S"}:
            yield from _class(place, known, number, whole=whole)
        elif kind:
            yield from _property(place, known, number)


def _property(place: _Place, known: Ontology, number: str) -> Iterator[_Edit]:
    own, other = known.said(number), known.said(_turned(number))
    if own == place.iri and not other:
        return
    ways = [(mark, iri) for mark, iri in (("", own), ("^", other)) if iri]
    told = "|".join(f"{mark}{short(iri)}" for mark, iri in ways)
    path = "|".join(f"{mark}<{iri}>" for mark, iri in ways)
    if not ways:
        yield _Edit(f"{short(place.iri)} is not stated in this graph")
    elif place.before.text == "!":
        yield _Edit(f"{short(place.iri)} is stated as {told}")
    else:
        # A lone IRI may stand where a path may not.
        new = f"({path})" if other else path
        yield _at(place, f"{short(place.iri)} read as {told}", new)


def _class(
    place: _Place, known: Ontology, number: str, *, whole: bool
) -> Iterator[_Edit]:
    own = known.find(number)
    if own is None:
        yield _Edit(f"{short(place.iri)} is not stated in this graph")
        return
    if own != place.iri:
        yield _at(place, f"{short(place.iri)} read as {short(own)}", f"<{own}>")
    if not known.says_kind_of(own):
        return
    told = f"a/rdfs:subClassOf* {short(own)}"
    # A verb with more objects stays: a path there would hold of each of them.
    is_alone = (
        place.verb == _TYPE and place.ahead not in {"^", "!"} and place.after != ","
    )
    if own in known.stated:
        yield _Edit(
            f"{short(own)} read without the classes below it; with them: {told}"
        )
    elif whole and is_alone:
        start, end = place.before.at, place.before.at + len(place.before.text)
        yield _Edit(f"a {short(own)} read as {told}", start, end, _KINDS)
    else:
        yield _Edit(f"nothing is stated to be {short(own)}; ask all graphs for {told}")


def _at(place: _Place, note: str, text: str) -> _Edit:
    start = place.token.at
    return _Edit(note, start, start + len(place.token.text), text)


def _turned(number: str) -> str:
    """Give the number of the other direction: crm:P43 and crm:P43i."""
    return number[:-1] if number.endswith("i") else f"{number}i"


def _places(tokens: list[Token], prefixes: dict[str, str]) -> Iterator[_Place]:
    nothing = Token("", "")
    before, ahead = nothing, nothing
    for token, after in zip(tokens, [*tokens[1:], nothing], strict=True):
        iri = _iri(token, prefixes)
        if iri:
            verb = _verb(before, prefixes)
            yield _Place(iri, token, before, verb, ahead.text, after.text)
        before, ahead = token, before


def _verb(token: Token, prefixes: dict[str, str]) -> str:
    return _TYPE if token.text == "a" else _iri(token, prefixes)


def _iri(token: Token, prefixes: dict[str, str]) -> str:
    if token.kind == "iri":
        return token.text[1:-1]
    if token.kind == "name" and token.prefix in prefixes:
        local = token.text[len(token.prefix) + 1 :]
        return prefixes[token.prefix] + local.replace("\\", "")
    return ""


def _without_template(tokens: list[Token]) -> list[Token]:
    """Leave out what CONSTRUCT is to write: that is the author's to name."""
    is_template = len(tokens) > 1 and tokens[0].text.upper() == "CONSTRUCT"
    if not is_template or tokens[1].text != "{":
        return tokens
    depth = 0
    for number, token in enumerate(tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if number and not depth:
            return tokens[number + 1 :]
    return tokens


def _apply(text: str, edits: list[_Edit]) -> str:
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
