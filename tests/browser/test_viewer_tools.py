"""Looking closely at a relic: measure, cut, light, turn, triangles; and what breaks."""

import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Page, Route, expect

from heritage.archive.actions.deposit import Item, deposit_files
from heritage.archive.models import Deposit
from heritage.captures.models import Capture, Run
from scans.geometry.mesh import Mesh
from scans.imaging.diverging import diverging
from scans.imaging.heat_points import write_heat_points
from scans.imaging.heatmap import Heat
from tests.browser.conftest import Watched, wait_until
from tests.browser.museum import Museum
from tests.browser.test_hotspots import sign_in
from tests.heritage.exhibits.made import MadeModel, make_ball
from tests.heritage.images.made import gradient

pytestmark = pytest.mark.browser

VIEWER = "document.querySelector('[data-viewer]').viewer"
# The colour, sRGB, of the vertex nearest to each place of the model.
COLOURS_AT = f"""(places) => {{
  const shades = [];
  {VIEWER}.model.traverse((part) => {{
    if (!part.isMesh) return;
    const {{ position, color }} = part.geometry.attributes;
    const at = part.position.clone();
    for (const place of places) {{
      let least = Infinity, nearest = 0;
      for (let n = 0; n < position.count; n += 1) {{
        const far = part.localToWorld(at.fromBufferAttribute(position, n)).distanceTo({{ x: place[0], y: place[1], z: place[2] }});
        if (far < least) [least, nearest] = [far, n];
      }}
      const curved = (one) => (one <= 0.0031308 ? 12.92 * one : 1.055 * one ** (1 / 2.4) - 0.055);
      shades.push([color.getX(nearest), color.getY(nearest), color.getZ(nearest)].map(curved));
    }}
  }});
  return shades;
}}"""
LOSE = f"{VIEWER}.renderer.forceContextLoss()"
RESTORE = f"{VIEWER}.renderer.forceContextRestore()"


@pytest.fixture
def window_options() -> dict[str, Any]:
    size = {"width": 640, "height": 640}
    return {"locale": "en-GB", "viewport": size, "reduced_motion": "reduce"}


@pytest.fixture
def address(museum: Museum, live_server: Any) -> str:
    return f"{live_server.url}/relics/{museum.relics[0].key}"


def open_relic(page: Page, address: str) -> Page:
    page.goto(address)
    page.locator("[data-viewer][data-state=ready]").wait_for()
    return page


def test_tools_work_by_keyboard_alone(page: Page, address: str) -> None:
    open_relic(page, address)
    viewer, says = page.locator("[data-viewer]"), page.locator("[data-tool-says]")
    page.locator(".viewer canvas").focus()

    # The ball is 20 cm across: from its front, by a quarter turn, to its side.
    page.keyboard.press("m")
    expect(says).to_have_text("Choose the first point on the model.")
    page.keyboard.press("Enter")
    expect(says).to_have_text("Choose the second point.")
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(says).to_contain_text("cm apart")
    measured = float(viewer.get_attribute("data-measured") or 0)
    assert measured == pytest.approx(0.1 * 2**0.5, rel=0.02)
    page.keyboard.press("Escape")
    expect(says).to_be_hidden()

    # Cut at the middle, half of the triangles' fragments are gone: the ray goes further.
    page.keyboard.press("x")
    assert page.evaluate(f"{VIEWER}.renderer.localClippingEnabled")
    page.locator("[name=slice-axis]").select_option("y")
    page.locator("[name=slice-at]").fill("50")
    assert page.evaluate(f"{VIEWER}.tools.plane.constant") == pytest.approx(
        0.1, abs=0.002
    )
    page.locator(".viewer canvas").focus()
    page.keyboard.press("x")
    assert not page.evaluate(f"{VIEWER}.renderer.localClippingEnabled")

    page.keyboard.press("l")
    page.locator("[name=light-round]").fill("90")
    assert page.evaluate(f"{VIEWER}.tools.light.position.x") > 0.9
    page.locator(".viewer canvas").focus()
    page.keyboard.press("g")
    expect(viewer).to_have_attribute("data-tools", "light wire")
    # Nothing moves by itself for who asked for that: a press is a step.
    before = page.evaluate(f"{VIEWER}.controls.getAzimuthalAngle()")
    page.keyboard.press("t")
    after = page.evaluate(f"{VIEWER}.controls.getAzimuthalAngle()")
    assert abs(after - before) == pytest.approx(3.14159 / 4, abs=0.01)
    expect(page.locator("[data-tool=spin]")).to_have_attribute("aria-pressed", "false")


