"""A curator clicks on a model and says what is there; a visitor reads it."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.museum import Museum

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# A quarter turn, a hotspot in the middle of what one sees then, and the turn back.
QUICK_KEYS = """() => {
  const canvas = document.querySelector(".hotspots-view canvas");
  const press = (key, times) => {
    for (; times > 0; times -= 1) canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
  };
  press("ArrowRight", 12);
  press("Enter", 1);
  press("ArrowLeft", 12);
  return JSON.parse(localStorage.getItem(`hotspots:${location.pathname}`)).spots[0].position;
}"""


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "en-GB", "viewport": {"width": 900, "height": 640}}


def sign_in(context: BrowserContext, user: User, address: str) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": address}])


def test_from_the_click_to_the_reader(
    page: Page,
    live_server: Any,
    museum: Museum,
    curator: User,
) -> None:
    relic = museum.relics[0]
    sign_in(page.context, curator, live_server.url)
    place = reverse("admin:exhibits_hotspot_place", args=[relic.key])
    page.goto(f"{live_server.url}{place}")
    desk = page.locator("[data-hotspots]")
    expect(desk).to_have_attribute("data-state", "ready")
    # Keys quicker than the next frame: the side that one has turned to is meant.
    (x, _y, z) = page.evaluate(QUICK_KEYS)
    assert (x, z) == pytest.approx((0.1, 0), abs=0.02)
    page.locator("[data-undo]").click()
    expect(desk).to_have_attribute("data-count", "0")
    page.locator(".hotspots-view canvas").click()
    page.locator("[name=title_en]").fill("The rim")
    page.locator("[name=fact]").select_option("material")
    # Left without saving, by accident: it is back.
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(desk).to_have_attribute("data-state", "ready")
    expect(desk).to_have_attribute("data-count", "1")
    page.locator("[data-save]").click()
    expect(desk).to_have_attribute("data-state", "saved")

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/relics/{relic.key}")
    page.locator("[data-viewer][data-state=ready]").wait_for()
    pin = page.locator(".pin")
    expect(pin).to_have_count(1)
    pin.click()
    panel = page.locator("[data-pin-panel]")
    expect(panel.locator("h3")).to_have_text("The rim")
    expect(panel.locator("dt")).to_have_text(["Material"])
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    # The same by keyboard alone, from the list below the model.
    page.locator("[data-pin]").focus()
    page.keyboard.press("Enter")
    expect(panel).to_be_visible()
