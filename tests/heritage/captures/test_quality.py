"""The quality sheet: what a page and a PDF tell of a run, and who may read them."""

import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from heritage.captures.actions import add_files, decide_run
from heritage.captures.media import media_path
from heritage.captures.models import Capture, Run
from heritage.captures.quality.parts import Verdict
from heritage.captures.quality.pdf import write_pdf
from heritage.captures.quality.sheet import build_sheet
from heritage.captures.quality.words import UNDETERMINED
from heritage.catalogue.actions.release import release
from heritage.catalogue.models import Collection
from scans.reconstruction import determinacy
from tests.heritage.factories import make_collection, make_relic, make_user

from .conftest import item
from .made_quality import NAMES, QUALITY, add_delivered, make_measured_run

PAGES = ("quality", "quality_pdf", "quality_json")
CHIMES = "曾侯乙编钟"  # the bells of Marquis Yi of Zeng


def page(name: str, run: Run) -> str:
    return reverse(f"admin:captures_capture_{name}", args=[run.capture_id, run.key])


@pytest.fixture
def capture(collection: Collection) -> Capture:
    relic = make_relic(collection, name_zh=CHIMES, name_en="Bells of Marquis Yi")
    return Capture.objects.create(relic=relic, unit="mm")


@pytest.fixture
def measured(capture: Capture) -> Run:
    return make_measured_run(capture)


@pytest.fixture
def inside(client: Client, curator: User) -> Client:
    client.force_login(curator)
    return client


def pdf_of(run: Run, language: str) -> PdfReader:
    with translation.override(language):
        sheet = build_sheet(run)
        written = write_pdf(sheet, language=language, created=run.finished_at)  # type: ignore[arg-type]
    return PdfReader(io.BytesIO(written))


def text_of(reader: PdfReader) -> str:
    text = "".join(page.extract_text() for page in reader.pages)
    return "".join(text.split())


def test_the_page_tells_every_figure_in_words(inside: Client, measured: Run) -> None:
    inside.cookies["django_language"] = "en"
    told = inside.get(page("quality", measured)).content.decode()
    for text in (
        "1,234,567", "0.2468 mm", "0.0613 mm", "93.4 %", "500,222", "123.5 cm²",
        "36.7 × 24.1 × 30.02 mm", "Point spacing, mean", "Typical distance between",
        "98 %", "cannot be determined: its rotation about an axis", "open3d-cpu",
        "measuring the quality", "Reach of the points", "fits nowhere",
    ):  # fmt: skip
        assert text in told, text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_page_and_pdf_tell_the_same(measured: Run, language: str) -> None:
    with translation.override(language):
        sheet = build_sheet(measured)
    told = text_of(pdf_of(measured, language))
    for section in sheet.sections:
        texts = [section.title, *section.sentences]
        texts += [
            part for m in section.measures for part in (m.label, m.value, m.about)
        ]
        texts += [cell.text for t in section.tables for row in t.rows for cell in row]
        texts += [picture.caption for picture in section.pictures]
        for text in texts:
            assert "".join(text.split()) in told, text


def test_the_pdf_holds_chinese_names_and_the_pictures(measured: Run) -> None:
    reader = pdf_of(measured, "zh-hans")
    assert CHIMES in text_of(reader)
    assert NAMES[0] in text_of(reader)
    assert sum(len(page.images) for page in reader.pages) == len(QUALITY["pictures"])


def test_files_stand_on_the_sheet_with_figures_and_what_they_differ_by(
    inside: Client, measured: Run
) -> None:
    add_delivered(measured)
    with translation.override("en"):
        sheet = build_sheet(measured)
    (part,) = (section for section in sheet.sections if section.slug == "delivery")
    (row,) = part.tables[0].rows
    assert [cell.text for cell in row] == [
        "web.glb", "149,998", "0.0141", "0.04", "0.21", "0.97", "0.96", "1.2",
    ]  # fmt: skip
    deviation, likeness = part.pictures
    assert "web.glb" in deviation.caption
    assert "0.08 mm" in deviation.caption
    assert "ΔE00) of 10" in likeness.caption
    told = inside.get(page("quality", measured)).content.decode()
    work = reverse("admin:captures_capture_work", args=[measured.capture_id])
    for address in (deviation.address, likeness.address):
        assert address in told
        assert address in inside.get(work).content.decode()


