"""What is said aloud in an exhibit: heard when asked for, read by who does not hear."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from heritage.exhibits.actions.keep_narration import keep_narration
from heritage.exhibits.models import Narration, TourStop
from tests.browser.conftest import Watched, wait_until
from tests.browser.museum import Museum
from tests.browser.test_hotspots import sign_in
from tests.browser.test_public_exhibit import FRAMES, ROOM, enter, enter_vr
from tests.browser.visiting import AXE, RUN
from tests.heritage.exhibits import sounds

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NO_WEBGL = """
const drawing = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind === "webgl2" ? null : drawing.call(this, kind, ...more);
};
"""


@pytest.fixture
def window_options() -> dict[str, Any]:
    size = {"width": 640, "height": 480}
    return {"locale": "en-GB", "viewport": size, "reduced_motion": "reduce"}


@pytest.fixture
def address(museum: Museum, live_server: Any) -> str:
    """The exhibit, which has a word of welcome, one at its first thing, one at a stop."""
    exhibit = museum.exhibit
    vase, bell, _craft = exhibit.items.all()
    stop = TourStop.objects.create(exhibit=exhibit, item=vase, text_en="Look")
    for number, (of, words) in enumerate(
        (({}, "Welcome"), ({"item": bell}, "Strike it"), ({"stop": stop}, "Look here"))
    ):
        row = Narration.objects.create(
            exhibit=exhibit, language="en", transcript=words, **of
        )
        still = io.BytesIO(sounds.wav(20 + number))
        keep_narration(row, "a.wav", still, by=None)
    return f"{live_server.url}/exhibits/{exhibit.key}"


def test_it_is_heard_by_keyboard_and_never_by_itself(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    enter(page, address)
    stage, words = page.locator("[data-room]"), page.locator("[data-sound-words]")
    expect(words).to_have_text("Welcome")
    page.get_by_role("button", name="Go up to it Bronze bell").press("Enter")
    expect(words).to_have_text("Strike it")
    assert not any("/narrations/" in url for url in asked)
    page.locator(".room canvas").focus()
    page.keyboard.press("v")
    expect(stage).to_have_attribute("data-sound", "playing")
    wait_until(page, f"{ROOM}.narration.audio.currentTime > 0.2")
    expect(page.locator("[data-act=listen]")).to_contain_text("Pause")
    page.keyboard.press("v")
    expect(stage).to_have_attribute("data-sound", "paused")
    page.get_by_text("What is said").press("Enter")
    expect(words).to_be_visible()

    # Before another thing there is another word, and silence until it is asked for.
    page.keyboard.press("v")
    expect(stage).to_have_attribute("data-sound", "playing")
    page.get_by_role("button", name="Guided tour").press("Enter")
    expect(words).to_have_text("Look here")
    assert page.evaluate(f"{ROOM}.narration.audio.paused")
    page.evaluate(AXE.read_text())
    assert page.evaluate(RUN) == []
    page.get_by_role("button", name="From the door").click()


def test_where_nothing_is_drawn_it_is_told_and_heard(page: Page, address: str) -> None:
    page.add_init_script(NO_WEBGL)
    page.goto(address)
    stage, words = page.locator("[data-room]"), page.locator("[data-sound-words]")
    expect(words).to_have_text("Welcome")
    expect(stage).to_have_attribute("data-state", "failed")
    expect(page.locator(".room-status")).to_contain_text("3D")
    page.get_by_role("button", name="Go up to it Bronze bell").press("Enter")
    expect(page.locator(".room-caption h2")).to_have_text("Bronze bell")
    expect(words).to_have_text("Strike it")
    page.locator("[data-act=listen]").click()
    expect(stage).to_have_attribute("data-sound", "playing")


def test_what_does_not_come_is_read(watched: Watched, address: str) -> None:
    page = watched.page()

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/narrations/**", cut)
    enter(page, address)
    page.get_by_role("button", name="Listen").click()
    expect(page.locator("[data-room]")).to_have_attribute("data-sound", "failed")
    expect(page.locator("[data-sound-words]")).to_be_visible()
    expect(page.locator("[data-room-live]")).to_contain_text("did not come")
    page.unroute("**/narrations/**", cut)
    page.get_by_role("button", name="Listen").click()
    expect(page.locator("[data-room]")).to_have_attribute("data-sound", "playing")


def test_in_the_headset_the_card_has_a_plate_to_hear_it(
    page: Page, address: str, museum: Museum
) -> None:
    room = enter_vr(page, address)
    bell = museum.exhibit.items.get(relic=museum.relics[1])
    wait_until(room, f"{ROOM}.headset.hands.some((hand) => hand.userData.source)")
    choose = f"""(what) => {{
      const {{ headset, places }} = {ROOM};
      const place = places.get('{bell.key}');
      headset.pointedAt = () => (what === "plate" ? {{ plate: headset.plate }} : {{ place, distance: 1 }});
      headset.select(headset.hands[0]);
      delete headset.pointedAt;
    }}"""
    room.evaluate(choose, "bell")
    assert room.evaluate(f"{ROOM}.narration.chosen.transcript") == "Strike it"
    # It really can be pointed at: a ray from the eye through its middle meets it first.
    wait_until(room, f"{FRAMES} > {room.evaluate(FRAMES)} + 2")
    met = f"""() => {{
      const {{ headset, camera }} = {ROOM};
      const from = camera.position.clone().setFromMatrixPosition(camera.matrixWorld);
      const along = headset.plate.getWorldPosition(from.clone()).sub(from).normalize();
      const back = along.clone().negate();
      return Boolean(headset.pointedAt({{ getWorldPosition: (out) => out.copy(from), getWorldDirection: (out) => out.copy(back) }}).plate);
    }}"""
    assert room.evaluate(met)
    room.evaluate(choose, "plate")
    expect(room.locator("[data-room]")).to_have_attribute("data-sound", "playing")
    room.evaluate(choose, "plate")
    expect(room.locator("[data-room]")).to_have_attribute("data-sound", "paused")


def test_a_curator_hands_one_in(
    page: Page, address: str, museum: Museum, live_server: Any, curator: User
) -> None:
    sign_in(page.context, curator, live_server.url)
    form = reverse("admin:exhibits_exhibit_change", args=[museum.exhibit.pk])
    page.goto(f"{live_server.url}{form}#narrations")
    page.evaluate(AXE.read_text())
    assert page.evaluate(RUN) == []
