"""What a question comes to, in terms that any engine can answer.

A tree of these few nodes is what a text is understood as; each engine compiles it for its
index, and `is_met` answers it for one document that was made a moment ago.
"""

from dataclasses import dataclass

from .documents import Document


@dataclass(frozen=True)
class Token:
    """The field holds this token."""

    field: str
    token: str
    weight: float = 1.0


@dataclass(frozen=True)
class OneOf:
    """The field holds one of these tokens, whichever."""

    field: str
    tokens: frozenset[str]
    weight: float = 1.0


@dataclass(frozen=True)
class Begins:
    """A token of the field begins so; of fields that hold whole values."""

    field: str
    start: str
    weight: float = 1.0


@dataclass(frozen=True)
class Phrase:
    """The field holds these tokens side by side."""

    field: str
    tokens: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Near:
    """The field holds a token that differs by one letter at most."""

    field: str
    token: str
    weight: float = 1.0


@dataclass(frozen=True)
class Facet:
    """The document is of one of these values."""

    name: str
    values: frozenset[str]
    weight: float = 1.0


@dataclass(frozen=True)
class Between:
    """What it was made in may lie in these years; `whole`: lies in them for certain."""

    begin: int | None
    end: int | None
    weight: float = 1.0
    whole: bool = False


@dataclass(frozen=True)
class AllOf:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class AnyOf:
    """One of the parts; the best of them counts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class AtLeast:
    """So many of the parts; each one counts."""

    count: int
    parts: tuple["Node", ...]


Node = (
    Token | OneOf | Begins | Phrase | Near | Facet | Between | AllOf | AnyOf | AtLeast
)


def any_of(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def all_of(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def is_met(node: Node, document: Document) -> bool:
    """Tell whether a document answers the question, as the index would."""
    match node:
        case Token(field, token):
            return token in document.tokens[field]
        case OneOf(field, tokens):
            return not tokens.isdisjoint(document.tokens[field])
        case Begins(field, start):
            return any(one.startswith(start) for one in document.tokens[field])
        case Phrase(field, words):
            return _stands_in(list(words), document.tokens[field])
        case Near(field, token):
            return any(is_near(token, one) for one in document.tokens[field])
        case Facet(name, values):
            return bool(values & set(document.facet_tokens[name]))
        case Between():
            return _overlaps(node, document)
        case AllOf(parts):
            return all(is_met(part, document) for part in parts)
        case AnyOf(parts):
            return any(is_met(part, document) for part in parts)
        case AtLeast(count, parts):
            return sum(is_met(part, document) for part in parts) >= count


def is_near(first: str, second: str) -> bool:
    """Tell whether one edit (or two letters changed over) leads from one to the other."""
    if first == second:
        return True
    if abs(len(first) - len(second)) > 1:
        return False
    start = next(
        (n for n, (a, b) in enumerate(zip(first, second, strict=False)) if a != b),
        min(len(first), len(second)),
    )
    one, two = first[start:], second[start:]
    swapped = one[1:2] + one[:1] + one[2:]
    return one[1:] == two[1:] or one[1:] == two or one == two[1:] or swapped == two


def _stands_in(wanted: list[str], tokens: list[str]) -> bool:
    size = len(wanted)
    return any(tokens[n : n + size] == wanted for n in range(len(tokens) - size + 1))


def _overlaps(asked: Between, document: Document) -> bool:
    begin, end = document.begin_year, document.end_year
    if begin is None and end is None:
        return False
    begin = begin if begin is not None else end
    end = end if end is not None else begin
    if begin is None or end is None:
        return False
    low = asked.begin if asked.begin is not None else begin
    high = asked.end if asked.end is not None else end
    inside = low <= begin and end <= high
    return inside if asked.whole else begin <= high and end >= low
