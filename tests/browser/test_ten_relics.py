"""A curator makes an exhibit of ten relics from nothing; visitors see it in five ways.

With the environment variable HERITAGE_TEST_SCREENSHOTS naming a folder, each step and each
way of seeing it is kept there as a picture.
"""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection, Relic
from heritage.exhibits.devices import find_device
from heritage.exhibits.models import Exhibit
from heritage.pages.bundle.making import make_bundle
from tests.browser.conftest import Watched, wait_until
from tests.browser.test_hotspots import sign_in
from tests.browser.test_public_exhibit import FRAMES, IWER, PUT_ON, ROOM
from tests.heritage.exhibits import sounds
from tests.heritage.exhibits.made import MadeModel, make_run
from tests.heritage.factories import make_relic

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")
NAMES = (
    ("青釉瓶", "Celadon vase"), ("青铜钟", "Bronze bell"), ("玉璧", "Jade bi"),
    ("木雕罗汉", "Carved luohan"), ("铜镜", "Bronze mirror"), ("白瓷碗", "White bowl"),
    ("执壶", "Ewer"), ("铜鼎", "Bronze ding"), ("漆盒", "Lacquer box"), ("陶俑", "Figure"),
)  # fmt: skip
TABS = {"items": "general"}  # what is shown stands on the first tab
ROOMS = (("序厅", "Foyer"), ("珍宝厅", "Treasury"))


@pytest.fixture
def window_options() -> dict[str, Any]:
    size = {"width": 1360, "height": 900}
    return {"locale": "zh-CN", "viewport": size, "reduced_motion": "reduce"}


@pytest.fixture
def relics(collection: Collection, packed: dict[str, MadeModel]) -> list[Relic]:
    made = []
    for chinese, english in NAMES:
        relic = make_relic(collection, name_zh=chinese, name_en=english)
        make_run(relic, models=packed)
        release(relic, by=None)
        made.append(relic)
    return made


def test_from_nothing_to_every_way_of_seeing_it(
    page: Page,
    chromium: Browser,
    live_server: Any,
    relics: list[Relic],
    curator: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "BUNDLE_KEY", tmp_path / "bundle.key")
    page.on("dialog", lambda dialog: dialog.accept())
    sign_in(page.context, curator, live_server.url)
    exhibit = build(page, live_server.url, tmp_path)
    arrange(page, live_server.url, exhibit)
    release(exhibit, by=curator)
    exhibit.refresh_from_db()

    address = f"{live_server.url}/exhibits/{exhibit.key}"
    for name, options, more in WAYS:
        with seen(chromium, options) as visitor:
            if name == "headset":
                visitor.add_init_script(IWER.read_text("utf-8") + PUT_ON)
            look(visitor, f"{address}{more}", name)
    with small_server(exhibit, tmp_path) as site, seen(chromium, {}) as visitor:
        visitor.route("**/revocations.json", lambda route: route.abort())
        look(visitor, f"{site}/index.html", "bundle-online")
        wait_until(visitor, "navigator.serviceWorker.controller !== null")
        visitor.context.set_offline(True)
        look(visitor, f"{site}/index.html", "bundle-offline")
        visitor.context.set_offline(False)


WAYS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("page", {}, ""),
    ("phone", {"viewport": {"width": 390, "height": 844}, "has_touch": True,
               "is_mobile": True, "device_scale_factor": 2}, ""),
    ("kiosk", {"viewport": {"width": 1080, "height": 720}}, "?kiosk"),
    ("headset", {"viewport": {"width": 800, "height": 600}}, "?device=quest-3"),
)  # fmt: skip


