"""The search page in a real browser without scripts: from the box in the head to a hit."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from heritage.catalogue.models import Collection, Relic
from tests.heritage.factories import make_relic
from tests.heritage.search.desk import keep_up

pytestmark = pytest.mark.browser


@pytest.fixture
def window_options() -> dict[str, Any]:
    size = {"width": 390, "height": 800}
    return {"locale": "en-GB", "viewport": size, "java_script_enabled": False}


@pytest.fixture
def vases(
    collection: Collection, settings: LazySettings, tmp_path: Path
) -> list[Relic]:
    settings.SEARCH_ROOT = tmp_path
    made = [
        make_relic(
            collection, name_zh=zh, name_en=en, category=kind, state=Relic.State.RELEASED
        )
        for zh, en, kind in (
            ("青花梅瓶", "Meiping with Lotus", "porcelain"),
            ("铜瓶", "Bronze Bottle", "bronze"),
            ("青铜钟", "Bell", "bronze"),
        )
    ]  # fmt: skip
    keep_up()
    return made


def test_a_visitor_finds_a_vase_on_a_phone(
    page: Page, live_server: Any, vases: list[Relic]
) -> None:
    page.goto(f"{live_server.url}/exhibits/")
    page.get_by_label("Search the museum").fill("vases")
    page.keyboard.press("Enter")
    expect(page.locator(".hit")).to_have_count(2)
    width = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
    assert width == 0
    page.get_by_label("porcelain").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".hit")).to_have_count(1)
    page.get_by_role("link", name="Meiping with Lotus").click()
    expect(page.locator("h1")).to_contain_text("Meiping with Lotus")


def test_nothing_found_leads_on(
    page: Page, live_server: Any, vases: list[Relic]
) -> None:
    page.goto(f"{live_server.url}/search?q=bell&category=category:porcelain")
    expect(page.locator(".hit")).to_have_count(0)
    page.get_by_role("link", name="everywhere").click()
    expect(page.locator(".hit")).to_have_count(1)
