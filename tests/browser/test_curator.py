"""The curator's part by clicking, in Chinese: from an empty register to a public model.

The museum is a real one, as `manage.py serve` starts it: its worker computes the model
that the browser then shows.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import TIMEOUT_MS, Watched
from tests.flow.processes import Started
from tests.flow.served import CURATOR, PASSWORD, engage_curator, served_museum

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROGRESS = """run => {
  const bar = run.querySelector("progress"), line = run.querySelector("progress + p");
  return bar && line && [bar.value, line.innerText];
}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
RUN_MS = 900_000  # a machine under load; a sound one needs some 20 s
SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")  # a folder to look at them


@pytest.fixture(scope="module")
def museum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    with served_museum(tmp_path_factory.mktemp("curator") / "museum") as museum:
        engage_curator(museum)
        yield museum


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A small virtual bell from enough sides, and a file that is cut short."""
    folder = tmp_path_factory.mktemp("scans")
    command = [sys.executable, "-m", "scans", "synthesize", "bell", "--seed", "3"]
    command += ["--scans", "8", "--points", "4000", "--colour", "--out", str(folder)]
    subprocess.run(
        command, cwd=settings.BASE_DIR, stdout=subprocess.DEVNULL, check=True
    )
    whole = sorted(folder.glob("*.ply"))
    cut = folder / "cut-short.ply"
    cut.write_bytes(whole[0].read_bytes()[:5000])
    return [*whole, cut]


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "zh-CN", "viewport": {"width": 1360, "height": 900}}


def test_from_scans_to_a_public_model(
    watched: Watched,
    page: Page,
    museum: Started,
    scans: list[Path],
    chromium: Browser,
) -> None:
    log_in(page, museum)
    relic = make_relic(page, museum)
    work = add_capture(page, museum)
    send(page, scans)
    # The browser itself tells of the answer that stopped the set, and of nothing else.
    assert ["422" in one for one in watched.complaints] == [True]
    watched.complaints.clear()
    compute(page)
    read_quality(page)
    set_upright(page)
    describe_and_release(page, relic)
    page.goto(work)
    expect(page.locator(".run .chosen")).to_be_visible()
    check_public(chromium, museum)


def log_in(page: Page, museum: Started) -> None:
    page.goto(f"{museum.site}/admin/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    shoot(page, "login")
    page.locator("#id_username").fill(CURATOR)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("link", name="文物", exact=True).first).to_be_visible()
    shoot(page, "index")


def make_relic(page: Page, museum: Started) -> str:
    """Write what is needed to begin; give the record's address."""
    page.goto(f"{museum.site}/admin/catalogue/relic/add/")
    page.locator("#id_name_zh").fill("钮钟")
    page.locator("#id_name_en").fill("Bell with a loop")
    page.locator("#id_register_no").fill("0001")
    page.locator("#id_category").select_option("bronze")
    page.get_by_role("link", name="添加另一个 质地").click()
    page.locator("#id_materials-0-material").select_option("copper")
    shoot(page, "relic")
    page.locator("[name=_continue]").click()
    page.wait_for_url(re.compile(r"/relic/\d+/change/"))
    shoot(page, "relic-saved")
    return page.url


def add_capture(page: Page, museum: Started) -> str:
    page.goto(f"{museum.site}/admin/captures/capture/add/")
    page.locator("#id_relic + .select2").click()
    page.locator(".select2-results__option", has_text="钮钟").click()
    page.locator("#id_unit").select_option("m")
    shoot(page, "capture-form")
    page.locator("[name=_save]").click()
    page.wait_for_url("**/work/")
    shoot(page, "capture-empty")
    return page.url


def send(page: Page, scans: list[Path]) -> None:
    """Send the scans, one of them bad, and read what was found."""
    page.locator("#files").set_input_files(scans)
    page.get_by_role("button", name="发送").click()
    # The bad one stops the set, until a person wants it kept all the same.
    fault = page.locator("[data-report] tr[data-level=error]")
    expect(fault.first).to_contain_text("cut-short.ply", timeout=RUN_MS)
    shoot(page, "capture-report")
    page.locator("[data-despite]").click()
    rows = page.locator("table.files tbody tr")
    expect(rows).to_have_count(len(scans), timeout=RUN_MS)
    bad = rows.filter(has_text="cut-short.ply")
    expect(bad.locator(".bad")).to_contain_text("cut-short.ply")
    expect(page.locator("table.files .good")).to_have_count(len(scans) - 1)
    shoot(page, "capture-files")


