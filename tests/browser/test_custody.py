"""Custody by clicking: the ledger keeper corrects a line, the store keeper counts on a phone."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from heritage.catalogue.models import Collection, Relic
from heritage.custody.actions.ledger import enter
from heritage.custody.actions.stocktaking import start_stocktake
from heritage.custody.codes import label_address
from heritage.custody.models import Ledger
from tests.heritage.factories import make_relic, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")  # a folder to look at them


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "zh-CN", "viewport": {"width": 412, "height": 915}}


@pytest.fixture
def relic(collection: Collection) -> Relic:
    found: Relic = make_relic(
        collection,
        register_no="总0001",
        name_zh="兽面纹鼎",
        store_location="一号库 · 三柜",
    )
    return found


def sign_in(page: Page, live_server: Any, user: User) -> None:
    """Bring a session along: signing in itself is another test's."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": cookie,
                "url": live_server.url,
            }
        ]
    )


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_the_ledger_keeper_corrects_what_the_register_has_changed(
    page: Page, live_server: Any, collection: Collection, relic: Relic
) -> None:
    keeper = make_user(collection, "ledger-keeper")
    enter(relic, by=keeper)
    relic.name_zh = "夔纹鼎"
    relic.save()
    sign_in(page, live_server, keeper)
    ledger = Ledger.objects.get()
    page.set_viewport_size({"width": 1360, "height": 900})
    page.goto(f"{live_server.url}/admin/custody/ledger/{ledger.pk}/book/")
    shoot(page, "ledger-before")
    page.locator("[name=reason]").fill("专家复核")
    page.locator("form", has=page.locator("[name=reason]")).locator("button").click()
    expect(page.locator("tbody del")).to_have_text("兽面纹鼎")
    expect(page.locator("tbody")).to_contain_text("夔纹鼎")
    shoot(page, "ledger")


def test_the_store_keeper_scans_as_a_handheld_scanner_types(
    page: Page, live_server: Any, collection: Collection, relic: Relic
) -> None:
    keeper = make_user(collection, "store-keeper")
    stocktake = start_stocktake(collection, "一号库", by=keeper)
    sign_in(page, live_server, keeper)
    page.goto(f"{live_server.url}/admin/custody/stocktake/{stocktake.pk}/count/")
    page.locator("#code").press_sequentially(label_address(relic))
    page.keyboard.press("Enter")
    expect(page.locator("[data-last]")).to_contain_text("兽面纹鼎")
    expect(page.locator("[data-total=found]")).to_have_text("1")
    expect(page.locator("#code")).to_be_focused()  # ready for the next
    shoot(page, "stocktake")
