"""The public pages in a real browser with the network cut."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Watched, is_inside
from tests.browser.museum import Museum
from tests.heritage.exhibits.made import MadeModel

pytestmark = pytest.mark.browser

LANGUAGES = {"zh": ("zh-CN", "zh-Hans"), "en": ("en-GB", "en")}
WIDTHS, HEIGHT = (390, 1280), 700


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "en-GB", "viewport": {"width": 800, "height": 600}}


@pytest.fixture
def relic_page(page: Page, museum: Museum, live_server: Any) -> Page:
    page.goto(f"{live_server.url}/relics/{museum.relics[0].key}")
    return page


def wait_for_model(page: Page) -> None:
    page.locator("[data-viewer][data-state=ready]").wait_for()


class TestEveryPage:
    @pytest.fixture(params=sorted(LANGUAGES))
    def language(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.fixture
    def window_options(self, language: str) -> dict[str, Any]:
        size = {"width": WIDTHS[0], "height": HEIGHT}
        return {"locale": LANGUAGES[language][0], "viewport": size}

    def test_stays_inside_fits_the_window_and_speaks_one_language(
        self, page: Page, museum: Museum, live_server: Any, language: str
    ) -> None:
        for address in museum.addresses:
            answer = page.goto(live_server.url + address)
            assert answer is not None
            assert answer.status == 200, address
            root = page.locator("html")
            expect(root).to_have_attribute("lang", LANGUAGES[language][1])
            assert page.locator("h1").count() == 1, address
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": HEIGHT})
                overflow = page.evaluate(
                    "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                assert overflow <= 0, f"{address} is too wide for {width} px"


def test_a_request_to_the_outside_is_noticed(watched: Watched) -> None:
    """The guard itself works: without this, the tests above could not fail."""
    page = watched.page()
    page.set_content("<img src='https://example.org/a.png'>")
    page.wait_for_load_state("networkidle")
    assert watched.outside == ["https://example.org/a.png"]
    assert not is_inside("https://cdn.example/three.js")
    assert is_inside("http://127.0.0.1:8000/")


def test_the_content_policy_stops_an_inline_script(
    watched: Watched, museum: Museum, live_server: Any
) -> None:
    page = watched.page()
    page.goto(live_server.url)
    with page.expect_console_message(
        lambda told: "Content Security Policy" in told.text
    ) as told:
        page.evaluate(
            "() => { const s = document.createElement('script');"
            " s.textContent = 'window.wasRun = true'; document.body.append(s); }"
        )
    assert told.value.type == "error"
    assert page.evaluate("window.wasRun") is None


def test_the_language_is_switched_in_place(
    page: Page, museum: Museum, live_server: Any
) -> None:
    page.goto(f"{live_server.url}/relics/{museum.relics[0].key}")
    expect(page.locator("h1")).to_have_text("Celadon vase")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("h1")).to_have_text("青釉瓶")
    expect(page).to_have_url(re.compile(museum.relics[0].key))


def test_a_relic_is_found_and_opened_by_keyboard(
    page: Page, museum: Museum, live_server: Any
) -> None:
    page.goto(f"{live_server.url}/relics/")
    page.locator("#q").fill("celadon")
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(1)
    page.locator(".card").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Celadon vase")


def test_a_lineage_is_walked_by_keyboard(
    page: Page, museum: Museum, live_server: Any
) -> None:
    page.goto(f"{live_server.url}/elements/{museum.element.key}")
    people = page.locator(".lineage a")
    people.first.focus()
    page.keyboard.press("ArrowDown")
    expect(people.filter(has_text="Young Wu")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Old Chen")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(
    page: Page, museum: Museum, live_server: Any
) -> None:
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


class TestViewer:
    def test_draws_the_finest_level_whole(
        self, relic_page: Page, packed: dict[str, MadeModel]
    ) -> None:
        wait_for_model(relic_page)
        viewer = relic_page.locator("[data-viewer]")
        finest = str(packed["web"].triangles)
        expect(viewer).to_have_attribute("data-triangles", finest)
        expect(viewer).to_have_attribute("data-drawn", finest)
        expect(relic_page.locator(".viewer-scale .text")).to_have_text("5 cm")

    def test_loads_coarse_before_fine(
        self, page: Page, museum: Museum, live_server: Any
    ) -> None:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{live_server.url}/relics/{museum.relics[0].key}")
        wait_for_model(page)
        models = [url.rsplit("/", 1)[-1] for url in asked if url.endswith(".glb")]
        assert models == ["thumb.glb", "web.glb"]

    def test_turns_by_keyboard_and_comes_back(self, relic_page: Page) -> None:
        wait_for_model(relic_page)
        canvas = relic_page.locator(".viewer canvas")
        scale = relic_page.locator(".viewer-scale .text")
        canvas.focus()
        for _ in range(14):
            relic_page.keyboard.press("+")
        expect(scale).to_have_text("1 cm")
        relic_page.keyboard.press("0")
        expect(scale).to_have_text("5 cm")

    def test_says_what_to_do_when_the_model_does_not_come(
        self, watched: Watched, museum: Museum, live_server: Any
    ) -> None:
        page = watched.page()

        def cut(route: Route) -> None:
            route.abort()

        page.route("**/*.glb", cut)
        page.goto(f"{live_server.url}/relics/{museum.relics[0].key}")
        message = page.locator(".viewer-message")
        expect(message).to_contain_text("Check the network")
        expect(page.locator(".poster")).to_be_visible()
        page.unroute("**/*.glb", cut)
        message.get_by_role("button").click()
        wait_for_model(page)
        expect(message).to_be_hidden()
