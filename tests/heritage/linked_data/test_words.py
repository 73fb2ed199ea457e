"""A query names the search service: a stranger's answer, whoever asks."""

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.models import Collection, Relic
from heritage.linked_data.words import find_iris, with_words
from heritage.search.index import NoIndex
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
