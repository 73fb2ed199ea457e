"""Small pictures in the list of relics: who sees them, and what they cost."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from heritage.archive.actions.retire import retire
from heritage.captures.models import Derivative
from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Relic
from heritage.catalogue.pictured import small_pictures
from heritage.catalogue.policy import STRANGER, Person
from heritage.images.models import Image
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_collection, make_relic, make_user

from .made import gradient, place_image

LIST = reverse("admin:catalogue_relic_changelist")
PICTURE = re.compile(
    r'<img src="([^"]+)" alt="" width="48" height="48" loading="lazy">'
)


@pytest.fixture
def scanned(collection: Collection) -> Relic:
    relic = make_relic(collection)
    make_run(relic, models={})
    return relic


@pytest.fixture
def photographed(collection: Collection) -> Image:
    relic = make_relic(collection)
    second = place_image(relic, gradient(40, 30), number=2)
    first = place_image(relic, gradient(300, 200), number=1)
    assert first.pk > second.pk
    return first


@pytest.mark.parametrize("who", ["curator", "volunteer"])
def test_rows_carry_the_model_s_picture_or_the_first_image(
    client: Client, scanned: Relic, photographed: Image, who: str, request: Any
) -> None:
    make_relic(scanned.collection)
    client.force_login(request.getfixturevalue(who))
    answer = client.get(LIST)
    thumb = Derivative.objects.get(run__capture__relic=scanned, profile="thumb")
    shown = PICTURE.findall(answer.content.decode())
    assert len(shown) == 2
    assert [thumb.key in one for one in shown].count(True) == 1
    assert [photographed.key in one for one in shown].count(True) == 1
    for address in shown:
        assert client.get(address).status_code == 200


def test_a_curator_of_elsewhere_sees_what_the_public_sees(
    client: Client, scanned: Relic, photographed: Image
) -> None:
    release(photographed.image_set.relic, by=None)
    other = make_user(make_collection(), "curator")
    client.force_login(other)
    [address] = PICTURE.findall(client.get(LIST).content.decode())
    assert photographed.key in address
    photographed.image_set.relic.image_sets.update(tier="staff")
    assert not PICTURE.findall(client.get(LIST).content.decode())


def test_a_stranger_gets_no_list_and_no_picture(
    client: Client, stranger: User, scanned: Relic, photographed: Image
) -> None:
    relics = [scanned, photographed.image_set.relic]
    assert small_pictures(relics, Person.of(stranger)) == {}
    assert small_pictures(relics, STRANGER) == {}
    client.force_login(stranger)
    assert client.get(LIST).status_code in (302, 403)


def test_a_retired_image_gives_way_to_the_next(
    curator: User, photographed: Image
) -> None:
    relic = photographed.image_set.relic
    keeper = make_user(is_staff=True, is_superuser=True)
    retire(photographed.file.stored_file, reason="the wrong vase", by=keeper)
    [address] = small_pictures([relic], Person.of(curator)).values()
    assert photographed.key not in address


def test_a_page_costs_one_query_for_each_room(
    curator: User, collection: Collection, scanned: Relic, photographed: Image
) -> None:
    relics = [scanned, photographed.image_set.relic]
    relics += [make_relic(collection) for _ in range(20)]
    make_run(relics[-1], models={})
    person = Person.of(curator)
    assert small_pictures([], person) == {}
    with CaptureQueriesContext(connection) as asked:
        assert len(small_pictures(relics, person)) == 3
    assert len(asked) == 2
