"""The pages of custody, as each of its people meets them."""

import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from heritage.catalogue.models import Collection, Relic
from heritage.custody.actions.deregister import Ground, request_deregistration
from heritage.custody.actions.ledger import enter
from heritage.custody.actions.slips import Wish, request_use
from heritage.custody.actions.stocktaking import start_stocktake
from heritage.custody.errors import StandsInLedger
from heritage.custody.models import Deregistration, Slip, Stocktake
from heritage.custody.prints.vouchers import (
    deregistration_pdf,
    slip_pdf,
    stocktake_pdf,
)
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db
WHO = {
    "curator": 200, "ledger_keeper": 200, "store_keeper": 200, "director": 200,
    "volunteer": 404, "stranger": 302,
}  # fmt: skip
PAGES = (
    ("slip", "sheet"), ("slip", "sheet_pdf"), ("deregistration", "sheet"),
    ("deregistration", "sheet_pdf"), ("stocktake", "count"), ("stocktake", "report_pdf"),
)  # fmt: skip


@pytest.fixture
def relic(collection: Collection) -> Relic:
    found: Relic = make_relic(
        collection, store_location="一号库 · 三柜", register_no="总7"
    )
    return found


@pytest.fixture
def things(relic: Relic, curator: User, store_keeper: User) -> dict[str, Any]:
    due = timezone.localdate() + timedelta(days=3)
    return {
        "slip": request_use(
            [relic], Wish("research", "修复室", "李工", due),
            collection=relic.collection, by=curator,
        ),
        "deregistration": request_deregistration(relic, Ground("lost", "遗失"), by=curator),
        "stocktake": start_stocktake(relic.collection, "一号库", by=store_keeper),
    }  # fmt: skip


def at(model: str, page: str, *args: Any) -> str:
    return reverse(f"admin:custody_{model}_{page}", args=args)


@pytest.mark.parametrize("name", WHO)
def test_who_sees_what(
    client: Client, things: dict[str, Any], request: pytest.FixtureRequest, name: str
) -> None:
    client.force_login(request.getfixturevalue(name))
    for model, page in PAGES:
        answer = client.get(at(model, page, things[model].pk))
        assert answer.status_code == WHO[name], (model, page)
    for model in things:
        listed = client.get(at(model, "changelist"))
        if listed.status_code == 200:
            rows = list(listed.context["cl"].result_list)
            assert rows == ([things[model]] if WHO[name] == 200 else [])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_paper_prints(things: dict[str, Any], language: str) -> None:
    with override(language):
        papers = [
            slip_pdf(things["slip"]), deregistration_pdf(things["deregistration"]),
            stocktake_pdf(things["stocktake"]),
        ]  # fmt: skip
    for paper in papers:
        text = "".join(
            p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper)).pages
        )
        assert "总7" in "".join(text.split())


def test_a_slip_from_request_to_return_on_its_pages(
    client: Client, relic: Relic, curator: User, head: User, store_keeper: User
) -> None:
    client.force_login(curator)
    due = timezone.localdate() + timedelta(days=3)
    form = {
        "collection": relic.collection_id, "codes": "总7\n", "purpose": "exhibition",
        "destination": "展厅", "receiver": "王", "due_on": due.isoformat(),
    }  # fmt: skip
    bad = client.post(at("slip", "ask"), form | {"codes": "无此号"})
    assert bad.status_code == 200
    client.post(at("slip", "ask"), form)
    slip = Slip.objects.get()
    client.force_login(head)
    client.post(at("slip", "answer", slip.pk), {"agrees": "yes", "rank": "head"})
    client.force_login(store_keeper)
    (item,) = slip.items.all()
    seen = {
        f"condition-{item.pk}": "complete",
        f"store-{item.pk}": "一号库",
        "item": item.pk,
    }
    client.post(at("slip", "give", slip.pk), seen)
    slip.refresh_from_db()
    assert slip.state == Slip.State.OUT
    assert client.get(at("slip", "sheet", slip.pk)).context["takes"]
    client.post(at("slip", "take", slip.pk), seen)
    slip.refresh_from_db()
    assert slip.state == Slip.State.RETURNED


