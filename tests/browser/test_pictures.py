"""What visitors see looks as it did; what is missing, dark or upside down is noticed."""

from typing import Any, Final

import numpy as np
import pytest
import trimesh
from PIL import Image, ImageDraw
from playwright.sync_api import Page

from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection
from heritage.exhibits.models import Exhibit, ExhibitItem
from tests.browser.conftest import wait_until
from tests.browser.likeness import WRITES, likeness, similarity
from tests.browser.test_public_exhibit import ROOM
from tests.heritage.exhibits.made import MadeModel, make_run
from tests.heritage.factories import make_element, make_exhibit, make_relic

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

VIEWER: Final = "document.querySelector('[data-viewer]').viewer"
# Height and radius of a jar, in metres: foot, belly, neck, lip.
PROFILE: Final = (
    (0, 0), (0, 0.05), (0.02, 0.05), (0.08, 0.1), (0.15, 0.11), (0.22, 0.06),
    (0.27, 0.045), (0.3, 0.06),
)  # fmt: skip
AROUND: Final = 48
# Letters and buttons are as wide as the machine's font makes them: only what is drawn counts.
DRAWN_ALONE: Final = """(node) => {
  for (const part of node.querySelectorAll("*")) {
    if (!part.querySelector("canvas") && part.tagName !== "CANVAS") part.style.visibility = "hidden";
  }
}"""
TWO_FRAMES: Final = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# What may go wrong with a model, done to it in the page.
WRONGS: Final = {
    "its picture is missing": "m.traverse((p) => { if (p.isMesh && p.material.map) { p.material.map = null; p.material.needsUpdate = true; } })",
    "it lies on its side": "m.rotation.x = Math.PI / 2",
    "it stands on its head": "(m.rotation.x = Math.PI, m.position.y = 0.3)",
    "it is not there": "m.visible = false",
}  # fmt: skip


@pytest.fixture
def window_options() -> dict[str, Any]:
    size = {"width": 480, "height": 360}
    return {"locale": "en-GB", "viewport": size, "reduced_motion": "reduce"}


@pytest.fixture(scope="module")
def jar() -> MadeModel:
    """A jar whose picture tells its front and its foot."""
    heights, radii = np.array(PROFILE).T
    angle = np.linspace(0, 2 * np.pi, AROUND + 1)
    ring = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=-1)
    vertices = ring[None] * radii[:, None, None]
    vertices[..., 1] = heights[:, None]
    across, up = np.meshgrid(
        (0.5 + np.arange(AROUND + 1) / AROUND) % 1.0001, heights / heights.max()
    )
    row = np.arange(len(PROFILE) - 1)[:, None] * (AROUND + 1)
    corner = (row + np.arange(AROUND)).reshape(-1, 1)
    right, above = corner + 1, corner + AROUND + 1
    faces = np.concatenate(
        [np.hstack([corner, right, above]), np.hstack([right, above + 1, above])]
    )
    visual: Any = trimesh.visual
    look = visual.TextureVisuals(
        uv=np.stack([across, up], axis=-1).reshape(-1, 2),
        material=visual.material.PBRMaterial(
            baseColorTexture=_painting(), metallicFactor=0.0, roughnessFactor=0.75,
            doubleSided=True,
        ),
    )  # fmt: skip
    mesh = trimesh.Trimesh(vertices.reshape(-1, 3), faces, visual=look, process=False)
    data: bytes = trimesh.exchange.gltf.export_glb(trimesh.Scene(mesh))  # type: ignore[no-untyped-call]
    low, high = mesh.bounds
    return MadeModel(
        data=data,
        triangles=len(faces),
        gpu_bytes=len(faces) * 100 + 256 * 256 * 6,
        bounds={"min": low.tolist(), "max": high.tolist()},
    )


def _painting() -> Image.Image:
    """Blue foot, white belly with a red sun on the front, green neck."""
    picture = Image.new("RGB", (256, 256), (236, 230, 214))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 256, 60), (60, 130, 80))
    draw.rectangle((0, 200, 256, 256), (40, 60, 150))
    draw.ellipse((98, 100, 158, 170), (200, 40, 30))
    return picture