def build(page: Page, site: str, folder: Path) -> Exhibit:
    """Fill in the exhibit's own page: names, rooms, ten relics, a tour, a narration."""
    page.goto(f"{site}{reverse('admin:exhibits_exhibit_add')}")
    page.locator("#id_name_zh").fill("十件珍品")
    page.locator("#id_name_en").fill("Ten treasures")
    page.locator("#id_description_zh").fill("从无到有的一个展览。")
    save(page)
    exhibit = Exhibit.objects.get(name_zh="十件珍品")
    for number, (chinese, english) in enumerate(ROOMS):
        add_row(page, "rooms")
        page.locator(f"#id_rooms-{number}-name_zh").fill(chinese)
        page.locator(f"#id_rooms-{number}-name_en").fill(english)
    save(page)
    for number, (chinese, _english) in enumerate(NAMES):
        add_row(page, "items")
        choose(page, f"items-{number}-relic", chinese)
        if number >= len(NAMES) // 2:
            page.locator(f"#id_items-{number}-room").select_option(label="珍宝厅")
    shoot(page, "1-what-is-shown")
    save(page)
    assert exhibit.items.count() == len(NAMES)
    add_row(page, "stops")
    page.locator("#id_stops-0-item").select_option(label="青釉瓶")
    page.locator("#id_stops-0-text_zh").fill("先看釉色。")
    add_row(page, "narrations")
    sound = folder / "welcome.wav"
    sound.write_bytes(sounds.wav(20))
    page.locator("#id_narrations-0-upload").set_input_files(sound)
    page.locator("#id_narrations-0-transcript").fill("欢迎来到珍宝厅。")
    shoot(page, "2-narration")
    save(page)
    assert exhibit.narrations.get().sound.size_bytes == sound.stat().st_size
    page.locator("#tabs-items a[href='#narrations']").click()
    shoot(page, "3-handed-in")
    return exhibit


def add_row(page: Page, inline: str) -> None:
    page.locator(f"#tabs-items a[href='#{TABS.get(inline, inline)}']").click()
    page.locator(f"#{inline}-group .add-row").last.click()


def choose(page: Page, field: str, name: str) -> None:
    """Find a record by its name, as one types it into the box."""
    page.locator(f"#id_{field} + .select2 .select2-selection").click()
    page.locator(".select2-search__field").last.fill(name)
    page.locator(".select2-results__option", has_text=name).first.click()


def save(page: Page) -> None:
    with page.expect_navigation():
        page.locator("[name=_continue]").click()
    expect(page.locator(".errornote")).to_have_count(0)


def arrange(page: Page, site: str, exhibit: Exhibit) -> None:
    """Look at both rooms in the builder; the second is arranged in a circle."""
    address = f"{site}{reverse('admin:exhibits_exhibit_arrange', args=[exhibit.pk])}"
    desk = page.locator("[data-arrange]")
    page.goto(address)
    expect(desk).to_have_attribute("data-state", "ready")
    shoot(page, "4-arrange-first-room")
    page.get_by_role("link", name="珍宝厅").click()
    expect(desk).to_have_attribute("data-state", "ready")
    page.locator("[data-layout=circle]").click()
    expect(desk).to_have_attribute("data-layout", "circle")
    shoot(page, "5-arrange-second-room")
    page.locator("[data-save]").click()
    expect(desk).to_have_attribute("data-state", "saved")


def look(page: Page, address: str, name: str) -> None:
    page.goto(address)
    room = page.locator("[data-room]")
    expect(room).to_have_attribute("data-state", "ready")
    expect(room).to_have_attribute("data-models", str(len(NAMES) // 2))
    if name == "headset":
        page.get_by_role("button", name="进入 VR").click()
        page.locator("[data-room][data-xr=on]").wait_for()
        wait_until(page, f"{FRAMES} > 3")
    shoot(page, f"6-{name}")
    if name != "kiosk":
        page.locator("[data-focus]").first.evaluate("(one) => one.click()")
        wait_until(page, f"{ROOM}.before !== undefined && {ROOM}.before !== null")
        shoot(page, f"7-{name}-before-a-thing")


@contextmanager
def seen(chromium: Browser, options: dict[str, Any]) -> Iterator[Page]:
    """A visitor's own window, with nothing of the curator's in it."""
    size = {"width": 1200, "height": 800}
    told = {"locale": "zh-CN", "viewport": size, "reduced_motion": "reduce"} | options
    context = chromium.new_context(**told)
    watched = Watched(context)
    try:
        yield watched.page()
        outside = [one for one in watched.complaints if "revocations.json" not in one]
        assert outside == []
    finally:
        context.close()


@contextmanager
def small_server(exhibit: Exhibit, folder: Path) -> Iterator[str]:
    path = folder / "b.zip"
    with path.open("wb") as file:
        make_bundle(exhibit, find_device("quest-3"), file)
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(folder / "site")
    command = [sys.executable, "-I", str(folder / "site" / "serve.py"), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip().removesuffix("/index.html")
    finally:
        server.kill()
        server.wait(20)
        server.stdout.close()


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"ten-relics-{name}.png")