def test_a_picture_of_an_earlier_file_is_not_shown_beside_a_new_one(
    measured: Run,
) -> None:
    add_delivered(measured)
    again: Run = Run.objects.create(
        capture=measured.capture, type=Run.Type.ADD, adds_to=measured, master_of=measured,
        state=Run.State.SUCCEEDED, fraction=1.0, finished_at=measured.finished_at,
    )  # fmt: skip
    add_delivered(again, pictures=False)
    sheet = build_sheet(measured)
    (part,) = (section for section in sheet.sections if section.slug == "delivery")
    assert len(part.tables[0].rows) == 1
    assert part.pictures == []


def test_the_same_sheet_gives_the_same_pdf(measured: Run) -> None:
    sheet = build_sheet(measured)
    moment: Any = measured.finished_at
    first = write_pdf(sheet, language="en", created=moment)
    assert write_pdf(sheet, language="en", created=moment) == first


@pytest.mark.parametrize(
    ("grade", "profile", "verdict"),
    [
        ("first", "grade 1", Verdict.FAILED),
        ("third", "grades 2 and 3", Verdict.FAILED),
        ("ungraded", "other objects", Verdict.UNKNOWN),
    ],
)
def test_a_relic_is_judged_by_its_grade(
    measured: Run, grade: str, profile: str, verdict: Verdict
) -> None:
    measured.capture.relic.grade = grade
    with translation.override("en"):
        sheet = build_sheet(measured)
        first, *others = sheet.sections[0].tables
        assert sheet.verdict is verdict
        assert profile in first.title
        assert profile in sheet.sections[0].sentences[0]
        assert len(others) == 2


def test_checks_are_told_by_sign_and_word(measured: Run) -> None:
    measured.capture.relic.grade = "first"
    with translation.override("en"):
        table = build_sheet(measured).sections[0].tables[0]
        rows = [[cell.text for cell in row] for row in table.rows]
    assert [row[-1] for row in rows] == ["✓ passed", "✗ not passed", "? not known"]
    assert rows[1][1:3] == ["93.4 %", "≥ 98 %"]


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        ({"matches": True, "proposal": None}, "as large as the register says."),
        ({}, "inch"),
        ({"proposal": None}, "another object"),
        ({"matches": None, "proposal": None, "registered_cm": None}, "Enter length"),
    ],
)
def test_the_register_is_compared_in_words(
    capture: Capture, scale: dict[str, Any], words: str
) -> None:
    proposal = {"unit": "in", "factor": 25.4}
    scale = QUALITY["scale"] | {"proposal": proposal} | scale
    with translation.override("en"):
        sheet = build_sheet(make_measured_run(capture, scale=scale))
    (section,) = [one for one in sheet.sections if one.slug == "size"]
    assert words in " ".join(section.sentences)


@pytest.mark.parametrize("word", [determinacy.ROTATION, determinacy.SHIFT])
def test_what_the_engine_leaves_open_has_words(word: str) -> None:
    assert word in UNDETERMINED


def test_a_scan_left_out_has_no_confidence(measured: Run) -> None:
    with translation.override("en"):
        sections = {section.slug: section for section in build_sheet(measured).sections}
    rows = {
        row[0].text: [cell.text for cell in row]
        for row in sections["scans"].tables[0].rows
    }
    assert rows[NAMES[3]][1:3] == ["no: left out", "—"]
    assert rows[NAMES[0]][1:3] == ["yes", "98 %"]