def test_without_a_unit_nothing_is_measured(page: Page, address: str) -> None:
    Capture.objects.update(unit="")
    open_relic(page, address)
    page.get_by_role("button", name="Measure").click()
    says = page.locator("[data-tool-says]")
    expect(says).to_contain_text("unit of this model is not known")
    page.locator(".viewer canvas").click()
    expect(says).to_contain_text("unit of this model is not known")
    assert page.evaluate(f"{VIEWER}.tools.ruler.points.length") == 0


def test_a_lost_graphics_card_is_told_and_comes_back(
    watched: Watched, address: str
) -> None:
    page = open_relic(watched.page(), address)
    page.evaluate(LOSE)
    message = page.locator(".viewer-message")
    expect(message).to_contain_text("graphics card stopped")
    page.evaluate(RESTORE)
    expect(message).to_be_hidden()
    viewer = page.locator("[data-viewer]")
    expect(viewer).to_have_attribute("data-state", "ready")
    page.evaluate(f"{VIEWER}.root.dataset.drawn = ''; {VIEWER}.draw()")
    drawn = viewer.get_attribute("data-triangles") or ""
    expect(viewer).to_have_attribute("data-drawn", drawn)


def test_a_finer_model_that_does_not_come_leaves_the_coarse_one(
    watched: Watched, address: str, packed: dict[str, MadeModel]
) -> None:
    page = watched.page()

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/web.glb", cut)
    open_relic(page, address)
    viewer = page.locator("[data-viewer]")
    expect(page.locator(".viewer-message")).to_contain_text("a coarser one")
    expect(viewer).to_have_attribute("data-triangles", str(packed["thumb"].triangles))
    page.unroute("**/web.glb", cut)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(viewer).to_have_attribute("data-triangles", str(packed["web"].triangles))
    wait_until(page, "document.querySelector('.viewer-message').hidden")


def test_deviation_is_seen_as_colours_on_the_model_by_who_works_on_it(
    page: Page, address: str, museum: Museum, curator: User, live_server: Any
) -> None:
    relic = museum.relics[0]
    run = Run.objects.get(capture__relic=relic)
    ball = make_ball(3)
    mesh = Mesh(np.asarray(ball.vertices), np.asarray(ball.faces, np.int32))
    # Too far out in front, not measured on the right, as it should be elsewhere.
    off = np.where(mesh.vertices[:, 2] > 0.05, 0.3, 0.0)
    off[mesh.vertices[:, 0] > 0.07] = np.nan
    path = Path(settings.WORK_ROOT) / "p.bin"
    write_heat_points(Heat(mesh, np.eye(4), off, 0.3), path)
    files: list[Item] = [
        ("deviation-points.bin", path), ("heat-map.png", io.BytesIO(gradient(8, 8))),
    ]  # fmt: skip
    kept = deposit_files(files, kind=Deposit.Kind.DERIVED, by=None)
    for file in kept.files.all():
        profile = file.name.partition(".")[0]
        run.derivatives.create(role="quality", profile=profile, stored_file=file)
    open_relic(page, address)
    assert page.locator("[data-tool=heat]").count() == 0  # strangers see none of it

    sign_in(page.context, curator, live_server.url)
    open_relic(page, address)
    viewer = page.locator("[data-viewer]")
    page.locator("[data-viewer] > canvas").focus()
    page.keyboard.press("h")
    expect(viewer).to_have_attribute("data-heat", "shown")
    expect(page.locator("[data-heat-legend]")).to_contain_text("+0.3")
    expect(page.locator("[data-tool-heat]")).to_be_hidden()
    seen = page.evaluate(COLOURS_AT, [[0, 0.1, 0.1], [0, 0.1, -0.1], [0.1, 0.1, 0]])
    expected = diverging(np.array([1.0, 0.0, np.nan]))
    assert np.asarray(seen) == pytest.approx(expected, abs=0.02)
    page.keyboard.press("h")
    expect(page.locator("[data-heat-legend]")).to_be_hidden()
    expect(viewer).not_to_have_attribute("data-heat", re.compile(""))
    assert not page.evaluate(f"{VIEWER}.tools.heat.painted")
