"""Deep zoom on a relic's page, in Chromium, under the page's own content security."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from heritage.catalogue.models import Collection
from heritage.iiif.making import renderers
from heritage.images.models import Image
from tests.browser.conftest import wait_until
from tests.heritage.factories import make_relic
from tests.heritage.images.made import gradient, place_image

pytestmark = [pytest.mark.browser, pytest.mark.slow]
READY = "document.querySelector('.zoom').dataset.state === 'ready'"


@pytest.fixture
def image(live_server: Any, collection: Collection) -> Iterator[Image]:
    relic = make_relic(collection, state="released")
    yield place_image(relic, gradient(2600, 1800))
    renderers.close()


def test_a_visitor_looks_into_an_image(
    page: Page, image: Image, live_server: Any
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/relics/{image.image_set.relic.key}")
    wait_until(page, READY)
    for _ in range(4):
        page.locator('[data-act="in"]').click()
    finest = "/1024,512,512,512/512,512/0/default.jpg"
    wait_until(
        page,
        "performance.getEntriesByType('resource').some("
        f"(one) => decodeURIComponent(one.name).endsWith('{finest}'))",
    )
    assert any(f"/iiif/3/{image.key}/info.json" in url for url in asked)


def test_a_link_to_a_view_opens_it_again(
    page: Page, image: Image, live_server: Any
) -> None:
    page.goto(f"{live_server.url}/relics/{image.image_set.relic.key}")
    wait_until(page, READY)
    page.locator('[data-act="in"]').click()
    page.locator('[data-act="share"]').click()
    wait_until(page, "Boolean(document.querySelector('.zoom').dataset.shared)")
    link = page.evaluate("document.querySelector('.zoom').dataset.shared")
    assert "/iiif/open?iiif-content=" in link
    page.goto(link)
    assert f"#image={image.key}&xywh=" in page.url
    wait_until(page, READY)
