"""Our manifests in Mirador itself, on a page of another site: what others will do.

Mirador comes by `.ci/mirador.py`; it is no part of the museum.
"""

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from playwright.sync_api import Response, expect

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Relic
from heritage.exhibits.models import ExhibitItem
from heritage.iiif.making import renderers
from tests.browser.conftest import Watched
from tests.heritage.factories import make_exhibit, make_relic
from tests.heritage.images.made import gradient, place_image

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MIRADOR: Final = Path(settings.BASE_DIR) / ".venv" / "viewers" / "mirador.min.js"
PAGE: Final = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>M</title>
<link rel="icon" href="data:,"></head><body><div id="m"></div>
<script src="/mirador.js"></script></body></html>"""
ITS_OWN: Final = (
    "element.ref was removed in React 19"  # Mirador 4.0 complains so of itself
)
SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")


@pytest.fixture
def relic(live_server: Any, collection: Collection) -> Iterator[Relic]:
    relic = make_relic(
        collection, state="released", name_en="Ode on silk", credit="The museum"
    )
    place_image(relic, gradient(900, 700))
    yield relic
    renderers.close()


AT_LEAST: Final = 4  # of each window the description and a tile
LOOK_MS: Final = 200
PATIENCE_LOOKS: Final = 450


@pytest.fixture(autouse=True)
def mirador() -> None:
    if not MIRADOR.is_file():
        pytest.skip("Mirador is not here: `make setup-dev` brings it, with a network")


class Elsewhere(BaseHTTPRequestHandler):
    """A page of somebody else's that shows Mirador."""

    def do_GET(self) -> None:
        is_script = self.path == "/mirador.js"
        content = MIRADOR.read_bytes() if is_script else PAGE.encode()
        kind = "text/javascript" if is_script else "text/html"
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_told: Any) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another origin than ours, which is at `localhost`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join(30)


def test_mirador_opens_relics_exhibits_and_the_collection(
    watched: Watched,
    relic: Relic,
    collection: Collection,
    live_server: Any,
    elsewhere: str,
) -> None:
    page, show = watched.page(), make_exhibit(collection)
    ExhibitItem.objects.create(exhibit=show, relic=relic, number=1)
    release(show, by=None)
    site = f"{live_server.url}/iiif/p3"
    tiles: list[int] = []

    def note(told: Response) -> None:
        if "/iiif/3/" in told.url:
            tiles.append(told.status)

    page.on("response", note)
    shown = {
        "id": "m",
        "windows": [
            {"manifestId": f"{site}/relic/{relic.key}/manifest"},
            {"manifestId": f"{site}/exhibit/{show.key}/manifest"},
        ],
        "catalog": [{"manifestId": f"{site}/collection/museum"}],
    }
    page.goto(elsewhere)
    page.evaluate("(shown) => { Mirador.viewer(shown); }", shown)
    windows = page.locator(".mirador-window")
    expect(windows).to_have_count(2)
    expect(windows.first.locator("h2")).to_contain_text("Ode on silk")
    expect(windows.last.locator("h2")).to_contain_text(show.name_en)
    for window in windows.all():
        expect(window.locator(".mirador-osd-container canvas").first).to_be_visible()
    for _look in range(PATIENCE_LOOKS):
        if len(tiles) >= AT_LEAST:
            break
        page.wait_for_timeout(LOOK_MS)
    assert len(tiles) >= AT_LEAST
    assert set(tiles) == {200}
    ours = [told for told in watched.complaints if ITS_OWN not in told]
    assert (watched.outside, ours) == ([], [])
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / "mirador.png")
