"""Dropped, paused, the browser closed, opened again, resumed: and kept as one set."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    expect,
)

from tests.browser.conftest import Watched
from tests.flow.web import CURATOR, PASSWORD, Web, open_web

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")  # a folder to look at them
CHUNK_BYTES = 8 * 1024**2
BIG_BYTES = 5 * CHUNK_BYTES
PATIENCE_MS = 300_000  # for a machine under load
# Files that a person drops, one of them in a folder: what a page gets to see of it.
DROP = """
(zone) => {
  const file = (name, text) => ({
    isFile: true, isDirectory: false, name,
    file: (done) => done(new File([text], name, { lastModified: 1700000000000 })),
  });
  const folder = (name, inner) => ({
    isFile: false, isDirectory: true, name,
    createReader: () => { let left = [inner]; return { readEntries: (done) => done(left.pop() ?? []) }; },
  });
  const entries = [
    folder("vase", [file("notes.md", "seen from the front"), folder("photos", [file("1.jpg", "a picture")])]),
    file("notes.md", "seen from the back"),
  ];
  const event = new Event("drop", { bubbles: true, cancelable: true });
  const items = entries.map((entry) => ({ webkitGetAsEntry: () => entry }));
  Object.defineProperty(event, "dataTransfer", { value: { items, files: [] } });
  zone.dispatchEvent(event);
}
"""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with open_web(tmp_path_factory.mktemp("uploads") / "museum") as web:
        yield web


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("big") / "raw-scan.ply"
    path.write_bytes(os.urandom(BIG_BYTES))
    return path


def window(chromium: Browser, web: Web, language: str) -> tuple[Watched, Page]:
    """A browser newly started, with somebody logged in."""
    context = chromium.new_context(
        locale=language, viewport={"width": 1280, "height": 900}
    )
    watched = Watched(context)
    context.route("**/*", watched.guard)
    page = watched.page()
    page.goto(f"{web.site}/admin/login/?next=/admin/captures/capture/")
    page.locator("#id_username").fill(CURATOR)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.wait_for_url("**/capture/")
    page.set_default_timeout(PATIENCE_MS)
    page.goto(web.work)
    page.locator("[data-work][data-ready]").wait_for()
    return watched, page


def test_an_upload_goes_on_after_the_browser_was_closed(
    chromium: Browser, web: Web, big: Path
) -> None:
    first, page = window(chromium, web, "en-GB")
    hold_after(first.context, chunks=2)
    page.locator("#files").set_input_files(big)
    page.get_by_role("button", name="Send").click()
    row = page.locator("[data-files] li", has_text=big.name)
    await_state(row, "16 MB of")
    shoot(page, "upload-sending")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("[data-say]")).to_contain_text("Nothing is lost")
    shoot(page, "upload-paused")
    first.context.close()

    second, page = window(chromium, web, "zh-CN")
    row = page.locator("[data-files] li", has_text=big.name)
    offset = int(row.get_attribute("data-offset") or 0)
    assert offset == 2 * CHUNK_BYTES
    shoot(page, "upload-found-again")
    asked: list[int] = []
    page.on(
        "request",
        lambda one: (
            asked.append(int(one.headers["upload-offset"]))
            if one.method == "PATCH"
            else None
        ),
    )
    page.locator("#files").set_input_files(big)
    page.locator("[data-drop] button[type=submit]").click()
    # It goes on where it was; what is no scan is an error, and waits for a decision.
    report = page.locator("[data-report] tr[data-code]")
    expect(report.first).to_be_visible(timeout=PATIENCE_MS)
    assert asked[0] == offset
    assert report.first.get_attribute("data-level") == "error"
    shoot(page, "upload-report")
    page.locator("[data-despite]").click()
    expect(page.locator("table.files td", has_text=big.name).first).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(page.locator("[data-files] li")).to_have_count(0)
    assert first.outside == second.outside == []
    second.context.close()
    kept = list((web.folder / "archive").rglob(big.name))
    assert [path.read_bytes() == big.read_bytes() for path in kept] == [True]


def test_folders_are_dropped_with_their_paths(chromium: Browser, web: Web) -> None:
    watched, page = window(chromium, web, "en-GB")
    page.locator("[data-drop]").evaluate(DROP)
    for name in ("vase/notes.md", "vase/photos/1.jpg"):
        cell = page.locator("table.files td", has_text=name)
        expect(cell.first).to_be_visible(timeout=PATIENCE_MS)
    shoot(page, "upload-folders")
    watched.context.close()
    assert watched.complaints == []
    photo = next((web.folder / "archive").rglob("vase/photos/1.jpg"))
    assert photo.read_bytes() == b"a picture"


def test_an_upload_is_cancelled_by_keyboard(
    chromium: Browser, web: Web, big: Path
) -> None:
    watched, page = window(chromium, web, "en-GB")
    hold_after(watched.context, chunks=1)
    page.locator("#files").set_input_files(big)
    page.get_by_role("button", name="Send").press("Enter")
    row = page.locator("[data-files] li", has_text=big.name)
    await_state(row, "8 MB of")
    page.get_by_role("button", name=f"Cancel {big.name}").press("Enter")
    expect(page.locator("[data-say]")).to_contain_text("was cancelled")
    page.reload()
    page.locator("[data-work][data-ready]").wait_for()
    expect(page.locator("[data-files] li")).to_have_count(0)
    watched.context.close()


def hold_after(context: BrowserContext, *, chunks: int) -> None:
    """Let so many chunks through; the next one is on its way for ever."""
    passed: list[Route] = []

    def gate(route: Route) -> None:
        if route.request.method != "PATCH":
            route.fallback()
            return
        passed.append(route)
        if len(passed) <= chunks:
            route.fallback()

    context.route("**/work/uploads/*", gate)


def await_state(row: Locator, shown: str) -> None:
    """Wait until so many megabytes of a file have arrived."""
    expect(row.locator("[data-state]")).to_contain_text(shown, timeout=PATIENCE_MS)


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
