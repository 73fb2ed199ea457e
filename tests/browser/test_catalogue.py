"""The catalogue by clicking, as four persons: curator, volunteer, scholar and stranger."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, expect

from heritage.catalogue.actions import release
from heritage.catalogue.models import Collection, Grading, Place, ProposedEdit, Relic
from heritage.exchange.actions import run_change, run_change_undo
from heritage.exchange.models import BulkChange
from tests.heritage.factories import make_place, make_relic, make_site, make_user

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SHOTS = os.environ.get("HERITAGE_TEST_SCREENSHOTS")  # a folder to look at them


def sign_in(page: Page, user: User, site: str) -> None:
    """Bring a session along: signing in itself is another test's."""
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": site}]
    )


def keep_no_drafts(page: Page) -> None:
    """Answer for what is kept while somebody types: here it would meet our own asking.

    Tests share one database in memory, which locks whole tables at once.
    """
    page.route("**/draft/", lambda route: route.fulfill(json={"done": True}))


def shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def without_rest(_seconds: float) -> None:
    """Work on at once, as no worker may that leaves others their turn."""


def test_a_curator_changes_many_and_takes_it_back(
    page: Page, live_server: Any, collection: Collection, curator: User
) -> None:
    for number in range(3):
        make_relic(collection, name_en=f"Ding {number}", grade="third")
    sign_in(page, curator, str(live_server))
    page.goto(f"{live_server}/admin/catalogue/relic/")
    page.locator("#action-toggle").check()
    page.locator("select[name=action]").select_option("change_many")
    shoot(page, "many-list")
    page.locator("button[name=index]").click()
    expect(page.locator("#chosen-title")).to_have_text("3 relics are chosen")
    _add_step(page, "grade", value="second")
    _add_step(page, "name_en", find="Ding", replacement="Bronze ding")
    shoot(page, "many-steps")
    page.locator("a.button.main").click()
    expect(page.locator("tbody", has_text="Bronze ding 1")).to_be_visible()
    shoot(page, "many-preview")
    page.locator("form button.main").click()
    expect(page.locator("progress")).to_be_visible()
    shoot(page, "many-running")
    change = BulkChange.objects.get()
    run_change(change.pk, rest=without_rest)
    page.reload()
    expect(page.locator("#state-title")).to_have_text("done")
    shoot(page, "many-report")
    assert set(Relic.objects.values_list("grade", flat=True)) == {"second"}
    assert Grading.objects.filter(grade="third").count() == 3  # stays to be read
    page.locator("details summary").click()
    page.locator("details button").click()
    run_change_undo(change.pk, rest=without_rest)
    page.reload()
    expect(page.locator("#state-title")).to_have_text("taken back")
    assert set(Relic.objects.values_list("grade", flat=True)) == {"third"}
    assert Relic.objects.filter(name_en__startswith="Ding").count() == 3


def _add_step(page: Page, field: str, **typed: str) -> None:
    page.locator("select[name=field]").select_option(field)
    page.locator("form[method=get] button", has_text="Next").click()
    if "find" in typed:
        page.locator("[name=do][value=replace]").check()
    for name, text in typed.items():
        box = page.locator(f"form.step [name={name}]")
        is_select = box.evaluate("(node) => node.tagName") == "SELECT"
        box.select_option(text) if is_select else box.fill(text)
    page.locator("form.step button.main").click()


