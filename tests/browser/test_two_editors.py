"""Two people edit the same relic in two windows; the second merges, and nothing is lost."""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from heritage.catalogue.models import Collection, FormDraft, Relic
from tests.browser.conftest import TIMEOUT_MS, Watched, wait_until
from tests.browser.visiting import Visit
from tests.heritage.factories import make_relic, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")  # a folder to look at them


def sign_in(context: BrowserContext, user: User, site: str) -> None:
    """Give the window the cookie of a session, as signing in does."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}]
    )


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_the_second_of_two_sees_both_and_merges(
    watched: Watched,
    page: Page,
    chromium: Browser,
    live_server: object,
    collection: Collection,
    curator: User,
) -> None:
    site = str(live_server)
    relic = make_relic(collection, name_zh="青铜鼎", credit="某馆")
    form = f"{site}/admin/catalogue/relic/{relic.pk}/change/"
    sign_in(watched.context, curator, site)
    page.goto(form)
    page.fill("[name=name_zh]", "商代青铜圆鼎")
    page.fill("[name=description_zh]", "三足，有盖。")
    wait_until(page, "document.querySelector('.draft-state').textContent !== ''")
    assert FormDraft.objects.filter(user=curator, is_done=False).exists()
    _somebody_else_saves(chromium, site, form, make_user(collection, "curator"))
    page.click("[name=_save]")
    expect(page.locator("[data-merge] tr.both")).to_have_count(1)
    shoot(page, "merge")
    visit = Visit(page, site, {})
    assert visit.look() == []
    page.locator("tr.both input[value=mine]").check()
    page.locator("[data-merge] form button").click()
    expect(page.locator("[name=name_zh]")).to_have_value("商代青铜圆鼎")
    relic.refresh_from_db()
    assert (relic.name_zh, relic.name_en, relic.description_zh) == (
        "商代青铜圆鼎", "Round ding", "三足，有盖。",
    )  # fmt: skip
    expect(page.locator("dialog.keys")).to_be_attached()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    assert visit.look() == []
    page.goto(f"{site}/admin/catalogue/relic/{relic.pk}/review/")
    expect(page.locator("[data-review]")).to_be_visible()
    shoot(page, "review")
    page.goto(f"{site}/admin/")
    shoot(page, "start")
    # The browser itself tells of the answer that stopped the save, and of nothing else.
    assert all("409" in one for one in watched.complaints)
    watched.complaints.clear()


def test_what_was_typed_survives_a_session_that_ended(
    watched: Watched,
    page: Page,
    live_server: object,
    collection: Collection,
    curator: User,
) -> None:
    site = str(live_server)
    relic = make_relic(collection)
    form = f"{site}/admin/catalogue/relic/{relic.pk}/change/"
    sign_in(watched.context, curator, site)
    page.goto(form)
    watched.context.clear_cookies()
    page.fill("[name=name_zh]", "打到一半")
    wait_until(page, "document.querySelector('.draft-state').textContent !== ''")
    assert not FormDraft.objects.exists()
    sign_in(watched.context, curator, site)
    page.evaluate("window.onbeforeunload = null")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(form)
    page.locator(".unsaved-text a").click()
    expect(page.locator("[name=name_zh]")).to_have_value("打到一半")
    assert Relic.objects.get().name_zh != "打到一半"
    watched.complaints.clear()  # the browser tells of the refused hand-in


def _somebody_else_saves(chromium: Browser, site: str, form: str, user: User) -> None:
    context = chromium.new_context(locale="zh-CN")
    sign_in(context, user, site)
    other = context.new_page()
    other.set_default_timeout(TIMEOUT_MS)
    other.goto(form)
    other.fill("[name=name_zh]", "圆鼎")
    other.fill("[name=name_en]", "Round ding")
    other.click("[name=_save]")
    expect(other.locator("#changelist, #result_list").first).to_be_visible()
    context.close()
