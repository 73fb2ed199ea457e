"""The ledger: only added to, struck through and never erased, kept by who keeps no store."""

import io
from typing import Any

import pypdf
import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from heritage.catalogue.models import Collection, Membership, Relic
from heritage.custody.actions.ledger import correct, enter, strike_off
from heritage.custody.book import find_drift, read_book
from heritage.custody.errors import (
    AlreadyEntered,
    DutiesApart,
    LedgerStays,
    NothingToCorrect,
    NotInLedger,
    NotYourDuty,
)
from heritage.custody.models import Ledger, LedgerEntry
from heritage.custody.prints.ledger_book import ledger_book
from heritage.custody.sealing import find_breaks
from heritage.custody.views import ledger as ledger_views
from tests.heritage.factories import make_collection, make_relic, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def relic(collection: Collection) -> Relic:
    found: Relic = make_relic(collection, register_no="总0001", name_zh="兽面纹鼎")
    return found


def test_what_stood_can_be_read_after_two_corrections(
    relic: Relic, ledger_keeper: User
) -> None:
    enter(relic, by=ledger_keeper)
    correct(relic, {"name": "夔纹鼎"}, by=ledger_keeper, reason="鉴定")
    correct(relic, {"name": "夔龙纹鼎"}, by=ledger_keeper, reason="笔误")
    (line,) = read_book(Ledger.objects.get())
    texts = [
        (one.text, one.struck_by and one.struck_by.reason) for one in line.cells["name"]
    ]
    assert texts == [("兽面纹鼎", "鉴定"), ("夔纹鼎", "笔误"), ("夔龙纹鼎", None)]
    assert not list(find_breaks(Ledger.objects.get()))


def test_a_relic_is_entered_once_and_struck_off_once(
    relic: Relic, ledger_keeper: User
) -> None:
    with pytest.raises(NotInLedger):
        strike_off(relic, by=ledger_keeper, reason="拨交", voucher="注2026-1")
    enter(relic, by=ledger_keeper)
    with pytest.raises(AlreadyEntered):
        enter(relic, by=ledger_keeper)
    strike_off(relic, by=ledger_keeper, reason="拨交", voucher="注2026-1")
    with pytest.raises(NotInLedger):
        correct(relic, {"name": "x"}, by=ledger_keeper, reason="y")
    (line,) = read_book(Ledger.objects.get())
    assert line.struck_off is not None
    assert line.text("name") == "兽面纹鼎"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({}, "x"), ({"name": "兽面纹鼎"}, "x"), ({"name": "新"}, " ")],
)
def test_a_correction_says_something_and_why(
    relic: Relic, ledger_keeper: User, changes: dict[str, str], reason: str
) -> None:
    enter(relic, by=ledger_keeper)
    with pytest.raises(NothingToCorrect):
        correct(relic, changes, by=ledger_keeper, reason=reason)


def test_only_the_ledger_keeper_writes(
    relic: Relic, curator: User, volunteer: User, stranger: User, store_keeper: User
) -> None:
    administrator = make_user(relic.collection, "curator", is_superuser=True)
    elsewhere = make_user(make_collection(), "ledger-keeper")
    for user in (curator, volunteer, stranger, store_keeper, administrator, elsewhere):
        with pytest.raises(NotYourDuty):
            enter(relic, by=user)


def test_who_keeps_a_ledger_keeps_no_store(relic: Relic, ledger_keeper: User) -> None:
    Membership.objects.create(
        user=ledger_keeper, collection=make_collection(), role="store-keeper"
    )
    with pytest.raises(DutiesApart):
        enter(relic, by=ledger_keeper)


