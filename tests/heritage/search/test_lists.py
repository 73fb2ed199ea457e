"""The search box over a list, answered by an index and by what it has not read yet."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.catalogue.models import Collection, Relic, RelicNumber
from heritage.search import asking, listed
from tests.heritage.factories import make_relic

from .desk import found, keep_up

pytestmark = pytest.mark.django_db
LIST = "admin:catalogue_relic_changelist"


@pytest.fixture
def inside(client: Client, curator: User) -> Client:
    client.force_login(curator)
    return client


@pytest.fixture
def relics(collection: Collection) -> list[Relic]:
    """Three whose numbers begin alike; the index knows them."""
    made = [
        make_relic(collection, register_no=no, name_zh=name)
        for no, name in (("1963.24", "瓶"), ("1963.3", "碗"), ("K-7/2(a)", "鼎"))
    ]
    RelicNumber.objects.create(relic=made[2], type="other", number="1963 旧 5")
    keep_up()
    return made


def listed_for(client: Client, text: str) -> set[str]:
    answer = client.get(reverse(LIST), {"q": text})
    assert answer.status_code == 200
    return {row.key for row in answer.context["cl"].result_list}


def test_a_record_is_found_by_the_beginning_of_any_of_its_numbers(
    inside: Client, relics: list[Relic]
) -> None:
    vase, bowl, ding = (relic.key for relic in relics)
    for text, keys in {
        "1963": {vase, bowl, ding}, "1963.": {vase, bowl}, "1963.2": {vase}, "K-7/2(": {ding},
        "k-7": {ding}, "963": set(), "7.*": set(), "1963x24": set(), "瓶": {vase},
    }.items():  # fmt: skip
        assert listed_for(inside, text) == keys, text


def test_a_number_in_a_list_is_no_word_of_a_visitor(
    curator: User, relics: list[Relic]
) -> None:
    assert found("1963.2", curator) == []


def test_what_waits_beyond_what_is_looked_through_is_found_by_its_columns(
    inside: Client, relics: list[Relic], collection: Collection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(asking, "PENDING", 1)
    fresh = [make_relic(collection, name_zh=f"新瓶{n}") for n in range(3)]
    assert listed_for(inside, "新瓶") == {relic.key for relic in fresh}


def test_only_a_list_says_that_more_answer(
    inside: Client, relics: list[Relic], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "MOST", 1)
    fields: dict[str, Any] = {
        "term": "1963", "app_label": "captures", "model_name": "capture", "field_name": "relic",
    }  # fmt: skip
    assert inside.get(reverse("admin:autocomplete"), fields).json()["results"]
    page = inside.get(reverse(LIST), {"q": "1963"})
    assert len(page.context["messages"]) == 1