def compute(page: Page) -> None:
    """Start a trial; see progress and stage move, and at the end the pictures."""
    page.get_by_role("button", name="快速试算").click()
    run = page.locator(".run").first
    shoot(page, "capture-begun")
    shown: list[tuple[float, str]] = []

    def note() -> None:
        # In one look: the page may put the next state there between two.
        seen = run.evaluate(PROGRESS)
        if seen:
            shown.append((float(seen[0]), seen[1]))
            if len(shown) == 5:
                shoot(page, "capture-running")

    poll(page, run, note)
    expect(run).to_have_attribute("data-state", "succeeded")
    values = [value for value, _text in shown]
    stages = {text.split("·")[1].strip() for _v, text in shown if "·" in text}
    assert values == sorted(values)
    assert len(set(values)) > 2, shown
    assert len(stages) > 1, shown
    pictures = run.locator(".pictures img")
    expect(pictures).to_have_count(8)
    pictures.last.scroll_into_view_if_needed()
    expect_loaded(page, ".run .pictures img")
    shoot(page, "capture-done")


def read_quality(page: Page) -> None:
    """Open the sheet, see its pictures, take its PDF home, and come back."""
    page.locator(".run .acts a[href$='/quality/']").click()
    page.locator("[data-sheet]").wait_for()
    expect_loaded(page, "[data-sheet] figure img")
    # Two of the master, and two of each of the files that are always made.
    expect(page.locator("[data-sheet] figure img")).to_have_count(6)
    expect(page.locator("#acceptance .verdict").first).to_be_visible()
    shoot(page, "quality")
    with page.expect_download() as told:
        page.locator(".sheet-acts a").first.click()
    assert told.value.path().read_bytes().startswith(b"%PDF")
    page.locator(".work-crumbs a").click()
    page.wait_for_url("**/work/")


def poll(page: Page, run: Any, look: Any) -> None:
    waited_ms = 0
    while run.get_attribute("data-state") in {"waiting", "running"}:
        assert waited_ms < RUN_MS, run.inner_text()
        look()
        page.wait_for_timeout(200)
        waited_ms += 200


def expect_loaded(page: Page, selector: str) -> None:
    page.wait_for_function(
        "s => [...document.querySelectorAll(s)].every(i => i.naturalWidth > 0)",
        arg=selector,
    )


def set_upright(page: Page) -> None:
    """See the model, turn it, take the turn back, say that it stands right."""
    page.get_by_role("link", name="查看并摆正").click()
    page.locator("[data-upright][data-state=ready]").wait_for()
    page.evaluate(TWO_FRAMES)  # what is ready may still have to be drawn
    proposed = drawing(page)
    shoot(page, "upright")
    page.locator("[data-turn='x,90']").click()
    poll_until(page, lambda: drawing(page) != proposed)
    shoot(page, "upright-turned")
    undo = page.get_by_role("button", name="撤销")
    undo.click()
    expect(undo).to_be_disabled()
    poll_until(page, lambda: drawing(page) == proposed)
    page.locator("[data-save]").click()
    page.wait_for_url("**/work/")
    expect(page.locator(".run .chosen")).to_be_visible()
    shoot(page, "capture-accepted")


def poll_until(page: Page, holds: Callable[[], bool]) -> None:
    """Look until it holds: a busy machine draws late."""
    waited_ms = 0
    while not holds():
        assert waited_ms < TIMEOUT_MS
        page.wait_for_timeout(200)
        waited_ms += 200


def drawing(page: Page) -> bytes:
    return page.locator("[data-upright] canvas").screenshot()


def describe_and_release(page: Page, relic: str) -> None:
    page.goto(relic)
    page.locator("#id_description_zh").fill("合瓦形，素面，舞上有环钮。")
    page.get_by_role("button", name="保存并发布").click()
    expect(page.get_by_text("已发布").first).to_be_visible()
    shoot(page, "relic-released")


def check_public(chromium: Browser, museum: Started) -> None:
    """A stranger with a fresh browser sees the model."""
    context = chromium.new_context(locale="en-GB")
    stranger = Watched(context)
    context.route("**/*", stranger.guard)
    page = stranger.page()
    page.goto(f"{museum.site}/relics/")
    page.locator(".card", has_text="Bell with a loop").click()
    viewer = page.locator("[data-viewer][data-state=ready]")
    viewer.wait_for()
    expect(viewer).to_have_attribute("data-drawn", re.compile(r"\d{4,}"))
    shoot(page, "public")
    assert stranger.outside == []
    assert stranger.complaints == []
    context.close()


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
