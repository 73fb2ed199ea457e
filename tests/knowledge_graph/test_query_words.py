"""Words in a query become things before it runs; nothing else of SERVICE is let in."""

import pytest

from knowledge_graph.errors import ServiceRefused, TooManySearches, WordsNotRead
from knowledge_graph.query.check import check_query
from knowledge_graph.query.words import WordService, expand_words

BASE = "https://museum.example"
SERVICE = WordService(f"{BASE}/search", f"{BASE}/vocab/matches", f"{BASE}/vocab/limit")
PREFIX = f"PREFIX v: <{BASE}/vocab/>\n"


class Asked:
    """Remembers what it was asked; two things answer everything."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []

    def __call__(self, words: str, limit: int) -> list[str]:
        self.calls.append((words, limit))
        return [f"{BASE}/id/relic/a", f"{BASE}/id/relic/b"]


def call(inside: str, *, head: str = "SELECT * {", tail: str = "}") -> str:
    return f"{PREFIX}{head} SERVICE <{BASE}/search> {inside} {tail}"


@pytest.mark.parametrize(
    ("inside", "asked"),
    [
        ('{ ?x v:matches "青花瓶" }', ("青花瓶", 100)),
        ('{?x v:matches "青花瓶"@zh .}', ("青花瓶", 100)),
        (f"{{ $x <{BASE}/vocab/matches> 'it\\'s' }}", ("it's", 100)),
        ('{ ?x v:matches """a } "b""" ; v:limit 7 . }', ('a } "b', 7)),
        ('{ ?x v:matches "\\u9752\\tx" ; v:limit 99999999999 }', ("青\tx", 500)),
    ],
)
def test_a_call_becomes_values(inside: str, asked: tuple[str, int]) -> None:
    lookup = Asked()
    variable = "$x" if "$x" in inside else "?x"
    written = expand_words(call(inside), SERVICE, lookup)
    things = f"<{BASE}/id/relic/a> <{BASE}/id/relic/b>"
    assert written == f"{PREFIX}SELECT * {{ VALUES {variable} {{ {things} }} }}"
    assert lookup.calls == [asked]
    assert check_query(written).form == "SELECT"


def test_several_calls_and_what_looks_like_one() -> None:
    lookup = Asked()
    text = call(
        '{ ?x v:matches "one" }',
        tail=f"SERVICE SILENT <{BASE}/search> {{ ?y v:matches 'two' }} "
        f'?x ?p "SERVICE <{BASE}/search> {{}}" }} # SERVICE <{BASE}/search> {{}}',
    )
    written = expand_words(text, SERVICE, lookup)
    assert [words for words, _ in lookup.calls] == ["two", "one"]
    assert written.count("VALUES") == 2
    assert f'"SERVICE <{BASE}/search> {{}}"' in written


@pytest.mark.parametrize(
    "inside",
    [
        "{ ?x ?p ?o }", "{ }", "{", "", '{ ?x v:other "a" }', '{ ?x v:matches ?words }',
        '{ ?x v:matches "a" ; v:limit 5 ; v:limit 6 }', '{ ?x v:matches "a" . ?y ?z ?w }',
        '{ ?x v:matches "a" { ?x ?p ?o } }', '{ ?x v:matches "a" ; v:other 5 }',
        '{ ?x u:matches "a" }', '( ?x v:matches "a" )',
    ],
)  # fmt: skip
def test_any_other_pattern_is_refused(inside: str) -> None:
    lookup = Asked()
    with pytest.raises(WordsNotRead):
        expand_words(call(inside, tail=""), SERVICE, lookup)
    assert lookup.calls == []


def test_too_many_calls() -> None:
    text = call(" ".join(['{ ?x v:matches "a" }'] + [
        f"SERVICE <{BASE}/search> {{ ?x v:matches 'b' }}" for _ in range(4)
    ]))  # fmt: skip
    with pytest.raises(TooManySearches):
        expand_words(text, SERVICE, Asked())


@pytest.mark.parametrize(
    "other",
    ["<https://evil.example/search>", f"<{BASE}/search/>", f"<{BASE}/sparql>", "?s", "v:search"],
)  # fmt: skip
def test_another_service_stays_refused(other: str) -> None:
    lookup = Asked()
    text = f'{PREFIX}SELECT * {{ SERVICE {other} {{ ?x v:matches "{BASE}/search" }} }}'
    with pytest.raises(ServiceRefused):
        check_query(expand_words(text, SERVICE, lookup))
    assert lookup.calls == []


def test_a_query_without_the_service_comes_back_as_it_is() -> None:
    assert expand_words("SELECT * { ?s ?p ?o }", SERVICE, Asked()) == (
        "SELECT * { ?s ?p ?o }"
    )
