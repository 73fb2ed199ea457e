"""Automated checks of WCAG 2.2 AA (axe-core) on the pages that people work with.

No finding that axe calls serious or critical is let through, and no page that is wider
than its window.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page

from heritage.catalogue.models import Collection, Comment, Relic
from heritage.custody.actions.approvals import answer
from heritage.custody.actions.deregister import Ground, request_deregistration
from heritage.custody.actions.ledger import enter_all
from heritage.custody.actions.slips import Wish, request_use
from heritage.custody.actions.stocktaking import note_seen, start_stocktake
from heritage.custody.models import Ledger
from heritage.exchange.actions import (
    begin,
    begin_change,
    run_change,
    run_load,
    set_steps,
    stage_change,
    stage_load,
)
from heritage.exchange.actions.mappings import find_mapping
from heritage.exchange.bulk.steps import Step
from heritage.pages.actions.answering import grant_files
from heritage.pages.granting import granted_address
from heritage.pages.models import ErrorReport, ModelRequest
from tests.browser.museum import Museum
from tests.browser.visiting import Visit
from tests.heritage.exchange.registers import make_register
from tests.heritage.factories import make_relic, make_user
from tests.heritage.images.made import gradient, place_image
from tests.heritage.search.desk import keep_up

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS: Final = (390, 1280)
DAILY: Final = (
    "/admin/", "/admin/catalogue/relic/", "/admin/catalogue/relic/{relic}/change/",
    "/admin/catalogue/relic/{draft}/review/", "/", "/relics/{key}",
)  # fmt: skip
PUBLIC: Final = (
    "/search", "/search?q=青", "/relics/{key}/versions", "/report/relic/{key}",
    "/relics/{key}/embed", "{granted}", "/exhibits/{exhibit}/app/",
    "/exhibits/{exhibit}?kiosk",
    "/query", "/questions/", "/dataset", "/accounts/login/",
)  # fmt: skip
# What is begun, half way or over: each page has rows, and forms where somebody must act.
IN_HAND: Final = {
    "curator": (
        "/admin/captures/letters/", "/admin/exchange/bulkchange/{change}/steps/",
        "/admin/exchange/bulkchange/{change}/preview/",
        "/admin/exchange/bulkchange/{changed}/results/",
        "/admin/exchange/load/{load}/columns/", "/admin/exchange/load/{loaded}/results/",
        "/admin/exchange/doubt/list/", "/admin/custody/ledger/statistics/",
        "/admin/custody/deregistration/{gone}/sheet/",
    ),
    "store-keeper": (
        "/admin/custody/slip/{slip}/sheet/", "/admin/custody/stocktake/{stock}/count/",
    ),
    "ledger-keeper": ("/admin/custody/ledger/{ledger}/book/",),
}  # fmt: skip
WORK: Final = {
    "curator": (
        "/admin/", "/admin/catalogue/relic/", "/admin/catalogue/relic/add/",
        "/admin/catalogue/relic/{relic}/change/", "/admin/catalogue/relic/{draft}/review/",
        "/admin/catalogue/relic/{relic}/history/", "/admin/catalogue/relic/untranslated/",
        "/admin/catalogue/relic/compare/?of={relic}&of={draft}",
        "/admin/catalogue/element/{element}/change/", "/admin/catalogue/place/",
        "/admin/catalogue/place/{place}/change/", "/admin/catalogue/bearer/{bearer}/change/",
        "/admin/exhibits/exhibit/{show}/change/", "/admin/exhibits/exhibit/{show}/arrange/",
        "/admin/exhibits/devicekey/", "/admin/pages/modelrequest/",
        "/admin/pages/modelrequest/{asked}/change/", "/admin/pages/errorreport/{report}/change/",
        "/admin/exchange/load/loads/", "/admin/exchange/doubt/list/",
        "/admin/custody/ledger/statistics/", "/admin/custody/ledger/labels/",
        "/admin/archive/deposit/inbox/",
        "/admin/captures/capture/{capture}/work/",
        "/admin/captures/capture/{capture}/compare/",
    ),
    "ledger-keeper": (
        "/admin/", "/admin/catalogue/relic/", "/admin/catalogue/relic/{relic}/change/",
        "/admin/custody/ledger/", "/admin/custody/ledger/{ledger}/book/",
    ),
    "volunteer": (
        "/admin/", "/admin/catalogue/relic/", "/admin/catalogue/relic/{relic}/change/",
        "/admin/catalogue/relic/{draft}/review/",
    ),
}  # fmt: skip


@pytest.fixture
def window_options() -> dict[str, Any]:
    return {"locale": "zh-CN", "viewport": {"width": 1360, "height": 900}}


@pytest.fixture
def places(museum: Museum, collection: Collection) -> dict[str, object]:
    """What the addresses name: a released relic, and a draft that is talked about."""
    relic = museum.relics[0]
    draft: Relic = make_relic(collection, register_no="总0009", name_en="")
    author = make_user(collection, "contributor")
    Comment.objects.create(
        record_kind="relic", record_key=draft.key, by=author, text="年代待考。"
    )
    return {"relic": relic.pk, "key": relic.key, "draft": draft.pk}


@pytest.fixture
def all_places(
    museum: Museum, places: dict[str, object], collection: Collection,
    curator: User,
) -> dict[str, object]:  # fmt: skip
    """And all the other things that have pages."""
    relic = museum.relics[0]
    place_image(relic, gradient(900, 700))
    asked = ModelRequest.objects.create(
        relic=relic, wish="full", name="Li", email="li@example.org", purpose="论文。"
    )
    grant_files(asked, by=curator)
    granted = granted_address(asked)
    report = ErrorReport.objects.create(
        collection=collection,
        record_kind="relic",
        record_key=relic.key,
        text="年代有误。",
    )
    enter_all(museum.relics, by=make_user(collection, "ledger-keeper"))
    keep_up()
    return places | {
        "exhibit": museum.exhibit.key, "show": museum.exhibit.pk, "asked": asked.pk,
        "element": museum.element.pk, "place": museum.place.pk, "report": report.pk,
        "bearer": museum.bearer.pk, "granted": "/" + granted.split("/", 3)[3],
        "ledger": Ledger.objects.get().pk, "day": timezone.localdate(),
        "capture": relic.captures.get().pk,
    }  # fmt: skip


@pytest.fixture
def in_hand(collection: Collection, tmp_path: Path, curator: User) -> dict[str, object]:
    """Work that has been begun: a slip, a stocktaking, a change, a load."""
    head, store = (
        make_user(collection, "curator"),
        make_user(collection, "store-keeper"),
    )
    lent, lost, kept = (
        make_relic(collection, store_location="一号库 · 三柜", completeness="complete")
        for _ in range(3)
    )
    enter_all([lent, lost, kept], by=make_user(collection, "ledger-keeper"))
    due = timezone.localdate() + timedelta(days=3)
    wish = Wish("research", "修复室", "李工", due)
    slip = request_use([lent], wish, collection=collection, by=curator)
    answer(slip, by=head, agrees=True)
    gone = request_deregistration(lost, Ground("lost", "遗失"), by=curator)
    stock = start_stocktake(collection, "一号库", by=store)
    note_seen(stock, kept.key, place="二号库", by=store)
    steps = [Step("credit", "set", "旧藏")]
    change, changed = (stage_change(Relic.objects.all(), by=curator) for _ in "ab")
    for one in (change, changed):
        set_steps(one, steps)
    begin_change(changed)
    run_change(changed.pk, rest=without_rest)
    table = tmp_path / "register.csv"
    table.write_bytes(make_register(4, faulty=1).csv())
    load, loaded = (
        stage_load([table], collection=collection, by=curator) for _ in "ab"
    )
    begin(loaded, find_mapping("register-zh"), by=curator)
    run_load(loaded.pk, rest=without_rest)
    return {
        "slip": slip.pk, "gone": gone.pk, "stock": stock.pk, "change": change.key,
        "changed": changed.key, "load": load.key, "loaded": loaded.key,
        "ledger": Ledger.objects.get().pk,
    }  # fmt: skip


def without_rest(_seconds: float) -> None:
    """Work on at once."""


def test_what_is_in_hand_is_accessible_on_a_phone(
    page: Page, live_server: Any, in_hand: dict[str, object], collection: Collection,
    curator: User,
) -> None:  # fmt: skip
    visit = Visit(page, live_server.url, in_hand)
    visit.speak("zh-hans")
    found: list[str] = []
    for role, addresses in IN_HAND.items():
        visit.sign_in(curator if role == "curator" else make_user(collection, role))
        found += visit.findings(addresses, widths=(390,))
    assert not found, "\n".join(found)


def test_daily_pages_are_accessible(
    page: Page, live_server: Any, places: dict[str, object], curator: User
) -> None:
    visit = Visit(page, live_server.url, places)
    visit.sign_in(curator)
    visit.speak("zh-hans")
    found = list(visit.findings(DAILY))
    assert not found, "\n".join(found)


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["zh-hans", "en", "zh-hant"])
def test_every_public_page_is_accessible(
    page: Page, live_server: Any, museum: Museum, all_places: dict[str, object],
    language: str,
) -> None:  # fmt: skip
    visit = Visit(page, live_server.url, all_places)
    visit.speak(language)
    found = list(visit.findings((*museum.addresses, *PUBLIC), widths=WIDTHS))
    assert not found, "\n".join(found)


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("role", list(WORK))
def test_every_page_of_the_work_room_is_accessible(
    page: Page, live_server: Any, all_places: dict[str, object], collection: Collection,
    role: str, language: str,
) -> None:  # fmt: skip
    visit = Visit(page, live_server.url, all_places)
    visit.sign_in(make_user(collection, role))
    visit.speak(language)
    found = list(visit.findings(WORK[role]))
    assert not found, "\n".join(found)
