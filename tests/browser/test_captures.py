"""The photo room and what follows: a field sheet on a phone, scans placed by hand, a decision."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from heritage.captures.actions import add_files
from heritage.captures.models import Capture, FieldSheet, HandAct, Run, RunDecision
from heritage.catalogue.models import Collection
from scans.forms import build_form
from scans.forms.fixtures import WIDER
from scans.geometry.cloud_file import write_cloud
from tests.browser.conftest import Watched, wait_until
from tests.heritage.exhibits.made import IDENTITY, make_run
from tests.heritage.factories import make_relic

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")  # a folder to look at them
PHONE = {"width": 390, "height": 844}
READY = "document.querySelector('[data-hand]').dataset.state === 'ready'"


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture
def capture(collection: Collection) -> Capture:
    relic = make_relic(collection, name_zh="青釉瓶", name_en="Celadon vase")
    made: Capture = Capture.objects.create(relic=relic, unit="m")
    return made


@pytest.fixture
def inside(watched: Watched, curator: User, live_server: Any) -> Page:
    """A page whose session is the curator's."""
    client = Client()
    client.force_login(curator)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    watched.context.add_cookies([{**cookie, "url": live_server.url}])  # type: ignore[typeddict-item]
    return watched.page()


def on_table(folder: Path) -> tuple[list[Path], np.ndarray]:
    """Two scans of a bell on a table: the second's scanner stood two centimetres on."""
    form = build_form("bell", 3)
    random = np.random.default_rng(3)
    points = form.vertices[random.choice(len(form.vertices), 6_000)]
    low, high = form.vertices.min(axis=0), form.vertices.max(axis=0)
    radius = WIDER * float(np.linalg.norm(high - low)) / 2
    angle, away = (
        random.uniform(0, 2 * np.pi, 6_000),
        radius * np.sqrt(random.random(6_000)),
    )
    table = np.column_stack(
        [away * np.cos(angle), np.full(6_000, low[1]), away * np.sin(angle)]
    )
    both = np.vstack([points, table])
    paths = [folder / "one.ply", folder / "two.ply"]
    write_cloud(paths[0], both, None)
    write_cloud(paths[1], both + np.array([0.02, 0.0, 0.01]), None)
    return paths, both


def test_the_field_sheet_is_filled_in_on_a_phone(
    inside: Page, capture: Capture, live_server: Any, watched: Watched
) -> None:
    inside.set_viewport_size(PHONE)  # type: ignore[arg-type]
    inside.goto(f"{live_server.url}/admin/captures/capture/{capture.pk}/sheet/")
    wide = inside.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    inside.get_by_label("Target accuracy (mm)").fill("0.05")
    inside.locator("#id_purpose").select_option("condition")
    inside.get_by_label("glossy").check()
    inside.locator("#id_bars-0-name").fill("SB-7")
    inside.locator("#id_bars-0-length_mm").fill("200")
    shoot(inside, "sheet-phone")
    inside.locator(".sheet-save button").click()
    expect(inside.locator("[data-missing]")).to_be_visible()
    sheet = FieldSheet.objects.get()
    assert (sheet.target_accuracy_mm, sheet.surface) == (0.05, ["gloss"])
    assert watched.complaints == []


@pytest.mark.thorough
def test_a_scan_is_placed_and_a_table_cut_away_by_hand(
    inside: Page,
    capture: Capture,
    curator: User,
    live_server: Any,
    watched: Watched,
    tmp_path: Path,
) -> None:
    paths, points = on_table(tmp_path)
    add_files(capture, [(path.name, path) for path in paths], by=curator)
    address = f"{live_server.url}/admin/captures/capture/{capture.pk}/hand/"
    inside.goto(address)
    wait_until(inside, READY)
    inside.locator("[data-first]").select_option("two.ply")
    inside.locator("[data-second]").select_option("one.ply")
    # None of them is placed yet: the page begins with two beside each other.
    expect(inside.locator("[data-pair]")).to_have_attribute("aria-pressed", "true")
    shoot(inside, "hand-pair")
    shown = np.asarray(points, np.float32).astype(float)
    for number, chosen in enumerate(spots(shown)):
        for side in (0, 1):
            click(inside, shown, chosen, side)
            done = 2 * number + side + 1
            wait_until(
                inside,
                f"document.querySelector('[data-hand]').dataset.after === '{done}'",
            )
    wait_until(
        inside, "document.querySelector('[data-hand]').dataset.snapped === 'two.ply'"
    )
    shoot(inside, "hand-snapped")
    inside.locator("[data-propose]").click()
    wait_until(inside, "document.querySelector('[data-hand]').dataset.proposed === '2'")
    inside.locator("[data-cut-planes]").click()
    wait_until(
        inside, "Number(document.querySelector('[data-hand]').dataset.gone) > 10000"
    )
    shoot(inside, "hand-cut")
    # The browser is closed in the middle, and nothing is lost.
    inside.goto(address)
    wait_until(inside, READY)
    expect(inside.locator("[data-picks]")).to_have_text("3 / 3")
    assert HandAct.objects.filter(capture=capture).count() == 7
    inside.locator("button[name=fast]").click()
    expect(inside.locator("[data-run]")).to_be_visible()
    run = Run.objects.get()
    assert {"pairs", "planes"} <= set(run.constraints)
    assert watched.complaints == []