@pytest.mark.parametrize(
    ("model", "page"),
    [("slip", "ask"), ("ledger", "labels"), ("deregistration", "ask")],
)
def test_a_form_begins_with_the_number_that_people_know(
    client: Client, relic: Relic, curator: User, model: str, page: str
) -> None:
    alike = make_relic(relic.collection, register_no="总8", register_type="accession")
    make_relic(relic.collection, register_no="总8")
    client.force_login(curator)
    for one, code in ((relic, "总7"), (alike, alike.key)):
        form = client.get(at(model, page), {"relic": one.key}).context["form"]
        assert code in (form.initial.get("codes"), form.initial.get("code"))


def test_counting_with_and_without_script(
    client: Client, relic: Relic, store_keeper: User, ledger_keeper: User
) -> None:
    client.force_login(store_keeper)
    begun = {"collection": relic.collection_id, "store": "一号库"}
    client.post(at("stocktake", "start"), begun)
    stocktake = Stocktake.objects.get()
    page = client.get(at("stocktake", "count", stocktake.pk))
    assert "camera=(self)" in page["Permissions-Policy"]
    asked = {"Accept": "application/json"}
    scan = at("stocktake", "scan", stocktake.pk)
    told = client.post(scan, {"code": relic.key, "place": ""}, headers=asked).json()
    assert told["state"] == "found"
    unknown = client.post(scan, {"code": "?", "place": ""}, headers=asked)
    assert (unknown.status_code, unknown.json()["title"]) == (404, "unknown-label")
    assert client.post(scan, {"code": "总7", "place": "二号库"}).status_code == 302
    client.post(at("stocktake", "close", stocktake.pk))
    client.force_login(ledger_keeper)
    client.post(at("stocktake", "accept", stocktake.pk))
    relic.refresh_from_db()
    assert relic.store_location == "二号库"


def test_a_deregistration_is_asked_and_answered_on_its_pages(
    client: Client, relic: Relic, curator: User, head: User
) -> None:
    client.force_login(curator)
    form = {
        "collection": relic.collection_id,
        "code": relic.key,
        "reason": "lost",
        "note": "遗失",
    }
    client.post(at("deregistration", "ask"), form)
    asked = Deregistration.objects.get()
    own = client.post(
        at("deregistration", "answer", asked.pk), {"agrees": "yes"}, follow=True
    )
    assert "error" in [told.level_tag for told in own.context["messages"]]
    client.force_login(head)
    assert client.get(at("deregistration", "sheet", asked.pk)).context["answers"]
    client.post(at("deregistration", "answer", asked.pk), {"agrees": "no"})
    asked.refresh_from_db()
    assert asked.state == Deregistration.State.REFUSED


def test_what_stands_in_the_ledger_is_not_deleted(
    client: Client, relic: Relic, curator: User, ledger_keeper: User
) -> None:
    enter(relic, by=ledger_keeper)
    free = make_relic(relic.collection)
    client.force_login(curator)
    one = reverse("admin:catalogue_relic_delete", args=[relic.pk])
    many = reverse("admin:catalogue_relic_changelist")
    chosen = {
        "action": "delete_selected", "_selected_action": [relic.pk, free.pk], "post": "yes",
    }  # fmt: skip
    with override("en"):
        for address, form in ((one, {"post": "yes"}), (many, chosen)):
            told = client.post(address, form, headers={"Accept-Language": "en"})
            assert "stands in the ledger" in told.content.decode()
    assert Relic.objects.count() == 2
    with pytest.raises(StandsInLedger):
        Relic.objects.all().delete()
    client.post(
        reverse("admin:catalogue_relic_delete", args=[free.pk]), {"post": "yes"}
    )
    assert list(Relic.objects.all()) == [relic]


def test_a_location_in_the_ledger_is_not_typed_over(
    client: Client, relic: Relic, curator: User, ledger_keeper: User
) -> None:
    client.force_login(curator)
    address = reverse("admin:catalogue_relic_change", args=[relic.pk])
    assert "store_location" in client.get(address).context["adminform"].form.fields
    enter(relic, by=ledger_keeper)
    assert "store_location" not in client.get(address).context["adminform"].form.fields


@pytest.mark.parametrize("page", ["custody_slip", "archive_erasure"])
@pytest.mark.parametrize("number", ["²", "9" * 40])
def test_a_number_that_no_row_can_have_is_told_to_be_none(
    admin_client: Client, page: str, number: str
) -> None:
    answer = admin_client.get(reverse(f"admin:{page}_change", args=[number]))
    assert answer["Location"] == reverse("admin:index")
