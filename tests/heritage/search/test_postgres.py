"""Where PostgreSQL is the database, it is the index as well."""

import importlib
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test import override_settings

from heritage.catalogue.models import Collection, Relic
from heritage.search import asking
from heritage.search.asked import Near
from heritage.search.documents import SAMPLES, Document, RecordName
from heritage.search.postgres import reader
from heritage.search.postgres.tables import ask as rows_of
from heritage.search.postgres.tables import make_anew, run
from heritage.search.wanted import ANYBODY, TooMuchAsked, Wanted
from tests.heritage.factories import make_relic

from .desk import ask, found, keep_up

on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="the database is SQLite: tests/heritage/test_on_servers.py runs this",
)
# What a rebuild does first to put a new table in its place, without waiting.
TAKE_DOCUMENTS = "BEGIN; LOCK TABLE search_document IN ACCESS EXCLUSIVE MODE NOWAIT"
RELICS = {"kind": ["kind:relic"]}


@pytest.fixture
def many_bowls(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty relics that answer alike: more than are counted, and than are weighed."""
    monkeypatch.setattr(reader, "EXACT_UP_TO", 20)
    monkeypatch.setattr(reader, "RANKED", 10)
    for number in range(30):
        make_relic(
            collection, key=f"bowl{number}", name_zh="瓶", description_zh="碗",
            register_no=f"c{number}", state=Relic.State.RELEASED,
        )  # fmt: skip
    keep_up()


def weighed(total: int) -> set[str]:
    """Give the keys of those of the bowls that stand in the shares that are looked at."""
    names = [RecordName("relic", f"bowl{number}") for number in range(30)]
    shares = SAMPLES * 10 // total
    return {name.key for name in names if Document(name).sample < shares}


@on_postgresql
@pytest.mark.django_db
class TestTheIndex:
    def test_it_is_in_the_database_and_nowhere_else(
        self, collection: Collection
    ) -> None:
        vase = make_relic(collection, name_zh="梅瓶", state=Relic.State.RELEASED)
        keep_up()
        assert found("梅瓶", facets=RELICS) == [vase.key]
        assert list(Path(settings.SEARCH_ROOT).iterdir()) == []

    def test_counts_of_words_are_kept_as_a_rebuild_makes_them(
        self, collection: Collection
    ) -> None:
        for name in ("Blue vase", "Blue bowl", "It's a \\ 'quoted' vase & | ! : *"):
            make_relic(collection, name_en=name, state=Relic.State.RELEASED)
        keep_up()
        gone = Relic.objects.filter(name_en="Blue bowl").get()
        gone.delete()
        keep_up()
        text = "SELECT letter, token, documents FROM search_token WHERE documents > 0"
        counted = set(rows_of(text))
        call_command("search", "rebuild", stdout=StringIO())
        assert set(rows_of(text)) == counted
        assert ("B", "blu", 1) in counted

    def test_what_is_typed_is_no_part_of_a_statement(
        self, collection: Collection
    ) -> None:
        vase = make_relic(
            collection, name_en="O'Neill's 100% vase", register_no="K'1\\2%",
            state=Relic.State.RELEASED,
        )  # fmt: skip
        keep_up()
        assert found("K'1\\2%", facets=RELICS) == [vase.key]
        assert found("o'neill", facets=RELICS) == [vase.key]
        for text in (
            "'",
            "\\",
            "a' | 'b",
            "%s",
            "x\0y1",
            "!vase'",
            "12:*",
            "&",
            "''1\\",
        ):
            ask(text, counts=("kind",))

    def test_beyond_some_hits_totals_and_counts_are_about(
        self, collection: Collection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "EXACT_UP_TO", 20)
        monkeypatch.setattr(reader, "RANKED", 10)
        monkeypatch.setattr(asking, "EXACT_UP_TO", 20)
        for number in range(50):
            make_relic(
                collection, name_zh="瓷碗", register_no=f"c{number}",
                description_zh="", state=Relic.State.RELEASED,
            )  # fmt: skip
        best = make_relic(collection, name_zh="碗", state=Relic.State.RELEASED)
        keep_up()
        answer = ask("碗", facets=RELICS, counts=("category",))
        assert answer.is_about
        assert answer.total > 20
        assert answer.counts["category"].is_about
        assert answer.hits[0].name.key == best.key  # the last, and it is weighed

    def test_pages_end_where_what_was_weighed_does(self, many_bowls: None) -> None:
        pages: list[list[str]] = []
        after: int | None = 0
        while after is not None:
            answer = ask("碗", facets=RELICS, size=4, offset=after)
            assert answer.total > 20
            pages.append([hit.name.key for hit in answer.hits])
            after = answer.next_offset
        assert all(len(page) == 4 for page in pages[:-1])
        keys = [key for page in pages for key in page]
        assert len(keys) == len(set(keys)) > 4
        assert set(keys) == weighed(answer.total)

    def test_the_same_are_weighed_wherever_they_lie(self, many_bowls: None) -> None:
        before = found("碗", facets=RELICS)
        # Written anew, the first rows lie behind all others.
        run("UPDATE search_document SET changed = changed + 1 WHERE id <= 5 + "
            "(SELECT min(id) FROM search_document WHERE name LIKE 'relic/%')")  # fmt: skip
        assert found("碗", facets=RELICS) == before
        assert set(before) == weighed(ask("碗", facets=RELICS).total)
        assert 0 < len(before) < 30


def edits(word: str) -> Iterator[str]:
    """Give a word with a letter lost, added or another one, and two changed over."""
    for n in range(1, len(word)):
        yield word[:n] + word[n + 1 :]
        yield word[:n] + "x" + word[n:]
        yield word[:n] + "x" + word[n + 1 :]
        yield word[: n - 1] + word[n] + word[n - 1] + word[n + 1 :]


@on_postgresql
@pytest.mark.django_db
def test_every_word_one_edit_away_is_looked_through(collection: Collection) -> None:
    words = ["camel", "dragon", "lotu", "porcelain", "bowl", "banana"]
    make_relic(collection, name_en=" ".join(words), state=Relic.State.RELEASED)
    keep_up()
    for word in words:
        for typed in edits(word):
            assert word in reader._words_like("name_en", typed), (word, typed)


@on_postgresql
@pytest.mark.django_db
def test_a_role_that_may_not_add_trigrams_is_told_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    step: Any = importlib.import_module(
        "heritage.search.migrations.0002_make_room_on_postgresql"
    )
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION pg_trgm CASCADE")
        cursor.execute("CREATE ROLE clerk")
        cursor.execute("SET LOCAL ROLE clerk")
    with pytest.raises(CommandError, match=r"CREATE EXTENSION pg_trgm"):
        step.add_trigrams(connection)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    step.add_trigrams(connection)
    step.add_trigrams(connection)  # there already: nothing to do


@pytest.fixture
def committed_index() -> Iterator[None]:
    """An empty index that other connections see as well."""
    with transaction.atomic():
        make_anew([], {})
    yield
    run("DROP TABLE search_document, search_token")
    run("DELETE FROM search_state")


@on_postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_index")
def test_no_rebuild_comes_between_the_words_and_the_documents(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused: list[str] = []

    def look(name: str, token: str) -> list[str]:
        other = connection.copy()
        try:
            with other.cursor() as cursor, pytest.raises(OperationalError) as caught:
                cursor.execute(TAKE_DOCUMENTS)
            refused.append(str(caught.value))
        finally:
            other.close()
        return [token]

    monkeypatch.setattr(reader, "_words_like", look)
    reader.searcher().count(Wanted(ANYBODY, Near("name_en", "vaze")))
    assert len(refused) == 1
    assert "could not obtain lock" in refused[0]


@on_postgresql
@pytest.mark.django_db
class TestALimit:
    def test_what_takes_too_long_is_refused_and_nothing_else_is(
        self, many_bowls: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "_total", lambda _wanted: rows_of("SELECT pg_sleep(20)"))  # fmt: skip
        with override_settings(SEARCH_LIMIT_MS=50), pytest.raises(TooMuchAsked):
            ask("碗")
        monkeypatch.undo()
        with override_settings(SEARCH_LIMIT_MS=60_000):
            assert ask("碗", facets=RELICS).total
        # What follows in the same transaction has the time it had.
        assert rows_of("SHOW statement_timeout") == [("0",)]

    def test_no_more_shares_are_weighed_than_are_asked_for(self) -> None:
        few = Wanted(ANYBODY, samples=1)
        assert reader._share(few, reader.EXACT_UP_TO + 1).samples == 1
