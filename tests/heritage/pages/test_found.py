"""How pages describe themselves, are cited, listed and embedded: never what is not public."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.contrib.auth.models import User
from django.test import Client

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection, Relic
from heritage.lib.citing import FORMS
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_element, make_relic

ENGLISH = {"accept-language": "en"}
NASTY = 'Jar </script><script>alert(1)</script> {"'


@pytest.fixture
def relic(collection: Collection) -> Relic:
    relic = make_relic(collection, name_en=NASTY, begin_year=-205, end_year=8)
    make_run(relic)
    release(relic, by=None)
    relic.refresh_from_db()
    return relic


@pytest.fixture
def draft(collection: Collection) -> Relic:
    return make_relic(collection, name_zh="密而不宣")


def schema_of(page: str) -> dict[str, Any]:
    pattern = r'<script type="application/ld\+json"[^>]*>(.*?)</script>'
    (text,) = re.findall(pattern, page, re.DOTALL)
    return dict(json.loads(text))


def test_a_relic_describes_itself(relic: Relic, client: Client) -> None:
    page = client.get(f"/relics/{relic.key}", headers=ENGLISH).content.decode()
    told = schema_of(page)
    assert {name["@language"]: name["@value"] for name in told["name"]} == relic.names
    assert told["temporalCoverage"] == "-0205/0008"
    assert [one["@type"] for one in told["associatedMedia"]] == ["3DModel"] * 3
    assert client.get(told["image"]).status_code == 200
    assert "<script>alert" not in page
    assert f'content="http://testserver/relics/{relic.key}"' in page


def test_a_draft_describes_itself_to_nobody(draft: Relic, curator: User) -> None:
    client = Client()
    client.force_login(curator)
    page = client.get(f"/relics/{draft.key}").content.decode()
    assert "og:title" not in page
    assert "schema.org" not in page


@pytest.mark.parametrize("form", FORMS)
def test_a_relic_is_cited(form: str, relic: Relic, client: Client) -> None:
    address = f"/relics/{relic.key}/cite?format={form}"
    text = client.get(address, headers=ENGLISH).content.decode()
    for part in (f"/id/relic/{relic.key}", relic.register_no, str(relic.edit_version)):
        assert part in text
    if form == "csl":
        (item,) = json.loads(text)
        assert item["title"] == NASTY
    if form == "bibtex":
        assert text.count("{") == text.count("}")
    withdraw(relic, by=None)
    assert client.get(address).status_code == 410
    assert client.get("/relics/nothing000/cite").status_code == 404


def test_an_unknown_form_is_refused(relic: Relic, client: Client) -> None:
    assert client.get(f"/relics/{relic.key}/cite?format=word").status_code == 400


def locations(client: Client, address: str) -> list[str]:
    tree = ET.fromstring(client.get(address).content)  # noqa: S314 - our own answer
    return [node.text or "" for node in tree.iter() if node.tag.endswith("}loc")]


def test_the_sitemap_names_what_is_public(
    relic: Relic, draft: Relic, client: Client
) -> None:
    parts = locations(client, "/sitemap.xml")
    pages = [
        page
        for part in parts
        for page in locations(client, part[part.index("/sitemap") :])
    ]
    assert [page.rpartition("/")[2] for page in pages] == [relic.key]
    withdraw(relic, by=None)
    assert draft.key not in client.get("/sitemap-relic.xml").content.decode()
    assert relic.key not in client.get("/sitemap-relic.xml").content.decode()
    robots = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in robots


def test_the_feed_tells_what_is_new(
    relic: Relic, draft: Relic, collection: Collection, client: Client
) -> None:
    element = make_element(collection)
    release(element, by=None)
    feed = client.get("/feed.atom")
    assert feed["Content-Type"].startswith("application/atom+xml")
    text = feed.content.decode()
    assert text.index(element.key) < text.index(relic.key)
    assert draft.name_zh not in text


def test_a_relic_is_embedded_elsewhere(relic: Relic, client: Client) -> None:
    page = f"http://testserver/relics/{relic.key}"
    told = client.get("/oembed", {"url": page, "maxwidth": "400"}).json()
    assert (told["type"], told["width"]) == ("rich", 400)
    (address,) = re.findall(r'src="([^"]+)"', told["html"])
    frame = client.get(address)
    assert frame.status_code == 200
    assert "X-Frame-Options" not in frame
    assert "frame-ancestors 'self' *" in frame["Content-Security-Policy"]
    own = client.get(page)
    assert "frame-ancestors 'self';" in f"{own['Content-Security-Policy']};"


def test_the_sitemap_does_not_fetch_every_record(
    relic: Relic, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12) as asked:
        client.get("/sitemap.xml")
    assert not any("name_zh" in query["sql"] for query in asked.captured_queries)


@pytest.mark.parametrize("url", ["", "http://testserver/", "http://[", "relics/x"])
def test_there_is_nothing_to_embed(url: str, client: Client, db: None) -> None:
    answer = client.get("/oembed", {"url": url}, headers={"accept": "application/json"})
    assert answer.status_code == 404


def test_drafts_are_embedded_nowhere(draft: Relic, curator: User) -> None:
    client = Client()
    client.force_login(curator)
    assert client.get(f"/relics/{draft.key}/embed").status_code == 404
    page = f"http://testserver/relics/{draft.key}"
    assert client.get("/oembed", {"url": page}).status_code == 404