def click(page: Page, places: np.ndarray, chosen: int, side: int) -> None:
    """Click on a point of one of the two clouds, as the page lays them side by side."""
    edge = page.locator(".hand canvas").bounding_box()
    assert edge is not None
    size = np.ptp(places, axis=0)
    apart = 1.15 * size[0] / 2 * (1 if side else -1)
    own = places[chosen] - (places.max(axis=0) + places.min(axis=0)) / 2
    own[0] += apart
    whole = np.linalg.norm([2.15 * size[0], size[1], size[2]])
    away = 1.7 * whole / min(1, edge["width"] / edge["height"])
    scale = edge["height"] / 2 / np.tan(np.radians(35 / 2)) / (away - own[2])
    x = edge["x"] + edge["width"] / 2 + own[0] * scale
    page.mouse.click(x, edge["y"] + edge["height"] / 2 - own[1] * scale)


def spots(places: np.ndarray) -> list[int]:
    """Choose three points on the bell's front, well apart, by their numbers."""
    bell = places[:6_000]
    low, high = bell.min(axis=0), bell.max(axis=0)
    wanted = low + np.array([[0.3, 0.6, 1], [0.7, 0.5, 1], [0.5, 0.15, 1]]) * (
        high - low
    )
    front = np.where(bell[:, 2] > (low + high)[2] / 2, 0.0, 1.0)
    off = [np.linalg.norm((bell - one)[:, :2], axis=1) + front for one in wanted]
    return [int(np.argmin(one)) for one in off]


def test_a_model_is_turned_by_a_drag_and_by_keys_and_saved_as_one_transform(
    inside: Page, capture: Capture, live_server: Any, watched: Watched
) -> None:
    run = make_run(capture.relic, is_accepted=False)
    upright = {"proposed": IDENTITY, "used": IDENTITY, "confirmed": False}
    Run.objects.filter(pk=run.pk).update(report={**run.report, "upright": upright})
    work = f"{live_server.url}/admin/captures/capture/{run.capture_id}/work/"
    inside.goto(f"{work}{run.key}/upright/")
    wait_until(
        inside, "document.querySelector('[data-upright]').dataset.state === 'ready'"
    )
    undo = inside.locator("[data-undo]")
    expect(undo).to_be_disabled()
    inside.locator("[data-drag]").click()
    edge = inside.locator("[data-upright] canvas").bounding_box()
    assert edge is not None
    x, y = edge["x"] + edge["width"] / 2, edge["y"] + edge["height"] / 2
    inside.mouse.move(x, y)
    inside.mouse.down()
    inside.mouse.move(x + 120, y, steps=6)
    inside.mouse.up()
    expect(undo).to_be_enabled()
    shoot(inside, "upright-dragged")
    undo.click()  # the whole drag is one step
    expect(undo).to_be_disabled()
    inside.locator("[data-upright] canvas").focus()
    inside.keyboard.press("ArrowRight")
    inside.keyboard.press("Shift+PageUp")
    inside.locator("[data-save]").click()
    inside.wait_for_url(work)
    made = Run.objects.get(type="deliver")
    turned = np.array(made.parameters["upright"])[:3, :3]
    assert np.allclose(turned @ turned.T, np.eye(3), atol=1e-6)
    angle = np.degrees(np.arccos((np.trace(turned) - 1) / 2))
    assert 15.0 < angle < 16.1
    assert watched.complaints == []


def test_a_model_is_refused_with_a_reason_and_then_accepted(
    inside: Page, capture: Capture, live_server: Any, watched: Watched
) -> None:
    run = Run.objects.create(
        capture=capture, state="succeeded", fraction=1,
        report={"dimensions": {"uncertainty_m": 0.0002}},
    )  # fmt: skip
    FieldSheet.objects.create(capture=capture, target_accuracy_mm=0.05)
    inside.goto(
        f"{live_server.url}/admin/captures/capture/{capture.pk}/work/{run.key}/decide/"
    )
    expect(inside.locator("[data-accuracy] .bad")).to_be_visible()
    shoot(inside, "decide")
    inside.locator("button[value=refused]").click()
    expect(inside.locator(".decide [role=alert]")).to_be_visible()
    inside.locator("#reason").fill("Blurred.")
    inside.locator("button[value=refused]").click()
    inside.goto(
        f"{live_server.url}/admin/captures/capture/{capture.pk}/work/{run.key}/decide/"
    )
    inside.locator("#reason").fill("For display only.")
    inside.locator("button[value=accepted]").click()
    inside.goto(
        f"{live_server.url}/admin/captures/capture/{capture.pk}/work/{run.key}/decide/"
    )
    expect(inside.locator(".decided li")).to_have_count(2)
    shoot(inside, "decided")
    verdicts = list(RunDecision.objects.values_list("verdict", flat=True))
    assert verdicts == ["accepted", "refused"]
