"""A model with KTX2 maps in the viewer: decoded by our own transcoder, under our policy."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Relic
from tests.browser.ktx2 import textured_model
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.browser


@pytest.fixture
def relic(collection: Collection, tmp_path: Path) -> Relic:
    made = make_relic(collection)
    make_run(made, models={"web": textured_model(tmp_path)})
    release(made, by=None)
    return made


def test_maps_are_decoded_and_seen(page: Page, relic: Relic, live_server: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/relics/{relic.key}")
    page.locator("[data-viewer][data-state=ready]").wait_for()
    viewer = page.locator("[data-viewer]")
    expect(viewer).to_have_attribute("data-maps", "2")
    expect(viewer).to_have_attribute("data-drawn", "2")
    assert any(url.endswith("/libs/basis/basis_transcoder.wasm") for url in asked)
    above, below = _halves(page)
    assert above[0] > 1.5 * above[2]
    assert below[2] > 1.5 * below[0]


def _halves(page: Page) -> tuple[np.ndarray, np.ndarray]:
    """Mean colour a little above and a little below the middle of the drawing."""
    shot = page.locator(".viewer canvas").screenshot()
    pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"), np.float64)
    rows, columns = (length // 2 for length in pixels.shape[:2])
    around = slice(columns - 20, columns + 20)
    above, below = (
        pixels[rows + step - 10 : rows + step + 10, around] for step in (-50, 50)
    )
    return above.mean(axis=(0, 1)), below.mean(axis=(0, 1))
