"""What changed between two captures is read in a browser: a real map of a known loss."""

import io
import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from heritage.archive.actions.deposit import deposit_files
from heritage.archive.models import Deposit
from heritage.captures.models import ChangeRecord, Derivative, Run
from heritage.catalogue.models import Collection
from scans.change.comparing import Pair, compare_masters
from scans.geometry.mesh_file import write_master
from tests.browser.conftest import Watched, wait_until
from tests.heritage.exhibits.made import make_run
from tests.heritage.factories import make_relic
from tests.scans.change.vessels import elsewhere, noisy, vessel, with_loss

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")  # a folder to look at them
PICTURES = ("change", "deviation", "histogram")
SCALE = re.compile(r"(1\.0000|0\.9999)\d\d ± 0\.0000\d\d")
UNKNOWN = {"zh-hans": "不明", "en": "not known"}
LOADED = "[...document.querySelectorAll('.maps img')].every(one => one.complete && one.naturalWidth > 100)"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A vessel before and after a loss of 16 cm², a millimetre deep, compared."""
    folder = tmp_path_factory.mktemp("masters")
    whole = vessel("vase", 3, 20_000)
    lost, _area = with_loss(whole, area_m2=16e-4, depth_m=0.001, seed=3)
    write_master(folder / "before.ply", noisy(whole, 3e-5, 1))
    write_master(folder / "after.ply", elsewhere(noisy(lost, 3e-5, 2), 3))
    pair = Pair(folder / "before.ply", folder / "after.ply", free_scale=True)
    return folder, compare_masters(pair, folder, lambda _event: None)


@pytest.fixture
def compared(
    collection: Collection, told: tuple[Path, dict[str, Any]], live_server: Any
) -> Run:
    relic = make_relic(collection, name_zh="青釉瓶", name_en="Celadon vase")
    before, after = (make_run(relic, is_accepted=False) for _ in range(2))
    folder, report = told
    files = [
        (f"{name}.png", io.BytesIO((folder / f"{name}.png").read_bytes()))
        for name in PICTURES
    ]
    outputs = deposit_files(files, kind=Deposit.Kind.DERIVED, by=None)
    run: Run = Run.objects.create(
        capture=after.capture, type=Run.Type.COMPARE, state=Run.State.SUCCEEDED,
        master_of=after, compared_with=before, report=report, outputs=outputs,
    )  # fmt: skip
    for file in outputs.files.all():
        name = file.name.removesuffix(".png")
        Derivative.objects.create(
            run=run, role=Derivative.Role.CHANGE, profile=name, stored_file=file
        )
    return run


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_change_map_is_read_and_kept(
    language: str, watched: Watched, curator: User, compared: Run, live_server: Any
) -> None:
    page = _inside(watched, curator, live_server, language)
    page.goto(
        f"{live_server.url}/admin/captures/capture/{compared.capture_id}"
        f"/work/{compared.key}/change/"
    )
    regions = compared.report["change"]["regions"]
    assert regions
    expect(page.locator("[data-region=loss]")).to_have_count(len(regions))
    area = page.locator("[data-region=loss] .number").first.inner_text()
    assert float(area.split(" ± ")[0].replace(",", "")) == pytest.approx(
        regions[0]["area_mm2"], abs=0.06
    )
    # The factor that nobody vouches for is told: it is one, to a hundred thousandth.
    expect(page.locator("[data-told]")).to_contain_text(SCALE)
    assert (
        page.locator(".project-figures dd").all_inner_texts()[2:4]
        == [UNKNOWN[language]] * 2
    )
    wait_until(page, LOADED)
    shoot(page, f"change-{language}")
    page.locator("form[action$='/keep/'] button").click()
    expect(page.locator("[data-kept]")).to_be_visible()
    page.wait_for_load_state("networkidle")  # its pictures come again
    assert ChangeRecord.objects.get().run == compared
    assert watched.complaints == []


def _inside(watched: Watched, curator: User, live_server: Any, language: str) -> Page:
    client = Client()
    client.force_login(curator)
    cookies = {
        "sessionid": client.cookies["sessionid"].value,
        "django_language": language,
    }
    watched.context.add_cookies(
        [{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()]
    )
    return watched.page()


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