def test_a_place_is_set_by_hand_by_keys_and_by_typing(
    page: Page, live_server: Any, collection: Collection, curator: User
) -> None:
    place = make_place(collection, latitude=23.1, longitude=113.2, precision_m=5000)
    make_place(
        collection,
        name_zh="广州",
        name_en="Guangzhou",
        latitude=23.13,
        longitude=113.26,
    )
    site = make_site(collection, latitude=23.11, longitude=113.22, shown_as="exact")
    sign_in(page, curator, str(live_server))
    keep_no_drafts(page)
    page.goto(f"{live_server}/admin/catalogue/place/{place.pk}/change/")
    net = page.locator("svg.place-map-net")
    expect(net.locator("text", has_text="Guangzhou")).to_be_visible()
    shoot(page, "place-map")

    box = net.bounding_box()
    assert box is not None
    net.click(position={"x": box["width"] * 0.5, "y": box["height"] * 0.25})
    north = float(page.input_value("#id_latitude"))
    assert 23.1 < north < 23.3
    assert float(page.input_value("#id_longitude")) == pytest.approx(113.2, abs=0.01)
    page.locator(".place-map-pin").focus()
    page.keyboard.press("Shift+ArrowDown")
    assert float(page.input_value("#id_latitude")) < north
    page.locator(".place-map-handle").focus()
    page.keyboard.press("ArrowUp")
    assert page.input_value("#id_precision_m") == "6250"

    pin = page.locator(".place-map-pin")
    before = pin.get_attribute("transform")
    page.fill("#id_latitude", "23.09")
    assert pin.get_attribute("transform") != before
    page.fill("#id_longitude", "")
    expect(pin).to_be_hidden()
    page.fill("#id_longitude", "113.25")
    shoot(page, "place-map-moved")
    page.locator("[name=_continue]").click()
    expect(page.locator("#id_longitude")).to_have_value("113.25")
    now = Place.objects.get(pk=place.pk)
    assert (now.latitude, now.longitude, now.precision_m) == (23.09, 113.25, 6250)

    page.goto(f"{live_server}/admin/catalogue/site/{site.pk}/change/")
    expect(page.locator("svg.place-map-net .place-map-ring")).to_be_attached()
    shoot(page, "site-map")


def test_four_persons_do_what_each_of_them_may(
    page: Page, live_server: Any, collection: Collection, curator: User
) -> None:
    relic = make_relic(collection, name_en="Bronze ding", price=900)
    release(relic, by=curator, looked_at=None)
    draft = make_relic(collection, name_en="Draft vase")
    form = f"{live_server}/admin/catalogue/relic/{relic.pk}/change/"

    keep_no_drafts(page)
    sign_in(page, make_user(collection, "volunteer"), str(live_server))
    page.goto(form)
    expect(page.locator("#id_price")).to_have_count(0)
    page.fill("[name=description_en]", "Three feet and two handles.")
    page.click("[name=_save]")
    expect(page.locator("[data-review]")).to_be_visible()
    shoot(page, "volunteer-proposed")
    assert ProposedEdit.objects.count() == 1
    relic.refresh_from_db()
    assert relic.description_en == ""

    sign_in(page, curator, str(live_server))
    page.goto(f"{live_server}/admin/")
    shoot(page, "curator-start")
    page.goto(f"{live_server}/admin/catalogue/relic/{relic.pk}/review/")
    shoot(page, "curator-review")
    proposal = ProposedEdit.objects.get()
    page.goto(
        f"{live_server}/admin/catalogue/relic/{relic.pk}/proposals/{proposal.key}/"
    )
    shoot(page, "curator-proposal")
    page.locator("[data-merge] form button").first.click()
    expect(page.locator("[name=description_en]")).to_have_value(
        "Three feet and two handles."
    )
    relic.refresh_from_db()
    assert relic.description_en == "Three feet and two handles."

    sign_in(page, make_user(collection, "scholar"), str(live_server))
    page.goto(f"{live_server}/admin/catalogue/relic/{draft.pk}/change/")
    expect(page.locator("body")).to_contain_text("Draft vase")
    expect(page.locator("[name=_save]")).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("900")
    shoot(page, "scholar-reads")

    page.context.clear_cookies()
    page.goto(form)
    expect(page.locator("[name=password]")).to_be_visible()
    page.goto(f"{live_server}/relics/{relic.key}")
    expect(page.locator("body")).to_contain_text("Three feet and two handles.")
    expect(page.locator("body")).not_to_contain_text("900")
    shoot(page, "stranger-reads")
