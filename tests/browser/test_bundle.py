"""An exhibit from its bundle, with the museum gone and then with no network at all."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, Route, expect

from heritage.catalogue.models import Relic
from heritage.exhibits.actions.keep_narration import keep_narration
from heritage.exhibits.devices import find_device
from heritage.exhibits.models import Exhibit, Narration
from heritage.pages.bundle.making import make_bundle
from heritage.pages.bundle.revoking import sign
from tests.browser.conftest import Watched, wait_until
from tests.browser.museum import Museum
from tests.heritage.exhibits import sounds

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "en-GB", "viewport": {"width": 640, "height": 480}}


@pytest.fixture
def site(
    museum: Museum,
    static_folder: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The small server from within an unpacked bundle, in a process of its own."""
    monkeypatch.setattr(settings, "BUNDLE_KEY", tmp_path / "bundle.key")
    exhibit = museum.exhibit
    welcome = Narration.objects.create(
        exhibit=exhibit, language="en", transcript="Welcome"
    )
    keep_narration(welcome, "a.wav", io.BytesIO(sounds.wav(20)), by=None)
    path, folder = tmp_path / "b.zip", tmp_path / "site"
    with path.open("wb") as file:
        make_bundle(exhibit, find_device("quest-3"), file)
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(folder)
    server = subprocess.Popen(
        [sys.executable, "-I", str(folder / "serve.py"), "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    yield server.stdout.readline().strip().removesuffix("/index.html")
    server.kill()
    server.wait(20)
    server.stdout.close()


def answer_revocations(page: Page, **answer: Any) -> None:
    """What the museum says to the bundle, from an origin that is not the bundle's."""
    headers = {"Access-Control-Allow-Origin": "*"}

    def reply(route: Route) -> None:
        route.fulfill(headers=headers, **answer)

    page.route("**/revocations.json", reply)


def signed(*, as_of: str = "2100-01-01T00:00:00+00:00", **told: Any) -> dict[str, Any]:
    """A list as the museum signs it."""
    iri = f"{settings.BASE_IRI}/id/exhibit/{Exhibit.objects.get().key}"
    whole = {"exhibit": iri, "as_of": as_of, "withdrawn": [], "public": []} | told
    return whole | {"signature": sign(whole)}


def test_it_runs_from_any_server_and_then_without_network(
    page: Page, site: str
) -> None:
    answer_revocations(page, json=signed())
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
    # What is said and the letters that it is written in are there as well.
    page.get_by_role("button", name="Listen").click()
    expect(room).to_have_attribute("data-sound", "playing")
    held = "[...document.fonts].map((font) => `${font.family} ${font.status}`).join()"
    assert "Held in the bundle" in page.evaluate(held)
    assert "loaded" in page.evaluate(held)
    page.context.set_offline(False)


def test_what_was_withdrawn_since_is_left_out_and_stays_out(
    page: Page, site: str
) -> None:
    bell = Relic.objects.get(name_en="Bronze bell")
    gone = [f"{settings.BASE_IRI}/id/relic/{bell.key}"]
    forged = signed(withdrawn=gone) | {"signature": sign(signed())}
    answer_revocations(page, json=forged)
    page.goto(f"{site}/index.en.html")
    room = page.locator("[data-room]")
    expect(room).to_have_attribute("data-models", "2")  # nobody else takes it away
    page.unroute_all()
    answer_revocations(page, json=signed(withdrawn=gone))
    page.reload()
    expect(room).to_have_attribute("data-models", "1")
    expect(page.get_by_text("Bronze bell")).to_have_count(0)
    # Neither silence, nor an older list, nor an answer that is none of ours makes it forget.
    older = signed(as_of="2099-01-01T00:00:00+00:00", public=gone)
    for answer in (signed(), {}, older, signed(public=gone) | {"signature": "AAAA"}):
        page.unroute_all()
        answer_revocations(page, json=answer)
        page.reload()
        expect(room).to_have_attribute("data-models", "1")
    wait_until(page, "navigator.serviceWorker.controller !== null")
    # Heard once, it holds without network too.
    page.context.set_offline(True)
    page.reload()
    expect(room).to_have_attribute("data-state", "ready")
    expect(room).to_have_attribute("data-models", "1")
    page.context.set_offline(False)


def test_it_is_shown_again_when_it_is_public_again_and_without_storage(
    page: Page, site: str
) -> None:
    bell = Relic.objects.get(name_en="Bronze bell")
    iri = f"{settings.BASE_IRI}/id/relic/{bell.key}"
    answer_revocations(page, json=signed(withdrawn=[iri]))
    page.goto(f"{site}/index.en.html")
    room = page.locator("[data-room]")
    expect(room).to_have_attribute("data-models", "1")
    page.unroute_all()
    answer_revocations(page, json=signed(public=[iri]))
    page.reload()
    expect(room).to_have_attribute("data-models", "2")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('closed'); } })"
    )
    page.reload()
    expect(room).to_have_attribute("data-models", "2")


def test_an_exhibit_withdrawn_or_past_its_day_is_not_shown(
    watched: Watched, site: str
) -> None:
    page = watched.page()  # the browser itself complains of a 410
    answer_revocations(page, status=410, json={})
    page.goto(f"{site}/index.en.html")
    main = page.locator("main")
    expect(main).to_have_text("The museum has withdrawn this exhibit.")
    page.unroute_all()
    answer_revocations(page, json=signed())
    page.route("**/index.en.html", end_yesterday)
    page.goto(f"{site}/index.en.html")
    expect(main).to_contain_text("time has ended")
    expect(page.get_by_text("Bronze bell")).to_have_count(0)


def end_yesterday(route: Route) -> None:
    answer = route.fetch()
    text = answer.text().replace('data-expires=""', 'data-expires="2026-01-01"')
    route.fulfill(response=answer, body=text)
