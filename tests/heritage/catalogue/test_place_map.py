"""The map beside coordinates tells nobody more than the fields themselves would."""

import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from heritage.catalogue.admin import place_map
from heritage.catalogue.models import Collection
from tests.heritage.factories import make_collection, make_place, make_site, make_user

pytestmark = pytest.mark.django_db


def map_on(user: User, kind: str, pk: int | None) -> dict[str, Any]:
    """Give what the page hands its map: the record's own degrees, and other places."""
    client = Client()
    client.force_login(user)
    name = f"admin:catalogue_{kind}_{'change' if pk else 'add'}"
    answer = client.get(reverse(name, args=[pk] if pk else []))
    assert answer.status_code == 200
    page = answer.content.decode()
    (root,) = re.findall(r'<div class="place-map".*?</div>', page, re.DOTALL)
    told = dict(re.findall(r'data-(\w+)="([^"]*)"', root))
    (others,) = re.findall(r"<script[^>]*>(.*?)</script>", root, re.DOTALL)
    return told | {"others": json.loads(others), "cut": "data-place-map-cut" in page}


def test_a_place_lies_among_the_others(
    collection: Collection, curator: User, volunteer: User
) -> None:
    place = make_place(collection, latitude=23.1, longitude=113.2, precision_m=500)
    make_place(collection, name_zh="广州", latitude=23.13, longitude=113.26)
    make_place(collection, name_zh="无处")
    for user in (curator, volunteer):
        told = map_on(user, "place", place.pk)
        assert (told["latitude"], told["longitude"]) == ("23.1", "113.2")
        assert [one[:2] for one in told["others"]] == [[23.13, 113.26]]
    assert map_on(curator, "place", None)["latitude"] == ""


def test_a_hidden_site_is_on_the_map_of_its_curators_alone(
    collection: Collection, curator: User, volunteer: User
) -> None:
    site = make_site(
        collection, latitude=23.1234, longitude=113.2345, shown_as="hidden"
    )
    other = make_place(collection, latitude=20.0, longitude=110.0)
    assert map_on(curator, "site", site.pk)["latitude"] == "23.1234"
    assert map_on(volunteer, "site", site.pk)["latitude"] == ""
    spots = [one[:2] for one in map_on(curator, "place", other.pk)["others"]]
    assert [23.1234, 113.2345] in spots
    assert map_on(volunteer, "place", other.pk)["others"] == []


def test_of_many_the_nearest_lie_on_it(
    collection: Collection, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place_map, "MOST_PLACES", 2)
    own = make_place(collection, latitude=60.0, longitude=110.0)
    for east in (118.0, 111.5, 108.0):  # half as far as it looks, at sixty degrees
        make_place(collection, latitude=60.0, longitude=east)
    make_place(collection, latitude=61.2, longitude=110.0)
    told = map_on(curator, "place", own.pk)
    assert [one[1] for one in told["others"]] == [111.5, 108.0]
    assert told["cut"]
    newest = map_on(curator, "place", None)
    assert [one[0] for one in newest["others"]] == [61.2, 60.0]
    assert newest["cut"]
    monkeypatch.setattr(place_map, "MOST_PLACES", 4)
    assert not map_on(curator, "place", own.pk)["cut"]


def test_drafts_of_another_collection_lie_on_no_map(
    collection: Collection, curator: User, stranger: User
) -> None:
    strange = make_collection(name_zh="瓷器馆")
    make_place(strange, latitude=30.0, longitude=120.0)
    place = make_place(collection, latitude=23.1, longitude=113.2)
    assert map_on(curator, "place", place.pk)["others"] == []
    theirs = make_user(strange, "curator")
    assert len(map_on(theirs, "place", None)["others"]) == 1
    client = Client()
    client.force_login(stranger)
    page = reverse("admin:catalogue_place_change", args=[place.pk])
    assert client.get(page).status_code == 302