def test_a_run_from_before_has_a_sheet_of_what_is_known(
    inside: Client, measured: Run
) -> None:
    del measured.report["quality"]
    measured.save()
    inside.cookies["django_language"] = "en"
    told = inside.get(page("quality", measured)).content.decode()
    assert "before quality was measured" in told
    assert "open3d-cpu" in told
    assert inside.get(page("quality_json", measured)).status_code == 404


def test_a_delivery_shows_the_quality_of_its_master(
    inside: Client, measured: Run
) -> None:
    delivery = Run.objects.create(
        capture=measured.capture, type="deliver", master_of=measured,
        state="succeeded", report={"upright": measured.report["upright"]},
    )  # fmt: skip
    assert "1,234,567" in inside.get(page("quality", delivery)).content.decode()


def test_figures_come_as_json(inside: Client, measured: Run) -> None:
    answer = inside.get(page("quality_json", measured))
    assert json.loads(answer.content) == QUALITY
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(
    ("role", "is_here", "status"),
    [("curator", True, 200), ("volunteer", True, 200), ("volunteer", False, 404), ("", True, 404)],
)  # fmt: skip
def test_who_sees_the_run_sees_its_quality(
    client: Client, measured: Run, name: str, role: str, is_here: bool, status: int
) -> None:
    home = measured.capture.relic.collection if is_here else make_collection()
    client.force_login(make_user(home if role else None, role, is_staff=True))
    assert client.get(page(name, measured)).status_code == status


@pytest.mark.parametrize("name", PAGES)
def test_the_public_sees_no_quality_sheet(
    client: Client, measured: Run, curator: User, name: str
) -> None:
    decide_run(measured, verdict="accepted", by=curator, reason="To show.")
    release(measured.capture.relic, by=curator)
    answer = client.get(page(name, measured))
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_pictures_of_quality_are_not_public(
    client: Client, measured: Run, curator: User
) -> None:
    decide_run(measured, verdict="accepted", by=curator, reason="To show.")
    release(measured.capture.relic, by=curator)
    row = measured.derivatives.get(profile="histogram")
    assert client.get(media_path(row)).status_code == 404
    client.force_login(curator)
    assert client.get(media_path(row)).status_code == 200


def test_an_unfinished_run_has_no_sheet(inside: Client, measured: Run) -> None:
    Run.objects.filter(pk=measured.pk).update(state="failed")
    assert inside.get(page("quality", measured)).status_code == 404


def test_start_again_in_the_unit_that_fits_the_register(
    inside: Client, measured: Run, curator: User
) -> None:
    add_files(measured.capture, [item()], by=curator)
    told = inside.get(page("quality", measured)).content.decode()
    assert page("again_in_unit", measured) in told
    inside.post(page("again_in_unit", measured), {"unit": "cm"})
    again = Run.objects.get(state="waiting")
    assert (again.capture.unit, again.is_exact) == ("cm", True)


def test_a_refused_start_changes_no_unit(inside: Client, measured: Run) -> None:
    for unit in ("cm", "parsec", ""):
        inside.post(page("again_in_unit", measured), {"unit": unit})
        measured.capture.refresh_from_db()
        assert measured.capture.unit == "mm"
    assert not Run.objects.filter(state="waiting").exists()


def test_a_unit_the_files_state_is_not_overruled(
    inside: Client, capture: Capture
) -> None:
    scale = QUALITY["scale"] | {"evidence": "stated"}
    run = make_measured_run(capture, scale=scale)
    told = inside.get(page("quality", run)).content.decode()
    assert page("again_in_unit", run) not in told


def test_strangers_start_nothing_again(
    client: Client, measured: Run, stranger: User
) -> None:
    stranger.is_staff = True
    stranger.save()
    client.force_login(stranger)
    answer = client.post(page("again_in_unit", measured), {"unit": "cm"})
    assert answer.status_code == 404
    assert not Run.objects.filter(state="waiting").exists()
