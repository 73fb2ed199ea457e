"""Ask the index in PostgreSQL."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Final

from django.conf import settings
from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from heritage.search.asked import (
    AllOf,
    AnyOf,
    AtLeast,
    Near,
    Node,
    OneOf,
    any_of,
    is_near,
)
from heritage.search.documents import SAMPLES, RecordName
from heritage.search.wanted import Found, NoIndex, Page, TooMuchAsked, Wanted

from .compiling import Sql, as_query, facet_of, joined, where, words_of
from .lexemes import LETTERS, rarity
from .ranking import Ranking, best_leaves, count_leaves, tokens_of
from .tables import DOCUMENTS, SPELLED, TOKENS, ask, state

EXACT_UP_TO: Final = 10_000  # hits; more are counted from a share of all documents
MANY_READ: Final = 200_000  # entries of the inverted index: some 100 ms, part by part
RANKED: Final = 5_000  # documents that are weighed, where very many answer
LOOKED_AT: Final = 20_000  # leaves of the question times documents: some 60 ms
READ: Final = (
    20  # entries of the inverted index that take as long as one document's words
)
WITHOUT_WORDS: Final = "d.id, d.name, d.norms, d.first_year, d.last_year"
FEW_SHARES: Final = 4  # that a large total is told from
SURELY: Final = 0.9  # of the likeness that one edit leaves at least


class Searcher:
    """The index at one moment; `documents` it holds in all."""

    def __init__(self, documents: int) -> None:
        self._documents = documents

    def find(self, wanted: Wanted, page: Page) -> Found:
        with _quick_plans():
            wanted = _spelled_out(wanted)
            total = _total(wanted)
            if not total.total:
                return total
            if wanted.node is None:
                return replace(total, hits=_newest(wanted, page))
            hits, reach = self._ranked(wanted, wanted.node, page, total.total)
            return replace(total, hits=hits, reach=reach)

    def name(self, wanted: Wanted, most: int) -> list[RecordName]:
        with _quick_plans():
            sql = where(_spelled_out(wanted))
            text = f"SELECT d.name FROM {DOCUMENTS} d WHERE {sql.text} LIMIT %s"
            return [RecordName.parse(n) for (n,) in ask(text, (*sql.values, most))]

    def count(self, wanted: Wanted) -> Found:
        with _quick_plans():
            return _total(_spelled_out(wanted))

    def count_values(
        self, wanted: Wanted, facets: Collection[str], most: int
    ) -> dict[str, list[tuple[str, int]]]:
        letters = [LETTERS[name] for name in facets]
        with _quick_plans():
            sql = where(_spelled_out(wanted))
            rows = ask(
                f"SELECT word, count(*) FROM (SELECT unnest(d.facets) AS word "
                f"FROM {DOCUMENTS} d WHERE {sql.text}) each "
                "GROUP BY word HAVING left(word, 1) = ANY(%s) ORDER BY count(*) DESC, word",
                (*sql.values, letters),
            )
        found: dict[str, list[tuple[str, int]]] = {name: [] for name in facets}
        for word, number in rows:
            name, value = facet_of(word)
            if len(found[name]) < most:
                found[name].append((value, number))
        return found

    def _ranked(
        self, wanted: Wanted, node: Node, page: Page, total: int
    ) -> tuple[list[tuple[RecordName, float]], int]:
        """Give a page of hits, the best first, and how many documents were weighed."""
        words, chosen = _candidates(wanted, node, total)
        counts = _counts(tokens_of(node))
        is_short = _is_short(total, count_leaves(node), counts)
        rarity_of = partial(_rarity, self._documents, counts)
        ranking = Ranking(rarity_of, "" if is_short else words)
        column, columns = ranking.column(node), "d.*" if is_short else WITHOUT_WORDS
        met, lateral = ranking.met, ranking.lateral
        rows = ask(
            f"WITH d AS MATERIALIZED (SELECT {columns} FROM {DOCUMENTS} d "
            f"WHERE {chosen.text}), met AS MATERIALIZED ({met.text}) "
            f"SELECT d.name, {column}, count(*) OVER () "
            f"FROM d LEFT JOIN met USING (id){lateral.text} "
            f"ORDER BY {column} DESC, d.id LIMIT %s OFFSET %s",
            (*chosen.values, *met.values, *lateral.values, page.size, page.offset),
        )
        hits = [(RecordName.parse(name), float(score)) for name, score, _ in rows]
        return hits, rows[0][2] if rows else page.offset


def searcher() -> Searcher:
    """Give what answers questions. Raises `NoIndex`."""
    now = state()
    if now is None:
        raise NoIndex
    return Searcher(now.documents)


def digests() -> Iterator[tuple[RecordName, str]]:
    if state() is None:
        raise NoIndex
    for name, digest in ask(f"SELECT name, digest FROM {DOCUMENTS}"):
        yield RecordName.parse(name), digest


@contextmanager
def _quick_plans() -> Iterator[None]:
    """Answer within the time a question may take. Raises `TooMuchAsked`."""
    try:
        with _planned():
            yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooMuchAsked from error
        raise


@contextmanager
def _planned() -> Iterator[None]:
    """Have no statement compiled: that takes longer than any of these do.

    The tables are held from the beginning, in the order in which a rebuild puts others in
    their place: a question that reads the words first would deadlock with it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {DOCUMENTS}, {TOKENS} IN ACCESS SHARE MODE")
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(
            "SET LOCAL max_parallel_workers_per_gather = 0"
        )  # start too late
        # The planner takes reading a document's words for cheap, and would read them all.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"SET LOCAL statement_timeout = {settings.SEARCH_LIMIT_MS:d}")
        yield
        # It holds to the end of the outermost transaction, whatever else that does.
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")


