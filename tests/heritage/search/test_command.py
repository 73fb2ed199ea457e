"""The search box of the work room."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.models import Collection, Relic
from tests.heritage.factories import make_collection, make_relic, make_user

from .desk import keep_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(collection: Collection) -> Relic:
    return make_relic(collection, name_zh="错金银犀尊", register_no="总0042")


def results(client: Client, text: str) -> str:
    response = client.get("/admin/search/", {"s": text, "extended": "1"})
    return response.content.decode()


def test_a_curator_and_a_volunteer_find_a_draft_by_a_synonym(
    client: Client, draft: Relic, curator: User, volunteer: User
) -> None:
    keep_up()
    for user in (curator, volunteer):
        client.force_login(user)
        for text in ("犀樽", "cuojinyin", "总0042"):
            assert f"/admin/catalogue/relic/{draft.pk}/change/" in results(client, text)


def test_others_do_not(client: Client, draft: Relic, stranger: User) -> None:
    keep_up()
    other = make_user(make_collection(name_zh="陶瓷馆"), "curator")
    client.force_login(other)
    assert f"/relic/{draft.pk}/" not in results(client, "犀尊")
    client.force_login(stranger)
    assert f"/relic/{draft.pk}/" not in results(client, "犀尊")
