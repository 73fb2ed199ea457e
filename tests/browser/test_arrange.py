"""A curator arranges a room and a visitor takes its tour."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from heritage.exhibits.models import TourStop
from tests.browser.museum import Museum
from tests.browser.test_hotspots import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "en-GB", "viewport": {"width": 1100, "height": 800}}


def test_from_the_drag_to_the_tour(
    page: Page,
    live_server: Any,
    museum: Museum,
    curator: User,
) -> None:
    exhibit = museum.exhibit
    vase, bell, _craft = exhibit.items.all()
    for number, item in enumerate((bell, vase)):
        TourStop.objects.create(
            exhibit=exhibit, item=item, number=number, text_en=f"Words {number}"
        )
    sign_in(page.context, curator, live_server.url)
    address = reverse("admin:exhibits_exhibit_arrange", args=[exhibit.pk])
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{live_server.url}{address}")
    desk = page.locator("[data-arrange]")
    expect(desk).to_have_attribute("data-state", "ready")
    expect(page.locator("[data-meters] section")).to_have_count(6)

    page.get_by_role("button", name="in a circle").click()
    expect(desk).to_have_attribute("data-layout", "circle")
    page.get_by_role("button", name="Bronze bell").click()
    expect(desk).to_have_attribute("data-chosen", bell.key)
    page.locator(".arrange-view canvas").focus()
    before = page.locator("[name=x]").input_value()
    page.keyboard.press("ArrowRight")
    expect(desk).to_have_attribute("data-layout", "hand")
    assert float(page.locator("[name=x]").input_value()) == pytest.approx(
        float(before) + 0.1, abs=0.051
    )
    page.get_by_role("button", name="Undo").click()
    expect(desk).to_have_attribute("data-layout", "circle")
    page.locator("[name=x]").fill("1.25")
    page.locator("[name=x]").press("Enter")
    page.locator("[name=z]").fill("-0.5")
    page.locator("[name=z]").press("Enter")
    page.locator("[data-mood]").select_option("day")
    # Left without saving, by accident: it is back.
    page.reload()
    expect(desk).to_have_attribute("data-state", "ready")
    expect(desk).to_have_attribute("data-layout", "hand")
    page.get_by_role("button", name="Save").click()
    expect(desk).to_have_attribute("data-state", "saved")
    bell.refresh_from_db()
    assert (bell.x_m, bell.z_m) == (1.25, -0.5)

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/exhibits/{exhibit.key}")
    room = page.locator("[data-room]")
    expect(room).to_have_attribute("data-state", "ready")
    page.get_by_role("button", name="Guided tour").click()
    expect(page.locator("[data-tour-text]")).to_have_text("Words 0")
    expect(page.locator(".room-caption h2")).to_have_text("Bronze bell")
    page.get_by_role("button", name="On", exact=True).click()
    expect(page.locator("[data-tour-text]")).to_have_text("Words 1")
    page.locator(".room canvas").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-tour]")).to_be_hidden()
