"""Programs find relics as a stranger does, whoever asks."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.actions import withdraw
from heritage.catalogue.models import Collection, Relic
from heritage.search.index import TooMuchAsked
from tests.heritage.factories import make_place, make_relic
from tests.heritage.search.desk import keep_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def vase(collection: Collection) -> Relic:
    place = make_place(collection, name_zh="浮梁")
    return make_relic(
        collection, name_zh="青花梅瓶", name_en="Meiping", period_text="明永乐",
        category="porcelain", state=Relic.State.RELEASED, made_at=place,
    )  # fmt: skip


@pytest.fixture
def draft(collection: Collection) -> Relic:
    return make_relic(collection, name_zh="青花残片")


def ask(client: Client, **query: Any) -> dict[str, Any]:
    response = client.get("/api/relics", query)
    assert response.status_code == 200, response.content
    body: dict[str, Any] = response.json()
    return body


def keys(body: dict[str, Any]) -> list[str]:
    return [item["key"] for item in body["items"]]


def test_curator_volunteer_and_stranger_get_the_same(
    client: Client, vase: Relic, draft: Relic,
    curator: User, volunteer: User, stranger: User,
) -> None:  # fmt: skip
    keep_up()
    for user in (curator, volunteer, stranger):
        client.force_login(user)
        assert keys(ask(client, q="青花")) == [vase.key]


def test_facets_and_filters(client: Client, vase: Relic, draft: Relic) -> None:
    keep_up()
    body = ask(client, q="blue and white", facets="true")
    facets = {one["name"]: one for one in body["facets"]}
    values = [one["value"] for one in facets["category"]["values"]]
    assert values == ["category:porcelain"]
    assert not facets["category"]["is_about"]
    assert facets["place"]["values"] == []  # the place is a draft
    assert keys(ask(client, category=["category:porcelain"])) == [vase.key]
    assert keys(ask(client, category=["category:bronze"])) == []
    assert keys(ask(client, from_year=1400, to_year=1450)) == [vase.key]
    assert keys(ask(client, from_year=1500)) == []
    assert keys(ask(client, has_model="true")) == []


def test_what_changed_since(client: Client, vase: Relic) -> None:
    keep_up()
    assert keys(ask(client, changed_since="2020-01-01T00:00:00Z")) == [vase.key]
    assert keys(ask(client, changed_since="2999-01-01T00:00:00Z")) == []


def test_a_withdrawn_relic_is_gone_at_once(
    client: Client, vase: Relic, curator: User
) -> None:
    keep_up()
    withdraw(vase, by=curator)
    body = ask(client, q="青花", facets="true")
    assert (body["count"], keys(body)) == (0, [])


def test_bad_questions_are_told_so(client: Client, vase: Relic) -> None:
    keep_up()
    for query in ({"offset": -1}, {"from_year": "x"}, {"q": "长" * 201}):
        assert client.get("/api/relics", query).status_code == 400


def test_before_there_is_an_index(client: Client, vase: Relic) -> None:
    assert keys(ask(client)) == [vase.key]
    refused = client.get("/api/relics", {"q": "青花"})
    assert refused.status_code == 503
    assert refused.json()["type"].endswith("no-index")


def test_what_takes_too_long_is_told_so(
    client: Client, vase: Relic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_request: object) -> None:
        raise TooMuchAsked

    monkeypatch.setattr("heritage.exhibits.finding.search", refuse)
    monkeypatch.setattr("heritage.pages.views.search.search", refuse)
    refused = client.get("/api/relics", {"q": "青花"})
    assert refused.status_code == 503
    assert refused.json()["type"].endswith("too-much-searched")
    page = client.get("/search", {"q": "青花"}, headers={"Accept-Language": "en"})
    assert page.status_code == 503
    assert "This takes too long to search for." in page.content.decode()
