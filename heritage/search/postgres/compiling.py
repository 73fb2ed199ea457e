"""Write what is wanted as SQL: one `tsquery` as far as that goes, conditions beyond it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import combinations
from math import comb
from typing import Any, Final

from heritage.search.asked import (
    AllOf,
    AnyOf,
    AtLeast,
    Begins,
    Between,
    Facet,
    Near,
    Node,
    OneOf,
    Phrase,
    Token,
)
from heritage.search.documents import PUBLIC
from heritage.search.wanted import Sight, Wanted

from .lexemes import LETTERS, NOTHING, TIER, lexeme, one_of, quoted, shares
from .tables import DOCUMENTS

# Ways to choose some parts of a question that are written out for the inverted index; with
# more it takes longer than to ask for each part, and count.
MOST_CHOICES: Final = 10
WORDS: Final = "d.words @@ %s::tsquery"


@dataclass(frozen=True)
class Sql:
    """A piece of a statement, and what stands for its marks."""

    text: str
    values: tuple[Any, ...] = field(default=())


def where(wanted: Wanted) -> Sql:
    """Write which documents are wanted; no `Near` is left in the node by now."""
    within = words_of(replace(wanted, node=None))
    others = [condition(one, within) for one in _nodes(wanted) if as_query(one) is None]
    if wanted.changed_since is not None:
        others.append(Sql("d.changed >= %s", (wanted.changed_since,)))
    if wanted.hidden:
        names = [str(name) for name in wanted.hidden]
        others.append(Sql("d.name <> ALL(%s)", (names,)))
    return joined(" AND ", [Sql(WORDS, (words_of(wanted),)), *others])


def words_of(wanted: Wanted) -> str:
    """Write what is wanted as far as one `tsquery` says it."""
    each = [as_query(node) for node in _nodes(wanted)]
    queries = [_sight(wanted.sight), *(query for query in each if query is not None)]
    if share := shares(wanted.samples):
        queries.append(share)
    return " & ".join(queries)


def _nodes(wanted: Wanted) -> list[Node]:
    return [*wanted.filters, *([wanted.node] if wanted.node else [])]


def as_query(node: Node) -> str | None:
    """Write a node as a `tsquery`; None where one cannot say it."""
    match node:
        case Token(name, token):
            return quoted(lexeme(name, token))
        case OneOf(name, tokens):
            return one_of(name, tokens)
        case Begins(name, start):
            return f"{quoted(lexeme(name, start))}:*"
        case Phrase(name, words):
            return f"({' <-> '.join(quoted(lexeme(name, one)) for one in words)})"
        case Facet(name, values):
            return one_of(name, values)
        case AllOf(parts):
            return _queries(" & ", parts)
        case AnyOf(parts):
            return _queries(" | ", parts)
        case AtLeast(count, parts):
            return _query_at_least(count, parts)
        case Near() | Between():
            return None


def _queries(sign: str, parts: Iterable[Node]) -> str | None:
    each = [as_query(part) for part in parts]
    found = [query for query in each if query is not None]
    return f"({sign.join(found)})" if len(found) == len(each) else None


def _query_at_least(count: int, parts: tuple[Node, ...]) -> str | None:
    """Write that so many parts are met: of so many that one must be, one is, however chosen."""
    size = len(parts) - count + 1
    if comb(len(parts), size) > MOST_CHOICES:
        return None
    return _queries(" & ", [AnyOf(some) for some in combinations(parts, size)])


def condition(node: Node, within: str) -> Sql:
    """Write a node as a condition on one document `d`, of those that are `within`."""
    if (query := as_query(node)) is not None:
        return Sql(WORDS, (query,))
    match node:
        case AllOf(parts):
            return joined(" AND ", [condition(part, within) for part in parts])
        case AnyOf(parts):
            return joined(" OR ", [condition(part, within) for part in parts])
        case AtLeast(count, parts):
            return _at_least(count, [_having(part, within) for part in parts])
        case Between():
            return _years(node)
    raise TypeError(node)


def joined(sign: str, parts: list[Sql]) -> Sql:
    text = sign.join(part.text for part in parts)
    return Sql(f"({text})", tuple(value for part in parts for value in part.values))


def _at_least(count: int, parts: list[Sql]) -> Sql:
    """Write that a document is among those of so many parts: each is asked for once."""
    each = " UNION ALL ".join(part.text for part in parts)
    values = tuple(value for part in parts for value in part.values)
    return Sql(
        f"d.id IN (SELECT id FROM ({each}) each GROUP BY id HAVING count(*) >= %s)",
        (*values, count),
    )


def _having(part: Node, within: str) -> Sql:
    """Select the documents that meet one part."""
    query = as_query(part)
    met = (
        joined(" AND ", [Sql(WORDS, (within,)), condition(part, within)])
        if query is None
        else Sql(WORDS, (f"({within}) & {query}",))
    )
    return Sql(f"SELECT d.id FROM {DOCUMENTS} d WHERE {met.text}", met.values)


def _years(asked: Between) -> Sql:
    high_of, low_of = (
        ("last_year", "first_year") if asked.whole else ("first_year", "last_year")
    )
    parts = []
    if asked.end is not None:
        parts.append(Sql(f"d.{high_of} <= %s", (asked.end,)))
    if asked.begin is not None:
        parts.append(Sql(f"d.{low_of} >= %s", (asked.begin,)))
    return joined(" AND ", parts or [Sql("d.first_year IS NOT NULL")])


def _sight(sight: Sight) -> str:
    inside = one_of(TIER, sight.inside)
    if sight.elsewhere is None:
        return inside
    public = quoted(lexeme(TIER, PUBLIC))
    theirs = one_of("collection", sight.elsewhere)
    outside = public if theirs == NOTHING else f"({public} & !{theirs})"
    return f"({inside} | {outside})"


def facet_of(word: str) -> tuple[str, str]:
    """Give the facet and the value that a word of a document stands for."""
    return _NAMES[word[0]], word[1:]


_NAMES: Final = {letter: name for name, letter in LETTERS.items()}
