"""Labels, the object file, statistics of a past day, and what a label's address says."""

import csv
import io
from datetime import timedelta
from typing import Any

import pypdf
import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from fpdf import FPDF

from heritage.catalogue.actions import record_act
from heritage.catalogue.models import Collection, Grading, Naming
from heritage.catalogue.policy import Person
from heritage.custody.actions.ledger import correct, enter
from heritage.custody.codes import codes_of, find_by_code, label_address
from heritage.custody.models import Deregistration
from heritage.custody.prints.grid import Grid, Row, Run, break_lines
from heritage.custody.prints.labels import FORMATS, label_sheets
from heritage.custody.prints.object_file import object_file
from heritage.custody.statistics import statistics_on
from heritage.custody.views import prints
from heritage.lib.text_drawing import FAMILY, finish_pdf, new_pdf
from tests.heritage.factories import make_collection, make_relic

pytestmark = pytest.mark.django_db


def words(written: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(written)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("key", FORMATS)
def test_labels_fill_sheets_and_stay_on_them(collection: Collection, key: str) -> None:
    sheet = FORMATS[key]
    right = sheet.left + sheet.columns * sheet.width + (sheet.columns - 1) * sheet.gap
    assert right <= 210.01
    assert sheet.top + sheet.rows * sheet.height <= 297.01
    relics = [make_relic(collection, register_no=f"总{n}") for n in range(3)]
    begun = label_sheets(relics, format=key, first=sheet.count - 1)
    assert len(pypdf.PdfReader(io.BytesIO(begun)).pages) == 2
    assert "总2" in words(begun)


@pytest.mark.parametrize("key", FORMATS)
def test_a_label_cuts_no_number_and_says_where_it_cuts_a_name(
    collection: Collection, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    write = FPDF.text

    def text(pdf: FPDF, x: float, y: float, line: str) -> None:
        drawn.append(line)
        write(pdf, x, y, line)

    monkeypatch.setattr(FPDF, "text", text)
    number = "粤博藏2021-0025-甲之三分号"
    relic = make_relic(collection, register_no=number, name_zh="清乾隆粉彩九桃图" * 20)
    label_sheets([relic], format=key)
    assert "".join(drawn).startswith(number)
    assert any(line.endswith("…") for line in drawn)


def test_no_printed_line_begins_with_a_closing_mark() -> None:
    pdf = new_pdf(title="", language="zh-hans", created=timezone.now())
    pdf.add_page()
    pdf.set_font(FAMILY, size=8)
    text = "西汉南越王墓出土玉角形杯（复制件），用于“教育展示”。 Two parts; 二件。"
    for width in range(12, 60):
        lines = list(break_lines(pdf, text, width))
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line[0] in "，。）”" for line in lines), lines
    finish_pdf(pdf)


def test_a_line_struck_off_is_struck_on_every_line_and_its_voucher_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rules: list[tuple[float, float, float]] = []
    monkeypatch.setattr(
        FPDF, "line", lambda pdf, x1, y1, x2, y2: rules.append((x1, x2, y1))
    )
    pdf = new_pdf(title="", language="zh-hans", created=timezone.now())
    pdf.add_page()
    grid = Grid(pdf, (20, 20), size_pt=8, left_mm=10)
    grid.draw(Row([[Run("很长的名称" * 4)], [Run("注销一号")]], is_struck=True))
    assert len(rules) == 2 * 4  # four lines of text, two rules through each
    assert max(right for _left, right, _y in rules) < 30
    finish_pdf(pdf)


def test_a_label_leads_to_the_object(
    client: Client, collection: Collection, curator: User
) -> None:
    relic = make_relic(collection, state="released")
    address = "/" + label_address(relic).split("/", 3)[3]
    led = client.get(address)["Location"]
    assert led == f"/id/relic/{relic.key}"
    assert client.get(led).status_code == 303
    assert client.get("/r/no-key").status_code == 404


def test_who_left_the_collection_is_told_at_the_address(
    client: Client, collection: Collection
) -> None:
    relic = make_relic(collection, state="released")
    page = reverse("relic", args=[relic.key])
    assert client.get(page).context["deregistered_on"] is None
    Deregistration.objects.create(
        relic=relic, number="2026-00001", reason="lost", note="遗失", state="done",
        done_at=timezone.now(),
    )  # fmt: skip
    told = client.get(page, headers={"Accept-Language": "en"})
    assert "No longer in the collection" in told.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_object_file_tells_every_act(
    collection: Collection, curator: User, ledger_keeper: User, language: str
) -> None:
    relic = make_relic(collection, register_no="总9", price=1234)
    record_act(Grading(relic=relic, grade="first", evidence="鉴定书七"), by=curator)
    record_act(Naming(relic=relic, name_zh="新定名鼎", dissent="王某异议"), by=curator)
    enter(relic, by=ledger_keeper)
    correct(relic, {"note": "补记"}, by=ledger_keeper, reason="漏记")
    with override(language):
        text = words(object_file(relic, Person.of(curator)))
        # The store keeper answers for the thing, not for what it cost.
        less = words(object_file(relic, Person(keeps_store=frozenset({collection.pk}))))
    for said in ("总9", "鉴定书七", "新定名鼎", "王某异议", "补记", "1234"):
        assert said in text, said
    assert "1234" not in less
    assert "王某异议" not in less


PAGES = {
    "curator": 200,
    "ledger_keeper": 200,
    "store_keeper": 200,
    "volunteer": 403,
    "stranger": 302,
}


@pytest.mark.parametrize("name", PAGES)
def test_who_gets_the_object_file(
    client: Client, collection: Collection, request: pytest.FixtureRequest, name: str
) -> None:
    relic = make_relic(collection)
    client.force_login(request.getfixturevalue(name))
    address = reverse("admin:custody_ledger_object", args=[relic.key])
    assert client.get(address).status_code == PAGES[name]


def test_labels_are_chosen_on_a_page(
    client: Client, collection: Collection, store_keeper: User, volunteer: User
) -> None:
    relic = make_relic(collection, store_location="一号库", register_no="总5")
    address = reverse("admin:custody_ledger_labels")
    form = {"collection": collection.pk, "format": "24", "first": 1, "store": "一号库"}
    client.force_login(store_keeper)
    assert client.get(address, {"relic": relic.key}).status_code == 200
    assert "总5" in words(client.post(address, form).content)
    unknown = client.post(address, form | {"codes": "?"})
    assert unknown["Content-Type"].startswith("text/html")
    client.force_login(volunteer)
    told = client.post(address, form)
    assert told["Content-Type"].startswith(
        "text/html"
    )  # nobody learns where things lie


def test_what_one_comes_with_stands_as_one_would_type_it(
    collection: Collection, django_assert_max_num_queries: Any
) -> None:
    plain = [make_relic(collection, register_no=f"总{n}") for n in range(30)]
    twice = [
        make_relic(collection, register_no="7", register_type=kind)
        for kind in ("general-register", "accession-register")
    ]
    alike = make_relic(collection, register_no=plain[0].key)
    relics = [*plain, *twice, alike]
    with django_assert_max_num_queries(1):
        codes = codes_of(relics)
    assert codes == {relic.key: relic.register_no for relic in plain} | {
        relic.key: relic.key for relic in (*twice, alike)
    }
    for relic in relics:
        assert find_by_code(codes[relic.key], collection) == relic


def test_more_labels_than_are_made_at_once_are_refused(
    client: Client,
    collection: Collection,
    store_keeper: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _relic in "abc":
        make_relic(collection, store_location="一号库")
    monkeypatch.setattr(prints, "LABELS_AT_ONCE", 2)
    client.force_login(store_keeper)
    form = {"collection": collection.pk, "format": "24", "first": 1, "store": "一号库"}
    address = reverse("admin:custody_ledger_labels")
    told = client.post(address, form, headers={"Accept-Language": "en"})
    assert "More than 2 labels at once" in told.content.decode()


def test_a_past_day_gives_the_same_figures_for_ever(
    client: Client, collection: Collection, curator: User
) -> None:
    today, now = timezone.localdate(), timezone.now()
    with time_machine.travel(now - timedelta(days=10)):
        relic = make_relic(
            collection, grade="third", actual_count=3, acquired_year=1985
        )
        make_relic(make_collection(), grade="third")
        gone = make_relic(collection, grade="second")
    with time_machine.travel(now - timedelta(days=5)):
        Deregistration.objects.create(
            relic=gone,
            number="1",
            reason="lost",
            note="x",
            state="done",
            done_at=timezone.now(),
        )
    relic.grade = "first"
    relic.save()
    person = Person.of(curator)

    def grades(days: int) -> list[tuple[int, int]]:
        table = statistics_on(today - timedelta(days=days), person)[0]
        return [(one.objects, one.pieces) for one in table.figures]

    assert [grades(days) for days in (20, 8, 3)] == [[], [(1, 1), (1, 3)], [(1, 3)]]
    client.force_login(curator)
    address = reverse("admin:custody_ledger_statistics")
    for on in ("", "no day", "2026-02-31", today.isoformat()):
        assert client.get(address, {"on": on}).status_code == 200
    file = client.get(address, {"as": "csv"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert ["1985", "1", "3"] in [[row[1][:4], *row[2:]] for row in rows]


def test_strangers_count_nothing(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(reverse("admin:custody_ledger_statistics")).status_code == 302