def test_no_row_is_changed_or_erased(relic: Relic, ledger_keeper: User) -> None:
    entry = enter(relic, by=ledger_keeper)
    for act in (
        entry.save, entry.delete, LedgerEntry.objects.all().delete,
        lambda: LedgerEntry.objects.update(reason="x"),
    ):  # fmt: skip
        with pytest.raises(LedgerStays):
            act()
    table = LedgerEntry._meta.db_table
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="only ever added to"),
        transaction.atomic(),
    ):
        cursor.execute(f"UPDATE {table} SET reason = 'x'")  # noqa: S608


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_an_entry_that_vanished_is_missed(
    collection: Collection, ledger_keeper: User, gone: int
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("this database itself refuses the deletion")
    for _number in range(3):
        enter(make_relic(collection), by=ledger_keeper)
    table = LedgerEntry._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE number = %s", [gone])  # noqa: S608
    assert list(find_breaks(Ledger.objects.get()))
    with pytest.raises(CommandError):
        call_command("check_ledger", stdout=io.StringIO())


def test_an_entry_put_in_the_place_of_another_is_found(
    collection: Collection, ledger_keeper: User
) -> None:
    entry = enter(make_relic(collection), by=ledger_keeper)
    entry.cells = entry.cells | {"name": "别的"}
    LedgerEntry._base_manager.filter(pk=entry.pk)._raw_delete("default")
    LedgerEntry._base_manager.bulk_create([entry])
    assert [one.number for one in find_breaks(Ledger.objects.get())] == [1]


def test_a_page_of_the_book_checks_what_it_shows(
    client: Client,
    collection: Collection,
    ledger_keeper: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _number in range(4):
        forged = enter(make_relic(collection), by=ledger_keeper)
    forged.pk, forged.number, forged.relic_key = None, 5, "forged"
    LedgerEntry._base_manager.bulk_create([forged])
    monkeypatch.setattr(ledger_views, "LINES_A_PAGE", 2)
    client.force_login(ledger_keeper)
    address = reverse("admin:custody_ledger_book", args=[forged.ledger_id])
    told = [client.get(address, {"page": page}).context["breaks"] for page in (1, 3)]
    assert [{one.number for one in breaks} for breaks in told] == [set(), {5}]


def test_the_command_finds_the_digest_of_a_printed_page(
    relic: Relic, ledger_keeper: User
) -> None:
    entry, out = enter(relic, by=ledger_keeper), io.StringIO()
    call_command("check_ledger", holds=entry.digest[:32], stdout=out)
    assert entry.digest[:32] in out.getvalue()
    with pytest.raises(CommandError):
        call_command("check_ledger", holds="0" * 32, stdout=out)


def test_the_register_running_ahead_is_shown(relic: Relic, ledger_keeper: User) -> None:
    enter(relic, by=ledger_keeper)
    relic.grade = "first"
    relic.save()
    ledger = Ledger.objects.get()
    (drift,) = find_drift(ledger, read_book(ledger))
    assert set(drift.changes) == {"grade"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_book_has_every_line_and_every_strike(
    collection: Collection, relic: Relic, ledger_keeper: User, language: str
) -> None:
    enter(relic, by=ledger_keeper)
    correct(relic, {"name": "夔纹鼎"}, by=ledger_keeper, reason="经专家组复核鉴定")
    for _number in range(40):
        enter(make_relic(collection), by=ledger_keeper)
    with override(language):
        pages = pypdf.PdfReader(io.BytesIO(ledger_book(Ledger.objects.get()))).pages
    text = "".join(page.extract_text() for page in pages)
    assert len(pages) >= 3
    # Narrow columns break lines anywhere.
    whole = "".join(text.split())
    for said in (
        "总0001",
        "兽面纹鼎",
        "夔纹鼎",
        "经专家组复核鉴定",
        Ledger.objects.get().last_digest[:8],
    ):
        assert said in whole


WHO = {
    "curator": 200,
    "volunteer": 404,
    "stranger": 302,
    "ledger_keeper": 200,
    "store_keeper": 200,
}


@pytest.mark.parametrize("name", WHO)
def test_who_reads_the_book(
    client: Client, collection: Collection, request: pytest.FixtureRequest, name: str
) -> None:
    ledger = Ledger.objects.create(collection=collection)
    client.force_login(request.getfixturevalue(name))
    for page in ("book", "book_pdf"):
        address = reverse(f"admin:custody_ledger_{page}", args=[ledger.pk])
        assert client.get(address).status_code == WHO[name], page


def test_the_keeper_enters_and_corrects_on_the_page(
    client: Client, relic: Relic, ledger_keeper: User
) -> None:
    client.force_login(ledger_keeper)
    assert client.get(reverse("admin:custody_ledger_changelist")).status_code == 200
    ledger = Ledger.objects.get()
    shown = client.get(reverse("admin:custody_ledger_book", args=[ledger.pk]))
    assert relic in shown.context["waiting"]
    post(client, "enter", [ledger.pk], relic=relic.key)
    post(client, "correct", [ledger.pk, relic.key], name="新名", reason="核对")
    (line,) = read_book(ledger)
    assert line.text("name") == "新名"


def test_who_may_read_but_not_write_is_told(
    client: Client, relic: Relic, curator: User
) -> None:
    ledger = Ledger.objects.create(collection=relic.collection)
    client.force_login(curator)
    done = post(client, "enter", [ledger.pk], relic=relic.key, follow=True)
    assert [told.level_tag for told in done.context["messages"]] == ["error"]
    assert not ledger.entries.exists()


def post(
    client: Client, page: str, args: list[Any], *, follow: bool = False, **data: Any
) -> Any:
    return client.post(
        reverse(f"admin:custody_ledger_{page}", args=args), data, follow=follow
    )
