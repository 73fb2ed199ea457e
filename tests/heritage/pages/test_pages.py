"""The public pages: who sees what, in both languages."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import (
    Collection,
    Dimension,
    Record,
    TechniqueOf,
    Transmission,
)
from heritage.exhibits.models import ExhibitItem
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import (
    make_bearer,
    make_element,
    make_exhibit,
    make_person,
    make_place,
    make_relic,
    make_site,
)

ENGLISH = {"Accept-Language": "en"}
# What a page loads of our own before models and pictures; three.js comes with the model.
OWN = Path(str(finders.find("pages/museum.css"))).parent
LISTS = ("/", "/relics/", "/elements/", "/sites/", "/exhibits/", "/api/docs")

Maker = Callable[[Collection], Record]
MAKERS: dict[str, Maker] = {
    "relics": make_relic,
    "elements": make_element,
    "bearers": lambda collection: make_bearer(make_element(collection)),
    "exhibits": make_exhibit,
    "sites": make_site,
}


def text_of(client: Client, url: str, **headers: str) -> str:
    answer = client.get(url, headers=headers or ENGLISH)
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.fixture(params=sorted(MAKERS))
def page(request: pytest.FixtureRequest, collection: Collection) -> tuple[str, Record]:
    record = MAKERS[request.param](collection)
    return f"/{request.param}/{record.key}", record


@pytest.mark.parametrize(
    ("who", "status"),
    [("curator", 200), ("volunteer", 200), ("stranger", 404), (None, 404)],
)
def test_a_draft_is_for_those_who_work_on_it(
    client: Client,
    page: tuple[str, Record],
    who: str | None,
    status: int,
    request: pytest.FixtureRequest,
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    assert client.get(page[0]).status_code == status


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_released_record_is_for_everybody(
    client: Client, page: tuple[str, Record], language: str
) -> None:
    url, record = page
    release(record, by=None)
    text = text_of(client, url, **{"Accept-Language": language})
    assert record.name_zh in text
    assert record.name_en in text
    assert f"/data/{record.kind}/{record.key}.ttl" in text


def test_a_withdrawn_record_leaves_a_tombstone(
    client: Client, page: tuple[str, Record], curator: User
) -> None:
    url, record = page
    release(record, by=None)
    withdraw(record, by=None)
    answer = client.get(url, headers=ENGLISH)
    assert answer.status_code == 410
    assert record.key in answer.content.decode()
    assert record.name_en not in answer.content.decode()
    client.force_login(curator)
    assert client.get(url).status_code == 200


def test_a_draft_and_an_unknown_key_look_the_same(
    client: Client, page: tuple[str, Record]
) -> None:
    url, record = page
    unknown = url.replace(record.key, "zzzzzzzzzz")
    hidden, none = client.get(url), client.get(unknown)
    assert hidden.status_code == none.status_code == 404
    assert b"csrf" in hidden.content

    def without_nonces(content: bytes) -> str:
        lines = content.decode().splitlines()
        return "\n".join(
            line for line in lines if "csrf" not in line and 'name="next"' not in line
        )

    assert without_nonces(hidden.content) == without_nonces(none.content)


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_an_empty_museum_has_pages_too(
    client: Client, db: None, url: str, language: str
) -> None:
    text_of(client, url, **{"Accept-Language": language})


@pytest.mark.parametrize("url", ["/", "/relics/"])
def test_lists_hold_drafts_for_members_only(
    client: Client, collection: Collection, volunteer: User, url: str
) -> None:
    make_relic(collection, name_en="Unfinished jar")
    assert "Unfinished jar" not in text_of(client, url)
    client.force_login(volunteer)
    assert "Unfinished jar" in text_of(client, url)


def test_what_the_demo_made_says_so(
    client: Client, page: tuple[str, Record], collection: Collection
) -> None:
    url, record = page
    record.is_demo = True
    record.save()
    release(record, by=None)
    assert "Generated for the demo" in text_of(client, url)


def test_the_search_finds_names_and_numbers(
    client: Client, collection: Collection
) -> None:
    for name, number in (("Celadon vase", "A-17"), ("Bronze bell", "B-4")):
        release(make_relic(collection, name_en=name, register_no=number), by=None)
    assert "Bronze bell" not in text_of(client, "/relics/?q=celadon")
    assert "Bronze bell" in text_of(client, "/relics/?q=B-4")
    assert "Nothing found" in text_of(client, "/relics/?q=%3Cb%3E")


def test_the_list_comes_in_pages(client: Client, collection: Collection) -> None:
    for number in range(26):
        release(make_relic(collection, name_en=f"Pot {number:02}"), by=None)
    first, second = text_of(client, "/relics/"), text_of(client, "/relics/?page=2")
    assert first.count("Pot ") + second.count("Pot ") == 26
    assert "Page 2 of 2" in second


def released_relic(collection: Collection, **values: Any) -> Any:
    relic = make_relic(collection, **values)
    release(relic, by=None)
    return relic


def test_a_relics_page_tells_how_it_was_digitized(
    client: Client, collection: Collection
) -> None:
    relic = released_relic(collection)
    make_run(relic)
    text = text_of(client, f"/relics/{relic.key}")
    assert "100,000" in text  # points
    assert "250,000 triangles" in text
    assert "± 0.12 mm" in text
    assert "Not yet set upright" in text
    assert text.count("data-side=") == 8
    assert "viewer.js" in text


def test_each_dimension_is_shown_with_its_origin(
    client: Client, collection: Collection
) -> None:
    relic = released_relic(collection)
    Dimension.objects.create(
        relic=relic,
        kind="height",
        value=35.961,
        uncertainty=0.2946,
        unit="cm",
        origin="scan",
    )
    text = text_of(client, f"/relics/{relic.key}")
    assert "35.96 ± 0.29 cm" in text
    assert "measured on the model" in text


def test_private_fields_are_on_nobodys_page(
    client: Client, collection: Collection, curator: User
) -> None:
    relic = released_relic(
        collection, store_location="Vault 7", source_note="from a friend"
    )
    client.force_login(curator)
    text = text_of(client, f"/relics/{relic.key}")
    assert "Vault 7" not in text
    assert "a friend" not in text


def test_a_hidden_place_or_maker_is_not_named(
    client: Client, collection: Collection, curator: User
) -> None:
    place = make_place(collection, name_en="Secret kiln")
    maker = make_person(collection, name_en="Potter Li")
    relic = released_relic(collection, made_at=place, maker=maker)
    url = f"/relics/{relic.key}"
    assert "Secret kiln" not in text_of(client, url)
    assert "Potter Li" not in text_of(client, url)
    release(place, by=None)
    assert "Secret kiln" in text_of(client, url)


def test_a_craft_is_named_only_while_it_is_public(
    client: Client, collection: Collection
) -> None:
    relic = released_relic(collection)
    element = make_element(collection, name_en="Lost wax")
    TechniqueOf.objects.create(element=element, relic=relic)
    url = f"/relics/{relic.key}"
    assert "Lost wax" not in text_of(client, url)
    release(element, by=None)
    assert "Lost wax" in text_of(client, url)
    assert relic.name_en in text_of(client, f"/elements/{element.key}")


def test_the_lineage_leaves_out_who_is_not_public(
    client: Client, collection: Collection
) -> None:
    element = make_element(collection)
    master, pupil = (
        make_bearer(element, make_person(collection, name_en=name), generation=number)
        for number, name in ((1, "Old Chen"), (2, "Young Wu"))
    )
    Transmission.objects.create(master=master, apprentice=pupil, source="interview")
    for record in (element, master):
        release(record, by=None)
    url = f"/elements/{element.key}"
    assert "Young Wu" not in text_of(client, url)
    release(pupil, by=None)
    text = text_of(client, url)
    assert "Old Chen → Young Wu" in text
    assert "Young Wu" in text_of(client, f"/bearers/{master.key}")


def test_an_exhibit_lists_only_what_the_reader_may_see(
    client: Client, collection: Collection, curator: User
) -> None:
    exhibit = make_exhibit(collection)
    shown = released_relic(collection, name_en="Open jar")
    hidden = make_relic(collection, name_en="Closed jar")
    for relic in (shown, hidden):
        ExhibitItem.objects.create(exhibit=exhibit, relic=relic)
    release(exhibit, by=None)
    url = f"/exhibits/{exhibit.key}"
    assert "Open jar" in text_of(client, url)
    assert "Closed jar" not in text_of(client, url)
    assert f"/exhibits/{exhibit.key}" in text_of(client, f"/relics/{shown.key}")


@pytest.mark.parametrize(
    ("who", "status"), [("curator", 200), ("volunteer", 200), ("stranger", 404)]
)
def test_staff_look_at_the_scene_of_a_draft(
    client: Client,
    collection: Collection,
    who: str,
    status: int,
    request: pytest.FixtureRequest,
) -> None:
    exhibit = make_exhibit(collection)
    relic = make_relic(collection)
    make_run(relic)
    ExhibitItem.objects.create(exhibit=exhibit, relic=relic)
    client.force_login(request.getfixturevalue(who))
    answer = client.get(f"/exhibits/{exhibit.key}/preview")
    assert answer.status_code == status
    if status == 200:
        assert answer.json()["objects"][0]["model"]["url"].startswith("http")
        assert answer["Cache-Control"] == "private, no-store"


def test_the_language_switch_leads_back_to_the_page(client: Client, db: None) -> None:
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/relics/?q=a"})
    assert answer.headers["Location"] == "/relics/?q=a"
    assert '<html lang="en">' in client.get("/relics/").content.decode()


def test_who_asks_for_json_is_told_in_json(client: Client, db: None) -> None:
    answer = client.get("/relics/zzz", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_relics_page_is_light(client: Client, collection: Collection) -> None:
    """Of a maker with many works, with a model: its text, and all our styles and scripts."""
    maker = make_person(collection, state="released")
    works = [
        make_relic(collection, maker=maker, state="released", description_zh="器" * 900)
        for _each in range(8)
    ]
    make_run(works[0])
    page = text_of(client, f"/relics/{works[0].key}").encode()
    own = [*OWN.glob("*.css"), *OWN.glob("*.js")]
    assert len(own) > 20
    packed = sum(len(gzip.compress(file.read_bytes())) for file in own)
    assert len(page) + packed < 100_000
