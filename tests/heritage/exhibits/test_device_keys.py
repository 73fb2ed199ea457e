"""Device keys: who issues them, what they open, how they are limited and revoked."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from heritage.archive.records import build_document
from heritage.captures.media import media_path
from heritage.captures.models import Capture
from heritage.captures.signed import Scope, signed_address, window_end
from heritage.catalogue.models import Collection, Relic
from heritage.exhibits.actions.device_keys import issue_key, revoke_key
from heritage.exhibits.device_models import DeviceKey
from heritage.exhibits.errors import NotACurator, TooManyRequests
from heritage.exhibits.known_devices import count_request, digest_of
from heritage.exhibits.models import Exhibit, ExhibitItem
from tests.heritage.exhibits.made import make_run, model_of
from tests.heritage.factories import make_collection, make_exhibit, make_relic

HOST = "http://testserver"


@pytest.fixture
def restricted(exhibit: Exhibit) -> Relic:
    """A released relic of the exhibit whose models are for the museum's rooms only."""
    item = exhibit.items.filter(relic__isnull=False).order_by("number")[0]
    Capture.objects.filter(relic=item.relic).update(tier=Capture.Tier.HOUSE)
    relic: Relic = item.relic
    return relic


@pytest.fixture
def device(collection: Collection) -> DeviceKey:
    return DeviceKey(name="Hall 3", collection=collection)


def ask(client: Client, url: str, secret: str = "") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    return client.get(url, headers=headers)


def scene_of(client: Client, exhibit: Exhibit, secret: str = "") -> Any:
    return ask(client, f"/api/exhibits/{exhibit.key}/scene", secret)


def test_only_a_curator_issues_and_revokes(
    device: DeviceKey, curator: User, volunteer: User, stranger: User
) -> None:
    for person in (volunteer, stranger):
        with pytest.raises(NotACurator):
            issue_key(device, by=person)
    secret = issue_key(device, by=curator)
    for person in (volunteer, stranger):
        with pytest.raises(NotACurator):
            revoke_key(device, by=person)
    device.refresh_from_db()
    assert device.digest == digest_of(secret)
    assert secret not in str(vars(device))
    assert revoke_key(device, by=curator)
    assert not revoke_key(device, by=curator)


def test_a_device_gets_what_the_public_does_not_by_a_link_of_its_own(
    client: Client,
    exhibit: Exhibit,
    restricted: Relic,
    device: DeviceKey,
    curator: User,
) -> None:
    secret = issue_key(device, by=curator)
    public = scene_of(client, exhibit).json()["objects"][0]
    assert public["why"]["code"] == "no-model"
    assert public["picture"]
    answer = scene_of(client, exhibit, secret)
    assert answer["Cache-Control"] == "private, no-cache"
    assert "Authorization" in answer["Vary"]
    url = answer.json()["objects"][0]["model"]["url"].removeprefix(HOST)
    plain, _, query = url.partition("?")
    assert client.get(plain).status_code == 404
    served = client.get(url)
    assert served.status_code == 200
    assert served["Cache-Control"] == "private, no-store"
    other = model_of(restricted.captures.get().runs.get(), "thumb")
    assert client.get(f"{media_path(other)}?{query}").status_code == 404
    second = answer.json()["objects"][1]["model"]["url"]
    assert "signature" not in second
    assert "max-age" in client.get(second.removeprefix(HOST))["Cache-Control"]


def test_a_link_ends_with_its_time_and_with_its_key(
    client: Client, restricted: Relic, device: DeviceKey, curator: User
) -> None:
    issue_key(device, by=curator)
    model = model_of(restricted.captures.get().runs.get())
    scope = Scope("device", device.key)
    past = signed_address(model, scope, until=window_end(0))
    good = signed_address(model, scope, until=window_end())
    assert client.get(past).status_code == 404
    assert client.get(good[:-1] + ("0" if good[-1] != "0" else "1")).status_code == 404
    assert client.get(good.replace("until=", "until=9")).status_code == 404
    nobody = signed_address(model, Scope("device", "0000000000"), until=window_end())
    assert client.get(nobody).status_code == 404
    assert client.get(good).status_code == 200
    revoke_key(device, by=curator)
    assert client.get(good).status_code == 404


def test_what_a_key_does_not_open(
    client: Client,
    exhibit: Exhibit,
    restricted: Relic,
    device: DeviceKey,
    curator: User,
) -> None:
    """Drafts, withdrawn relics, another collection's restricted models, study files."""
    elsewhere = make_relic(make_collection(), state="released")
    Capture.objects.filter(pk=make_run(elsewhere).capture_id).update(tier="house")
    draft = make_relic(device.collection)
    make_run(draft)
    for relic in (elsewhere, draft):
        ExhibitItem.objects.create(exhibit=exhibit, relic=relic, number=9)
    secret = issue_key(device, by=curator)
    things = scene_of(client, exhibit, secret).json()["objects"]
    by_page = {thing["links"]["id"].rpartition("/")[2]: thing for thing in things}
    assert draft.key not in by_page
    assert by_page[elsewhere.key]["model"] is None
    master = restricted.captures.get().runs.get().derivatives.get(role="master")
    url = signed_address(master, Scope("device", device.key), until=window_end())
    assert client.get(url).status_code == 404


def test_a_limited_key_opens_its_exhibits_only(
    client: Client,
    exhibit: Exhibit,
    restricted: Relic,
    device: DeviceKey,
    curator: User,
) -> None:
    other = make_exhibit(device.collection, state="released")
    secret = issue_key(device, by=curator)
    device.exhibits.add(other)
    listed = ask(client, "/api/exhibits", secret).json()
    assert [one["key"] for one in listed["items"]] == [other.key]
    assert scene_of(client, exhibit, secret).status_code == 404
    assert scene_of(client, other, secret).status_code == 200
    relic = ask(client, f"/api/relics/{restricted.key}", secret).json()
    assert relic["models"] == []
    ExhibitItem.objects.create(exhibit=other, relic=restricted)
    relic = ask(client, f"/api/relics/{restricted.key}", secret).json()
    assert len(relic["models"]) == 3