@pytest.fixture
def exhibit(collection: Collection, jar: MadeModel) -> Exhibit:
    show = make_exhibit(collection, name_zh="三件", name_en="Three things")
    for number in range(2):
        relic = make_relic(collection, name_zh="罐", name_en="Jar")
        make_run(relic, models={"thumb": jar})
        release(relic, by=None)
        ExhibitItem.objects.create(exhibit=show, relic=relic, number=number)
    craft = make_element(collection, name_zh="制陶", name_en="Pottery")
    release(craft, by=None)
    ExhibitItem.objects.create(exhibit=show, element=craft, number=2)
    release(show, by=None)
    show.refresh_from_db()
    return show


def look(page: Page, what: str) -> bytes:
    page.locator(what).evaluate(DRAWN_ALONE)
    page.evaluate(TWO_FRAMES)
    return page.locator(f"{what} canvas").first.screenshot()


def test_pages_look_as_they_did_and_what_is_wrong_is_noticed(
    page: Page, exhibit: Exhibit, live_server: Any
) -> None:
    site = live_server.url
    relic = exhibit.items.filter(relic__isnull=False)[0].relic
    assert relic is not None
    page.goto(f"{site}/relics/{relic.key}")
    page.locator("[data-viewer][data-state=ready]").wait_for()
    shown = {"relic": look(page, "[data-viewer]")}
    wrong = {
        f"relic: {what}": _with(page, VIEWER, f"{VIEWER}.model", wrong, "[data-viewer]")
        for what, wrong in WRONGS.items()
    }
    page.evaluate(
        f"{VIEWER}.scene.environment = null; {VIEWER}.key.visible = false; {VIEWER}.draw()"
    )
    wrong["relic: it is dark"] = look(page, "[data-viewer]")

    for name, size, asked in VISITS:
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.goto(f"{site}/exhibits/{exhibit.key}?{asked}")
        page.locator("[data-room][data-state=ready]").wait_for()
        wait_until(page, f"{ROOM}.supply.rows.every((row) => row.has === row.best)")
        shown[name] = look(page, "[data-room]")
    first = f"[...{ROOM}.places.values()][0]"
    page.evaluate(f"{ROOM}.focus([...{ROOM}.places.keys()][0])")
    shown["near"] = look(page, "[data-room]")
    what, how = "it stands on its head", f"{first}.userData.model"
    wrong[f"near: {what}"] = _with(page, ROOM, how, WRONGS[what], "[data-room]")

    found = {name: likeness(name, shot) for name, shot in shown.items()}
    assert {name: one for name, one in found.items() if not one.holds} == {}
    if WRITES:
        return
    missed = {what: likeness(what.split(":")[0], shot) for what, shot in wrong.items()}
    assert {what: one for what, one in missed.items() if one.holds} == {}


# On the page, on a phone, on a screen in the gallery: the last is gone up to as well.
VISITS: Final = (
    ("exhibit", (480, 360), "device=web"),
    ("phone", (300, 520), "device=phone"),
    ("kiosk", (480, 360), "kiosk"),
)


def _with(page: Page, host: str, model: str, wrong: str, what: str) -> bytes:
    """A picture of it with something wrong, which is mended after."""
    draw = "draw" if host == VIEWER else "redraw"
    kept = "{ turn: m.rotation.x, y: m.position.y, maps: [] }"
    page.evaluate(
        f"""() => {{
          const m = {model};
          window.was = {kept};
          m.traverse((p) => p.isMesh && window.was.maps.push([p.material, p.material.map]));
          {wrong};
          {host}.{draw}();
        }}"""
    )
    shot = look(page, what)
    page.evaluate(
        f"""() => {{
          const m = {model};
          Object.assign(m, {{ visible: true }});
          m.rotation.x = window.was.turn;
          m.position.y = window.was.y;
          for (const [material, map] of window.was.maps) Object.assign(material, {{ map, needsUpdate: true }});
          {host}.{draw}();
        }}"""
    )
    return shot


def test_what_is_the_same_is_like_and_what_is_turned_is_not() -> None:
    random = np.random.default_rng(2)
    picture = random.uniform(0, 1, (40, 60)).cumsum(axis=0) / 40
    assert similarity(picture, picture) == pytest.approx(1)
    assert similarity(picture, np.clip(picture + 0.005, 0, 1)) > 0.99
    assert similarity(picture, picture[::-1]) < 0.7
