"""The query editor in a real browser, with the network cut and a real query process."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Place
from heritage.linked_data.projector import Projector
from tests.browser.conftest import Watched, wait_until
from tests.heritage.exhibits.made import make_run
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
    expect(results.locator("th", has_text="relic ?relic")).to_be_visible()


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


def test_pictures_are_seen_and_a_link_leads_back_to_the_query(
    watched: Watched,
    live_server: Any,
    published: PublishedGraph,
    collection: Collection,
    settings: Any,
    museum_folder: Any,
) -> None:
    settings.QUERY_SOCKET = published.socket
    relic = make_relic(collection)
    make_run(relic)
    release(relic, by=None)
    Projector(published.store).drain()
    page = watched.page()
    page.goto(f"{live_server.url}/query")
    page.locator("[data-query]", has_text="as a gallery").click()
    page.locator(".select_heritage-gallery").click()
    plate = page.locator(".view-gallery figure").first
    expect(plate).to_contain_text(relic.name_en)
    picture = plate.locator("img")
    wait_until(page, "document.querySelector('.view-gallery img').naturalWidth > 0")
    expect(picture).to_have_attribute("alt", relic.name_en)

    page.locator(".yasqe_share").click()
    link = page.locator(".yasqe_sharePopup input").input_value()
    other = watched.page()
    other.goto(link)
    expect(other.locator(".CodeMirror-code").first).to_contain_text("la:access_point")
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


def test_terms_are_completed_by_name_and_by_label(
    watched: Watched, live_server: Any, published: PublishedGraph, settings: Any
) -> None:
    """By the keyboard alone: ask for terms, take the first, run the query."""
    settings.QUERY_SOCKET = published.socket
    page = watched.page()
    page.goto(f"{live_server.url}/query")
    start = "PREFIX crm: <http://www.cidoc-crm.org/cidoc-crm/>\nSELECT * { ?relic "
    page.evaluate(
        "text => { const editor = document.querySelector('.CodeMirror').CodeMirror;"
        " editor.setValue(text); editor.setCursor(editor.lineCount(), 0); editor.focus(); }",
        start,
    )
    hints = page.locator(".CodeMirror-hints")
    for typed, shown, taken in (
        ("crm:P43", "has dimension", "crm:P43_has_dimension"),
        (
            " ?size ; crm:P45_consists_of porcel",
            "porcelain",
            "/porcelain>",
        ),
    ):
        page.keyboard.type(typed)
        page.keyboard.press("Control+Space")
        expect(hints).to_contain_text(shown)
        page.keyboard.press("Enter")
        expect(hints).to_have_count(0)
        expect(page.locator(".CodeMirror-code")).to_contain_text(taken)
    page.keyboard.type(" }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".yasr_results")).to_be_visible()
    assert watched.complaints == []
    assert watched.outside == []


def test_text_never_begins_beneath_the_margin(editor: Page) -> None:
    margin = editor.locator(".CodeMirror-gutters")
    margin.evaluate("(node) => { node.style.paddingRight = '20px'; }")
    wait_until(
        editor,
        "document.querySelector('.CodeMirror-gutters').getBoundingClientRect().right"
        " <= document.querySelector('.CodeMirror-line').getBoundingClientRect().left",
    )