def test_a_limited_key_stays_so_when_its_exhibit_is_deleted(
    client: Client, exhibit: Exhibit, restricted: Relic, curator: User
) -> None:
    other = make_exhibit(exhibit.collection)
    client.force_login(curator)
    form = {"name": "Hall 3", "collection": exhibit.collection_id, "rate": 60}
    shown = client.post(
        reverse("admin:exhibits_devicekey_add"), form | {"exhibits": [other.pk]}
    )
    secret = shown.context["secret"]
    other.delete()
    assert ask(client, "/api/exhibits", secret).json()["items"] == []
    assert scene_of(client, exhibit, secret).status_code == 404
    relic = ask(client, f"/api/relics/{restricted.key}", secret).json()
    assert relic["models"] == []


def test_an_editor_keeps_the_limits_that_he_cannot_see(
    client: Client, device: DeviceKey, curator: User
) -> None:
    issue_key(device, by=curator)
    hidden = make_exhibit(make_collection())
    device.exhibits.add(hidden)
    client.force_login(curator)
    page = reverse("admin:exhibits_devicekey_change", args=[device.pk])
    assert hidden.name_zh not in client.get(page).content.decode()
    assert client.post(page, {"name": "Hall 4", "rate": 60}).status_code == 302
    device.refresh_from_db()
    assert device.name == "Hall 4"
    assert device.only_some
    assert list(device.exhibits.all()) == [hidden]


def test_a_key_that_opens_nothing_is_refused(
    client: Client, exhibit: Exhibit, device: DeviceKey, curator: User
) -> None:
    secret = issue_key(device, by=curator)
    device.expires_on = timezone.localdate() - timedelta(days=1)
    device.save()
    for wrong in (secret, "hk_guessed", "0"):
        answer = scene_of(client, exhibit, wrong)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer["Content-Type"] == "application/problem+json"
    device.expires_on = timezone.localdate()
    device.save()
    assert scene_of(client, exhibit, secret).status_code == 200
    device.refresh_from_db()
    assert device.last_used_at is not None


def test_never_more_requests_a_minute_than_the_key_allows(
    device: DeviceKey, curator: User
) -> None:
    device.rate = 50
    issue_key(device, by=curator)
    for _request in range(50):
        count_request(device, now_s=60.0)
    with pytest.raises(TooManyRequests):
        count_request(device, now_s=119.0)
    count_request(device, now_s=120.0)
    device.refresh_from_db()
    assert device.used_count < 50


def test_the_rate_is_told_as_a_problem(
    client: Client, exhibit: Exhibit, device: DeviceKey, curator: User
) -> None:
    device.rate = 1
    secret = issue_key(device, by=curator)
    answers = [scene_of(client, exhibit, secret) for _again in range(3)]
    assert answers[-1].status_code == 429  # three in a row touch two minutes at most
    assert answers[-1]["Retry-After"] == "60"


def test_the_archive_keeps_the_key_without_its_secret(
    device: DeviceKey, curator: User
) -> None:
    secret = issue_key(device, by=curator)
    page = build_document("table", f"exhibits.devicekey-{device.pk // 250}").decode()
    assert device.key in page
    assert digest_of(secret) not in page
    assert "used_count" not in page


@pytest.mark.parametrize(
    ("who", "status"), [("curator", 200), ("volunteer", 403), ("stranger", 302)]
)
def test_the_admin_shows_keys_to_curators(
    client: Client, who: str, status: int, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    page = reverse("admin:exhibits_devicekey_changelist")
    assert client.get(page).status_code == status
    assert client.get(f"{page}add/").status_code == status


def test_a_curator_sees_a_new_key_once_and_revokes_it(
    client: Client, exhibit: Exhibit, curator: User
) -> None:
    client.force_login(curator)
    form = {"name": "Hall 3", "collection": exhibit.collection_id, "rate": 60}
    shown = client.post(reverse("admin:exhibits_devicekey_add"), form)
    assert shown.status_code == 200
    assert "no-store" in shown["Cache-Control"]
    secret = shown.context["secret"]
    device = DeviceKey.objects.get()
    assert device.created_by == curator
    page = reverse("admin:exhibits_devicekey_change", args=[device.pk])
    assert secret not in client.get(page).content.decode()
    assert scene_of(client, exhibit, secret).status_code == 200
    client.post(page, form | {"exhibits_devicekey_revoke": "1"})
    assert scene_of(client, exhibit, secret).status_code == 401
    device.refresh_from_db()
    assert device.revoked_by == curator


def test_a_key_is_for_a_collection_that_one_curates(
    client: Client, curator: User
) -> None:
    client.force_login(curator)
    form = {"name": "x", "collection": make_collection().pk, "rate": 60}
    client.post(reverse("admin:exhibits_devicekey_add"), form)
    assert not DeviceKey.objects.exists()


def test_a_browser_elsewhere_may_send_the_key(client: Client, exhibit: Exhibit) -> None:
    url = f"/api/exhibits/{exhibit.key}/scene"
    told = client.options(url, headers={"Access-Control-Request-Method": "GET"})
    assert told.status_code == 204
    assert "Authorization" in told["Access-Control-Allow-Headers"]
    closed = client.options("/admin/", headers={"Access-Control-Request-Method": "GET"})
    assert "Access-Control-Allow-Origin" not in closed
