"""The exhibit as an app: what a stranger may see, for whoever asks, within its own folder."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import trans_real

from heritage.catalogue.actions.release import withdraw
from heritage.exhibits.models import Exhibit, ExhibitItem
from tests.heritage.exhibits.conftest import exhibit
from tests.heritage.factories import make_exhibit, make_relic

__all__ = ["exhibit"]


def addresses(exhibit: Exhibit) -> list[str]:
    return [
        reverse("exhibit-app", args=[exhibit.key]),
        reverse("exhibit-app-worker", args=[exhibit.key]),
        reverse("exhibit-app-manifest", args=[exhibit.key, "en"]),
    ]


@pytest.mark.parametrize("who", ["stranger", "volunteer", "curator"])
def test_everybody_gets_what_a_stranger_may_see(
    exhibit: Exhibit, client: Client, curator: User, volunteer: User, who: str
) -> None:
    draft = make_relic(exhibit.collection, name_en="Not yet released")
    ExhibitItem.objects.create(exhibit=exhibit, relic=draft, number=9)
    unreleased = make_exhibit(exhibit.collection)
    if who != "stranger":
        client.force_login(curator if who == "curator" else volunteer)
    for address in addresses(exhibit):
        answer = client.get(address)
        assert answer.status_code == 200
        # Kept by a browser, and asked about again each time.
        assert answer["Cache-Control"] == "no-cache"
        assert "Not yet released" not in answer.text
    assert {client.get(one).status_code for one in addresses(unreleased)} == {404}
    withdraw(exhibit, by=None)
    assert {client.get(one).status_code for one in addresses(exhibit)} == {410}


def test_a_language_that_there_is_not_is_not_even_looked_for(
    exhibit: Exhibit, client: Client
) -> None:
    """A process keeps all translations that it was ever asked for: nobody fills it up."""
    for name in ("tlh", "zh-hans-x-1", "EN"):
        address = reverse("exhibit-app-manifest", args=[exhibit.key, name])
        assert client.get(address).status_code == 404
        assert name not in vars(trans_real)["_translations"]
    for name, _title in settings.LANGUAGES:
        address = reverse("exhibit-app-manifest", args=[exhibit.key, name])
        assert client.get(address).status_code == 200


def test_the_worker_reaches_no_further_than_the_exhibit(
    exhibit: Exhibit, client: Client
) -> None:
    page, worker, _manifest = addresses(exhibit)
    answer = client.get(worker)
    assert answer["Service-Worker-Allowed"] == page
    assert answer["Content-Type"].startswith("text/javascript")
    assert worker.startswith(page)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy


@pytest.mark.parametrize(
    ("language", "name"), [("en", "English"), ("zh-hans", "Chinese")]
)
def test_the_app_is_named_in_the_readers_language(
    exhibit: Exhibit, client: Client, language: str, name: str
) -> None:
    Exhibit.objects.filter(pk=exhibit.pk).update(name_en="English", name_zh="Chinese")
    page, *_others = addresses(exhibit)
    asked = client.get(f"{page}?kiosk", headers={"Accept-Language": language})
    found = re.search(r'<link rel="manifest" href="([^"]+)"', asked.text)
    assert found is not None
    # Browsers ask for it without the cookie that holds the language.
    answer = Client().get(found[1])
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert told["name"] == name
    assert told["scope"] == page
    assert told["start_url"] == told["id"] == f"{page}?kiosk"
    assert told["icons"][0]["src"].endswith(".svg")
    assert client.get(found[1].removesuffix("?kiosk")).json()["start_url"] == page


def test_it_says_when_its_time_ends(exhibit: Exhibit, client: Client) -> None:
    ends = timezone.localdate() + timedelta(days=9)
    page, *_others = addresses(exhibit)
    assert 'data-expires=""' in client.get(page).text
    Exhibit.objects.filter(pk=exhibit.pk).update(withdraw_on=ends)
    assert f'data-expires="{ends.isoformat()}"' in client.get(page).text


def test_the_exhibits_page_leads_to_it(exhibit: Exhibit, client: Client) -> None:
    page, *_others = addresses(exhibit)
    told = client.get(reverse("exhibit", args=[exhibit.key])).text
    assert f'href="{page}"' in told
