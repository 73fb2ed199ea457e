"""The exhibit's room in a real browser, flat and in an emulated headset."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from heritage.captures.models import Run
from heritage.catalogue.actions.release import withdraw
from heritage.catalogue.models import Relic
from heritage.exhibits.models import Hotspot
from tests.browser.conftest import Watched, wait_until
from tests.browser.museum import Museum

pytestmark = pytest.mark.browser

IWER = Path(settings.BASE_DIR) / "node_modules/iwer/build/iwer.min.js"
PUT_ON = """
window.headset = new IWER.XRDevice(IWER.metaQuest3);
window.headset.installRuntime({ forceInstall: true });
const ask = navigator.xr.requestSession.bind(navigator.xr);
navigator.xr.requestSession = (mode, ...rest) => { window.askedFor = mode; return ask(mode, ...rest); };
"""
# Floor, four walls, two plinths, pools and shadows under both, three labels.
ROOM_TRIANGLES = 2 + 8 + 2 * 12 + 2 * 2 + 2 * 2 + 3 * 2
ROOM = "document.querySelector('[data-room]').room"
ANY = re.compile("")
FRAMES = "Number(document.querySelector('[data-room]').dataset.xrFrames)"


@pytest.fixture
def window_options() -> dict[str, Any]:
    # Small: every pixel is drawn by the processor.
    return {"locale": "en-GB", "viewport": {"width": 640, "height": 480}}


@pytest.fixture
def address(museum: Museum, live_server: Any) -> str:
    return f"{live_server.url}/exhibits/{museum.exhibit.key}"


def enter(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("[data-room][data-state=ready]").wait_for()


def enter_vr(page: Page, address: str) -> Page:
    page.add_init_script(IWER.read_text("utf-8") + PUT_ON)
    enter(page, address)
    page.get_by_role("button", name="Enter VR").click()
    page.locator("[data-room][data-xr=on]").wait_for()
    return page


def place_in_front(relic: Relic) -> Hotspot:
    """A hotspot on the side of the ball that visitors come to."""
    spot: Hotspot = Hotspot.objects.create(
        relic=relic, master=Run.objects.get(capture__relic=relic), is_shown=True,
        title_zh="口沿", title_en="Rim", fact="material",
        x_m=0, y_m=0.1, z_m=0.1, normal_x=0, normal_y=0, normal_z=1,
    )  # fmt: skip
    return spot


def test_markers_of_hotspots_are_in_the_promise(
    page: Page, address: str, museum: Museum
) -> None:
    place_in_front(museum.relics[0])
    with page.expect_response("**/scene?device=web") as answer:
        enter(page, address)
    promised = answer.value.json()["sums"]
    drawn = f"{ROOM}.renderer.info.render.triangles"
    wait_until(page, f"{drawn} >= {promised['triangles'] + ROOM_TRIANGLES + 80}")
    assert page.evaluate(drawn) == promised["triangles"] + ROOM_TRIANGLES + 80
    assert page.evaluate(f"{ROOM}.renderer.info.render.calls") == promised["draws"] + 9


def test_every_object_is_drawn_as_the_scene_promises(page: Page, address: str) -> None:
    with page.expect_response("**/scene?device=web") as answer:
        enter(page, address)
    promised = answer.value.json()["sums"]
    room = page.locator("[data-room]")
    expect(room).to_have_attribute("data-models", str(promised["objects"]))
    expect(room).to_have_attribute("data-triangles", str(promised["triangles"]))
    wait_until(
        page, f"{ROOM}.renderer.info.render.triangles >= {promised['triangles']}"
    )
    drawn = page.evaluate(f"{ROOM}.renderer.info.render.triangles")
    assert promised["triangles"] > 0
    assert drawn == promised["triangles"] + ROOM_TRIANGLES
    draws = page.evaluate(f"{ROOM}.renderer.info.render.calls")
    # Floor, walls, plinths, pools, shadows: five; a label each; the models.
    assert draws == promised["draws"] + 5 + 3


def test_the_list_leads_up_to_an_object(
    page: Page, address: str, museum: Museum
) -> None:
    enter(page, address)
    page.get_by_role("button", name="Go up to it Bronze bell").press("Enter")
    caption = page.locator(".room-caption")
    expect(caption.locator("h2")).to_have_text("Bronze bell")
    expect(caption.locator("a")).to_have_attribute(
        "href", f"{address.split('/exhibits')[0]}/relics/{museum.relics[1].key}"
    )
    expect(page.locator("[data-room-live]")).to_have_text(
        "You stand before Bronze bell."
    )
    wait_until(page, f"{ROOM}.walk.orbit !== null")
    assert page.evaluate(f"{ROOM}.walk.orbit.distance") < 1


def test_one_walks_by_keyboard_and_not_through_walls(page: Page, address: str) -> None:
    enter(page, address)
    before = page.evaluate(f"{ROOM}.camera.position.z")
    page.locator(".room canvas").focus()
    page.keyboard.down("KeyW")
    wait_until(page, f"{ROOM}.camera.position.z < {before} - 0.3")
    page.keyboard.up("KeyW")
    page.evaluate(f"{ROOM}.walk.step(1000, 1000)")
    assert page.evaluate(f"{ROOM}.camera.position.z > {ROOM}.area.back")
    assert page.evaluate(f"{ROOM}.camera.position.x < {ROOM}.area.right")


def test_a_click_on_an_object_goes_up_to_it(page: Page, address: str) -> None:
    enter(page, address)
    page.locator("[data-room]").scroll_into_view_if_needed()
    # One clicks what one sees: in the first frame the picture takes the room's shape.
    wait_until(page, "document.querySelector('[data-room]').dataset.drawn > 0")
    spot = page.evaluate(
        f"""() => {{
          const room = {ROOM};
          const place = [...room.places.values()][0];
          const at = room.aimOf(place.userData.thing).middle.project(room.camera);
          const frame = room.canvas.getBoundingClientRect();
          return [frame.left + (at.x + 1) / 2 * frame.width, frame.top + (1 - at.y) / 2 * frame.height];
        }}"""
    )
    page.mouse.click(*spot)
    expect(page.locator(".room-caption h2")).to_have_text("Celadon vase")


def test_another_device_class_is_chosen_by_hand(page: Page, address: str) -> None:
    enter(page, address)
    with page.expect_response("**/scene?device=phone"):
        page.locator("#device").select_option("phone")
    expect(page.locator("[data-room-costs]")).to_contain_text("200,000 triangles")


def test_an_exhibit_withdrawn_meanwhile_says_so(
    watched: Watched, address: str, museum: Museum
) -> None:
    page = watched.page()
    withdrawn: list[Any] = []

    def answer(route: Any) -> None:
        if not withdrawn:
            withdraw(museum.exhibit, by=None)
            withdrawn.append(route)
        route.continue_()

    page.route("**/scene?*", answer)
    page.goto(address)
    expect(page.locator(".room-status")).to_contain_text("has been withdrawn")


class TestHeadset:
    @pytest.fixture
    def room(self, page: Page, address: str) -> Page:
        return enter_vr(page, address)

    def test_pressing_the_button_enters_draws_and_gives_the_room_back(
        self, room: Page
    ) -> None:
        wait_until(room, f"{FRAMES} > 3")
        assert room.evaluate(f"{ROOM}.renderer.xr.isPresenting")
        assert room.evaluate("window.askedFor") == "immersive-vr"
        wait_until(room, f"{ROOM}.renderer.info.render.triangles > 1000")
        # The emulator lays a canvas of its own over the page.
        room.get_by_role("button", name="Leave VR").press("Enter")
        room.locator("[data-room][data-xr=off]").wait_for()
        assert not room.evaluate(f"{ROOM}.renderer.xr.isPresenting")
        assert room.evaluate(f"{ROOM}.camera.position.y") == pytest.approx(1.6)

    def test_pointing_shows_labels_and_leads_over_the_floor(
        self, room: Page, museum: Museum
    ) -> None:
        item = museum.exhibit.items.get(relic=museum.relics[0])
        self._point(
            room, f"{ROOM}.aimOf({ROOM}.places.get('{item.key}').userData.thing).middle"
        )
        self._pull_trigger(room)
        expect(room.locator("[data-room]")).to_have_attribute("data-xr-card", item.key)

        before = room.evaluate(f"{ROOM}.headset.rig.position.z")
        self._point(
            room,
            f"{ROOM}.headset.rig.position.clone().setY(0).add({{x: 0, y: 0, z: -1}})",
        )
        self._pull_trigger(room)
        wait_until(
            room, f"Math.abs({ROOM}.headset.rig.position.z - ({before} - 1)) < 0.05"
        )
        expect(room.locator("[data-room]")).not_to_have_attribute("data-xr-card", ANY)

    def test_an_object_is_picked_up_enlarged_and_goes_home(
        self, room: Page, museum: Museum
    ) -> None:
        item = museum.exhibit.items.get(relic=museum.relics[0])
        place = f"{ROOM}.places.get('{item.key}')"
        middle = f"{ROOM}.aimOf({place}.userData.thing).middle"
        stage = room.locator("[data-room]")
        for side in ("right", "left"):
            self._point(room, middle, side=side)
        self._squeeze(room, "right", 1)
        expect(stage).to_have_attribute("data-xr-held", item.key)
        self._squeeze(room, "left", 1)
        room.evaluate("window.headset.controllers.left.position.x -= 0.3")
        wait_until(
            room, "Number(document.querySelector('[data-room]').dataset.xrScale) > 1.5"
        )
        for side in ("left", "right"):
            self._squeeze(room, side, 0)
        expect(stage).not_to_have_attribute("data-xr-held", ANY)
        home = f"{place}.userData.model.parent === {place}"
        wait_until(room, f"{ROOM}.headset.holding.going.size === 0 && {home}")
        assert room.evaluate(f"{place}.userData.model.scale.x") == pytest.approx(1)

    def test_a_hotspot_is_read_by_pointing_at_it(
        self, page: Page, address: str, museum: Museum
    ) -> None:
        relic = museum.relics[0]
        spot = place_in_front(relic)
        room = enter_vr(page, address)
        item = museum.exhibit.items.get(relic=relic)
        model = f"{ROOM}.places.get('{item.key}').userData.model"
        marker = f"{model}.children.find((one) => one.userData.spots)"
        at = f"{ROOM}.aimOf({ROOM}.places.get('{item.key}').userData.thing).middle.clone().set(0, 0, 0)"
        self._point(
            room,
            f"{model}.localToWorld({at}.fromArray({marker}.userData.spots[0].position))",
        )
        self._pull_trigger(room)
        expect(room.locator("[data-room]")).to_have_attribute("data-xr-spot", spot.key)

    def _squeeze(self, room: Page, side: str, value: int) -> None:
        room.evaluate(
            f"window.headset.controllers.{side}.updateButtonValue('squeeze', {value})"
        )
        wait_until(room, f"{FRAMES} > {room.evaluate(FRAMES)} + 2")

    def _point(self, room: Page, target: str, *, side: str = "right") -> None:
        """Turn a controller so that its beam leads to a point of the world."""
        wait_until(
            room,
            f"{ROOM}.headset.hands.some((hand) => hand.userData.source?.handedness === '{side}')",
        )
        room.evaluate(
            f"""() => {{
              const room = {ROOM};
              const controller = window.headset.controllers.{side};
              const hand = room.headset.hands.find((hand) => hand.userData.source?.handedness === "{side}");
              const goal = {target};
              const local = room.headset.rig.worldToLocal(goal.clone());
              const from = hand.position.clone().set(controller.position.x, controller.position.y, controller.position.z);
              const along = local.sub(from).normalize();
              const turn = hand.quaternion.clone().setFromUnitVectors(from.clone().set(0, 0, -1), along);
              controller.quaternion.set(turn.x, turn.y, turn.z, turn.w);
            }}"""
        )
        wait_until(room, f"{FRAMES} > {room.evaluate(FRAMES)} + 2")

    def _pull_trigger(self, room: Page) -> None:
        for value in (1, 0):
            room.evaluate(
                f"window.headset.controllers.right.updateButtonValue('trigger', {value})"
            )
            wait_until(room, f"{FRAMES} > {room.evaluate(FRAMES)} + 2")
