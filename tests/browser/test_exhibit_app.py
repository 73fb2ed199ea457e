"""An exhibit as an installed app: filled while online, whole without network, never stale."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from heritage.catalogue.actions.release import withdraw
from heritage.catalogue.models import Relic
from tests.browser.conftest import wait_until
from tests.browser.museum import Museum

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KEPT = """async () => {
  const [name] = (await caches.keys()).filter((one) => one.includes("heritage-exhibit"));
  const kept = await (await caches.open(name)).keys();
  return kept.map((request) => request.url);
}"""


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "en-GB", "viewport": {"width": 640, "height": 480}}


def kept_models(page: Page) -> list[str]:
    page.locator("[data-room][data-kept]").wait_for()
    return [url for url in page.evaluate(KEPT) if url.endswith(".glb")]


def test_it_runs_without_network_and_lets_go_of_what_is_taken_back(
    page: Page, live_server: Any, museum: Museum
) -> None:
    vase, bell = museum.relics
    address = f"{live_server.url}/exhibits/{museum.exhibit.key}/app/"
    page.goto(address)
    room = page.locator("[data-room]")
    expect(room).to_have_attribute("data-models", "2")
    models = kept_models(page)
    assert len(models) == 4  # of each the best and the coarsest
    expect(room).to_have_attribute("data-left", "0")
    wait_until(page, "navigator.serviceWorker.controller !== null")

    page.context.set_offline(True)
    page.reload()
    expect(room).to_have_attribute("data-state", "ready")
    expect(room).to_have_attribute("data-models", "2")
    # The room that stands would ask for what it knows as soon as it is online.
    page.goto("about:blank")
    page.context.set_offline(False)

    # One is withdrawn, of the other the release may lapse: neither may stay.
    withdraw(bell, by=None)
    ends = timezone.localdate() + timedelta(days=30)
    Relic.objects.filter(pk=vase.pk).update(withdraw_on=ends)
    page.goto(address)
    expect(room).to_have_attribute("data-models", "1")
    expect(page.get_by_text("Bronze bell")).to_have_count(0)
    assert kept_models(page) == []
    expect(room).not_to_have_attribute("data-left", "0")
    expect(page.locator("body")).to_have_attribute("data-expires", ends.isoformat())
