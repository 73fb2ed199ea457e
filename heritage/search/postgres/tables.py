"""The tables of the index. All of it can be made again; none of it is in the archive.

`search_state` is made by a migration and says whether there is an index, of which format
and how large; the others are made by each rebuild, beside those in use.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction
from psycopg import DataError
from psycopg.errors import ProgramLimitExceeded

from heritage.search.documents import Document, RecordName
from heritage.search.wanted import Unfit

from .lexemes import LETTERS, facet_words, norms, vector

FORMAT: Final = 1  # of the tables and the tokens; another one asks for a rebuild
DOCUMENTS: Final = "search_document"
TOKENS: Final = "search_token"
FRESH: Final = "_fresh"  # what is being made is called so until it is whole
# Of a number or a whole name there are as many as records: nothing to count.
COUNTED: Final = [
    LETTERS[name]
    for name in ("name_zh", "name_en", "text_zh", "text_en", "sound", "initials")
]
SPELLED: Final = "token ~ '^[a-z]+$'"  # what may be mistyped
AT_ONCE: Final = 1_000
COLUMNS: Final = (
    "name", "digest", "words", "facets", "norms", "first_year", "last_year", "released", "changed",
)  # fmt: skip
_MAKE_DOCUMENTS: Final = """
    CREATE TABLE {name} (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        digest text NOT NULL,
        words tsvector NOT NULL,
        facets text[] NOT NULL,
        norms real[] NOT NULL,
        first_year bigint,
        last_year bigint,
        released bigint NOT NULL,
        changed bigint NOT NULL
    )"""
# Without fastupdate: else each question looks through what is not yet in its place.
_INDEX_DOCUMENTS: Final = (
    "CREATE INDEX ON {name} USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX ON {name} (name)",
    "CREATE INDEX ON {name} (released)",
    "CREATE INDEX ON {name} (changed)",
    "CREATE INDEX ON {name} (first_year, last_year)",
)
# Not by ts_stat: numbers that follow one another make its tree a list.
_MAKE_TOKENS: Final = """
    CREATE TABLE {name} AS
    SELECT left(lexeme, 1) AS letter, substr(lexeme, 2) AS token, count(*) AS documents
    FROM {documents} d, unnest(d.words)
    WHERE left(lexeme, 1) = ANY(%s)
    GROUP BY lexeme"""
_INDEX_TOKENS: Final = (
    "CREATE UNIQUE INDEX ON {name} (letter, token)",
    f"CREATE INDEX ON {{name}} USING gin (token gin_trgm_ops) WHERE {SPELLED}",
)


@dataclass(frozen=True)
class State:
    """What is known of the index that is in use."""

    stamp: str
    documents: int


def state() -> State | None:
    """Look whether there is an index of our format."""
    rows = ask("SELECT stamp, documents FROM search_state WHERE format = %s", [FORMAT])
    return State(*rows[0]) if rows else None


def make_anew(documents: Iterable[Document], unfit: dict[RecordName, Unfit]) -> int:
    """Write all tables beside those in use, and put them in their place.

    A record that they cannot hold is left out, and named in `unfit`.
    """
    fresh = DOCUMENTS + FRESH
    run("SET LOCAL maintenance_work_mem = '256MB'")
    run(_MAKE_DOCUMENTS.format(name=fresh))
    count = _add_fit(documents, fresh, unfit)
    for line in _INDEX_DOCUMENTS:
        run(line.format(name=fresh))
    run(_MAKE_TOKENS.format(name=TOKENS + FRESH, documents=fresh), [COUNTED])
    for line in _INDEX_TOKENS:
        run(line.format(name=TOKENS + FRESH))
    for table in (DOCUMENTS, TOKENS):
        run(f"ANALYZE {table}{FRESH}")
        run(f"DROP TABLE IF EXISTS {table}")
        run(f"ALTER TABLE {table}{FRESH} RENAME TO {table}")
    run("DELETE FROM search_state")
    run("INSERT INTO search_state VALUES (%s, '', %s)", [FORMAT, count])
    return count


def add(documents: list[Document], *, table: str = DOCUMENTS) -> int:
    """Write documents, or none of them. Raises `Unfit`."""
    line = f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN"
    try:
        with (
            transaction.atomic(),
            connection.cursor() as cursor,
            cursor.copy(line) as out,
        ):
            for document in documents:
                out.write_row(_row(document))
    except (DataError, ProgramLimitExceeded) as error:
        raise Unfit(str(error).partition("\n")[0]) from error
    return len(documents)


def _add_fit(
    documents: Iterable[Document], table: str, unfit: dict[RecordName, Unfit]
) -> int:
    """Write documents, some at a time: each is made by asking the same connection."""
    count, each = 0, iter(documents)
    while chunk := list(islice(each, AT_ONCE)):
        try:
            count += add(chunk, table=table)
        except Unfit:
            count += _add_singly(chunk, table, unfit)
    # One document of a record may be fit and another not: it goes whole.
    names = [str(name) for name in unfit]
    return count - run(f"DELETE FROM {table} WHERE name = ANY(%s)", [names])


def _add_singly(
    documents: list[Document], table: str, unfit: dict[RecordName, Unfit]
) -> int:
    count = 0
    for document in documents:
        try:
            count += add([document], table=table)
        except Unfit as error:
            unfit[document.name] = error
    return count


def count_tokens(names: list[str], *, sign: int) -> None:
    """Add the tokens of these records' documents to the counts, or take them off."""
    run(
        f"INSERT INTO {TOKENS} AS t (letter, token, documents) "
        "SELECT left(lexeme, 1), substr(lexeme, 2), %s * count(*) "
        f"FROM {DOCUMENTS} d, unnest(d.words) WHERE d.name = ANY(%s) "
        "AND left(lexeme, 1) = ANY(%s) GROUP BY 1, 2 "
        "ON CONFLICT (letter, token) DO UPDATE SET documents = t.documents + excluded.documents",
        [sign, names, COUNTED],
    )


def ask(text: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(text, list(values))
        return list(cursor.fetchall())


def run(text: str, values: Iterable[Any] = ()) -> int:
    """Do one statement; tell how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(text, list(values) or None)
        return int(cursor.rowcount)


def _row(document: Document) -> tuple[Any, ...]:
    years = [y for y in (document.begin_year, document.end_year) if y is not None]
    return (
        str(document.name), document.digest, vector(document), facet_words(document),
        norms(document), years[0] if years else None, years[-1] if years else None,
        document.released, document.changed,
    )  # fmt: skip
