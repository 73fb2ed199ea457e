"""A query names the search service: a stranger's answer, whoever asks."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.models import Collection, Relic
from heritage.linked_data.views import sparql as endpoint
from heritage.linked_data.words import find_iris, with_words
from heritage.search.index import NoIndex
from knowledge_graph.errors import OverBudget
from tests.heritage.factories import make_relic
from tests.heritage.search.desk import keep_up

pytestmark = pytest.mark.django_db


def query(words: str) -> str:
    base = settings.BASE_IRI
    return (
        f"SELECT * {{ SERVICE <{base}/search> "
        f"{{ ?thing <{base}/vocab/matches> '{words}' }} }}"
    )


def test_words_become_public_things(collection: Collection) -> None:
    vase = make_relic(collection, name_zh="青花梅瓶", state=Relic.State.RELEASED)
    make_relic(collection, name_zh="青花残瓶")  # a draft
    keep_up()
    wanted = [f"{settings.BASE_IRI}/id/relic/{vase.key}"]
    for words in ("青花瓶", "blue and white vase", "qinghua"):
        assert list(find_iris(words, 10).iris) == wanted
    assert wanted[0] in with_words(query("青花瓶")).text
    assert f"{settings.BASE_IRI}/vocab/material/porcelain" in find_iris("瓷", 50).iris
    assert find_iris("  ", 10).iris == ()


def test_a_search_that_is_cut_says_so(collection: Collection) -> None:
    for _ in range(3):
        make_relic(collection, name_zh="青花梅瓶", state=Relic.State.RELEASED)
    make_relic(collection, name_zh="青花梅瓶")  # a draft
    keep_up()
    limit = f"; <{settings.BASE_IRI}/vocab/limit>"
    few = query("青花梅瓶").replace("' }", f"' {limit} 2 }}")
    assert with_words(few).notes == ("search gave 2 of 3",)
    assert with_words(query("青花梅瓶")).notes == ()


def test_without_an_index_the_query_is_not_answered() -> None:
    with pytest.raises(NoIndex):
        with_words(query("青花瓶"))
    with_words("SELECT * { ?s ?p ?o }")


def test_the_endpoint_refuses_with_a_sentence(
    client: Client, curator: User, volunteer: User, stranger: User
) -> None:
    keep_up()
    base = settings.BASE_IRI
    for user in (curator, volunteer, stranger):
        client.force_login(user)
        for text in (
            f"SELECT * {{ SERVICE <{base}/search> {{ ?x ?p ?o }} }}",
            "SELECT * { SERVICE <https://evil.example/> { ?x ?p ?o } }",
        ):
            response = client.get("/sparql", {"query": text})
            assert response.status_code == 400


def test_a_query_with_words_can_be_cited(client: Client) -> None:
    answer = client.get("/query/cite", {"query": query("青花瓶"), "format": "text"})
    assert answer.status_code == 503  # read, but no graph is published in this test
    refused = "SELECT * { SERVICE <https://evil.example/> { ?x ?p ?o } }"
    assert client.get("/query/cite", {"query": refused}).status_code == 400


class Spent:
    """Queries of a client who has used up what it may."""

    def check(self, client: str) -> None:
        raise OverBudget(retry_after_s=7)

    def ask(self, text: str, **_: object) -> None:
        raise OverBudget(retry_after_s=7)


def test_who_has_nothing_left_is_not_searched_for(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "open_queries", Spent)
    answer = client.get(
        "/sparql", {"query": query("青花瓶")}
    )  # no index: not looked up
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")


def test_a_search_is_paid_for_whatever_becomes_of_its_query(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_up()
    paid: list[float] = []

    class Paid(Spent):
        def check(self, client: str) -> None:
            pass

        def bill(self, client: str, seconds: float) -> None:
            paid.append(seconds)

    monkeypatch.setattr(endpoint, "open_queries", Paid)
    for text in (query("青花瓶"), "ASK {}"):
        assert client.get("/sparql", {"query": text}).status_code == 429
    assert len(paid) == 1
    assert paid[0] > 0


def test_nothing_is_searched_for_an_answer_nobody_can_give(client: Client) -> None:
    asked = {"query": query("青花瓶"), "format": "nope"}
    assert client.get("/sparql", asked).status_code == 406  # no index: not looked up
