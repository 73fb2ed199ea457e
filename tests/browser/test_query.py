"""The query editor in a real browser, with the network cut and a real query process."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Place
from heritage.linked_data.projector import Projector
from tests.browser.conftest import Watched
from tests.heritage.factories import make_relic
from tests.heritage.linked_data.conftest import PublishedGraph, published

pytestmark = pytest.mark.browser

__all__ = ["published"]
BEFORE_CHRIST = 3  # which of the questions: relics made between 500 and 100 BCE


@pytest.fixture
def editor(
    page: Page, live_server: Any, published: PublishedGraph, settings: Any
) -> Page:
    settings.QUERY_SOCKET = published.socket
    page.goto(f"{live_server.url}/query")
    return page


def test_a_question_is_asked_by_one_click(
    editor: Page, published: PublishedGraph, collection: Collection
) -> None:
    relic = make_relic(collection, name_en="Ding", begin_year=-300, end_year=-200)
    release(relic, by=None)
    Projector(published.store).drain()
    editor.locator("[data-query]").nth(BEFORE_CHRIST).click()
    results = editor.locator(".yasr_results")
    expect(results).to_contain_text("Ding")
    expect(results).to_contain_text(relic.key)


def test_an_answer_is_seen_on_a_map_and_along_time(
    watched: Watched,
    live_server: Any,
    published: PublishedGraph,
    collection: Collection,
    settings: Any,
) -> None:
    settings.QUERY_SOCKET = published.socket
    place = Place.objects.create(
        collection=collection, name_zh="满城", latitude=38.9, longitude=115.3
    )
    relic = make_relic(
        collection,
        find_place=place,
        find_shown_as="exact",
        source="excavation",
        begin_year=-205,
        end_year=8,
    )
    for record in (place, relic):
        release(record, by=None)
    Projector(published.store).drain()
    page = watched.page()
    page.goto(f"{live_server.url}/query")
    for question, view, told in (
        ("map", "heritage-map", place.name_zh),
        ("along time", "heritage-time", "206 BCE–8"),
    ):
        page.locator("[data-query]", has_text=question).click()
        page.locator(f".select_{view}").click()
        picture = page.locator(".view svg")
        expect(picture).to_contain_text(told)
        assert picture.locator(".mark").count() >= 1
        link = picture.locator("a").first.get_attribute("href") or ""
        assert link.startswith("/id/")
    assert watched.complaints == []
    assert watched.outside == []


def test_a_mistake_is_told_in_words(
    watched: Watched, live_server: Any, published: PublishedGraph, settings: Any
) -> None:
    settings.QUERY_SOCKET = published.socket
    page = watched.page()
    page.goto(f"{live_server.url}/query")
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setValue('ASK {')")
    page.locator(".yasqe_queryButton").click()
    expect(page.locator(".errorResult")).to_contain_text("cannot be read at line 1")
    # The browser itself complains of the answer's status, and of nothing else.
    assert ["400" in one for one in watched.complaints] == [True]
    assert watched.outside == []