def _total(wanted: Wanted) -> Found:
    is_whole = wanted.samples >= SAMPLES
    if is_whole and _reads_much(wanted) and (about := _estimate(wanted)) > EXACT_UP_TO:
        return Found((), about, is_about=True)
    sql = where(wanted)
    text = f"SELECT count(*) FROM (SELECT 1 FROM {DOCUMENTS} d WHERE {sql.text} LIMIT %s) f"  # fmt: skip
    ((count,),) = ask(text, (*sql.values, EXACT_UP_TO + 1))
    if count <= EXACT_UP_TO or not is_whole:
        return Found((), count)
    return Found((), max(EXACT_UP_TO + 1, _estimate(wanted)), is_about=True)


def _estimate(wanted: Wanted) -> int:
    """Count from a few shares of all documents."""
    sql = where(replace(wanted, samples=FEW_SHARES))
    ((some,),) = ask(f"SELECT count(*) FROM {DOCUMENTS} d WHERE {sql.text}", sql.values)
    return int(some) * SAMPLES // FEW_SHARES


def _reads_much(wanted: Wanted) -> bool:
    """Tell whether each part is asked for by itself, and all of them have very many."""
    if wanted.node is None or as_query(wanted.node) is not None:
        return False
    return sum(_counts(tokens_of(wanted.node)).values()) > MANY_READ


def _newest(wanted: Wanted, page: Page) -> list[tuple[RecordName, float]]:
    sql, column = where(wanted), page.newest_by
    rows = ask(
        f"SELECT d.name, d.{column} FROM {DOCUMENTS} d WHERE {sql.text} "
        f"ORDER BY d.{column} DESC, d.id LIMIT %s OFFSET %s",
        (*sql.values, page.size, page.offset),
    )
    return [(RecordName.parse(name), float(moment)) for name, moment in rows]


def _candidates(wanted: Wanted, node: Node, total: int) -> tuple[str, Sql]:
    """Choose what is weighed: all, or of very many those that answer by name and others.

    Gives what all of them meet as a `tsquery`, and the condition. Of very many the same
    shares of all documents for each page: else a hit stands on two pages, or on none.
    """
    parts = [_share(wanted, total)]
    for leaves in best_leaves(node) if total > EXACT_UP_TO else ():
        best = replace(wanted, filters=(*wanted.filters, any_of(leaves)))
        parts.append(_share(best, _total(best).total))
    words = " | ".join(f"({words_of(part)})" for part in parts)
    return words, joined(" OR ", [where(part) for part in parts])


def _is_short(total: int, leaves: int, counts: "_Counts") -> bool:
    """Tell whether it is shorter to read the documents than to ask the inverted index."""
    if total > EXACT_UP_TO:
        return False
    return total * leaves <= LOOKED_AT or total * READ < sum(counts.values())


def _share(wanted: Wanted, total: int) -> Wanted:
    """Take so many shares as have the documents that are to be weighed."""
    if total <= EXACT_UP_TO:
        return wanted
    fewer = max(1, SAMPLES * RANKED // total)
    return replace(wanted, samples=min(wanted.samples, fewer))


_Counts = dict[tuple[str, str], int]


def _counts(tokens: Iterable[tuple[str, str]]) -> _Counts:
    """Look up how many documents have each token in its field, all at once."""
    each = [(LETTERS[name], token.replace("\0", " ")) for name, token in tokens]
    names = {letter: name for name, letter in LETTERS.items()}
    rows = ask(
        f"SELECT letter, token, documents FROM {TOKENS} JOIN "
        "unnest(%s::text[], %s::text[]) AS w(letter, token) USING (letter, token)",
        ([letter for letter, _ in each], [token for _, token in each]),
    )
    return {(names[letter], token): count for letter, token, count in rows}


def _rarity(documents: int, counts: _Counts, name: str, token: str) -> float:
    return rarity(documents, counts.get((name, token), 0))


def _spelled_out(wanted: Wanted) -> Wanted:
    """Put the words that a mistyped one may be in its place."""
    node = wanted.node
    return wanted if node is None else replace(wanted, node=_without_near(node))


def _without_near(node: Node) -> Node:
    match node:
        case Near(name, token, weight):
            return OneOf(name, frozenset(_words_like(name, token)), weight)
        case AllOf(parts) | AnyOf(parts):
            return type(node)(tuple(_without_near(part) for part in parts))
        case AtLeast(count, parts):
            return AtLeast(count, tuple(_without_near(part) for part in parts))
    return node


def _words_like(name: str, token: str) -> list[str]:
    """Give the words of a field that one edit leads to.

    Of the n + 1 trigrams of a word, one edit takes four at most and brings four at most
    (two letters changed over): so many shared ones are asked of the index.
    """
    size = len(token)
    likeness = SURELY * max(1, size - 3) / (size + 5)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', %s, true)",
            [f"{likeness:.3f}"],
        )
    rows = ask(
        f"SELECT token FROM {TOKENS} WHERE {SPELLED} AND token %% %s AND letter = %s "
        "AND length(token) BETWEEN %s AND %s AND documents > 0",
        (token, LETTERS[name], size - 1, size + 1),
    )
    return [word for (word,) in rows if is_near(token, word)]
