"""An exhibit from its bundle, with the museum gone and then with no network at all."""

import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from heritage.catalogue.models import Collection
from heritage.exhibits.devices import find_device
from heritage.pages.bundle.making import make_bundle
from tests.browser.conftest import wait_until
from tests.browser.museum import open_museum
from tests.heritage.exhibits.made import MadeModel

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "en-GB", "viewport": {"width": 640, "height": 480}}


@pytest.fixture
def site(
    collection: Collection,
    packed: dict[str, MadeModel],
    static_folder: None,
    tmp_path: Path,
    settings: Any,
) -> Iterator[str]:
    """A plain static server over an unpacked bundle; knows nothing of us."""
    settings.BUNDLE_KEY = tmp_path / "bundle.key"
    exhibit = open_museum(collection, packed).exhibit
    path, folder = tmp_path / "b.zip", tmp_path / "site"
    with path.open("wb") as file:
        make_bundle(exhibit, find_device("quest-3"), file)
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(folder)
    handler = partial(Quiet, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(20)


def test_it_runs_from_any_server_and_then_without_network(
    page: Page, site: str
) -> None:
    page.goto(f"{site}/index.en.html")
    room = page.locator("[data-room]")
    expect(room).to_have_attribute("data-state", "ready")
    expect(room).to_have_attribute("data-models", "2")
    page.get_by_role("button", name="Go up to it").nth(1).click()
    expect(page.locator(".room-caption h2")).to_have_text("Bronze bell")
    wait_until(page, "navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.reload()
    expect(room).to_have_attribute("data-state", "ready")
    expect(room).to_have_attribute("data-models", "2")
    page.context.set_offline(False)
