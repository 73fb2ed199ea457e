"""Tables of every kind become rows of text, read by a child that may be killed."""

import json
import zipfile
from pathlib import Path

import openpyxl
import pytest

from heritage.exchange.errors import UnreadableTable
from heritage.exchange.staging import Summary, read_rows, stage

ROWS = '编号,名称,备注\n1,青花瓷瓶,"高12厘米，口径8"\n2,鼎,\n'
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;">]>'
    '<lido:lido xmlns:lido="http://www.lido-schema.org">&b;</lido:lido>'
)
LIDO = """<lido:lidoWrap xmlns:lido="http://www.lido-schema.org"><lido:lido>
<lido:lidoRecID>r1</lido:lidoRecID><lido:descriptiveMetadata xml:lang="en">
<lido:objectIdentificationWrap><lido:titleWrap><lido:titleSet>
<lido:appellationValue xml:lang="en">Ding</lido:appellationValue>
<lido:appellationValue xml:lang="zh-Hans">鼎</lido:appellationValue>
</lido:titleSet></lido:titleWrap><lido:objectMeasurementsWrap><lido:objectMeasurementsSet>
<lido:objectMeasurements><lido:measurementsSet>
<lido:measurementType>height</lido:measurementType><lido:measurementUnit>cm</lido:measurementUnit>
<lido:measurementValue>26</lido:measurementValue></lido:measurementsSet>
</lido:objectMeasurements></lido:objectMeasurementsSet></lido:objectMeasurementsWrap>
</lido:objectIdentificationWrap></lido:descriptiveMetadata></lido:lido></lido:lidoWrap>"""


def read(path: Path) -> tuple[Summary, list[dict[str, str]]]:
    target = path.with_name("rows.jsonl")
    summary = stage([path], target)
    return summary, [row.cells for row in read_rows(target)]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_in_any_encoding_and_separator(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(ROWS.replace(",", separator).encode(encoding))
    summary, rows = read(path)
    assert summary.columns == ["编号", "名称", "备注"]
    assert rows[0] == {"编号": "1", "名称": "青花瓷瓶", "备注": "高12厘米，口径8"}
    assert rows[1] == {"编号": "2", "名称": "鼎"}


def test_no_cell_is_lost_for_want_of_a_heading(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,a,\n1,2,3,4\n5\n")
    assert read(path)[1] == [{"a": "1", "a (2)": "2", "#3": "3", "#4": "4"}, {"a": "5"}]


def test_a_workbook_with_a_title_and_a_formula(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["馆藏登记册"],
        ["编号", "名称", "高"],
        [7, "鼎", 12.5],
        [8, "=1+1", None],
    ):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    stage([tmp_path / "t.xlsx"], tmp_path / "rows.jsonl")
    first, second = read_rows(tmp_path / "rows.jsonl")
    assert (first.number, first.cells) == (3, {"编号": "7", "名称": "鼎", "高": "12.5"})
    assert (second.cells["名称"], second.formulas) == ("=1+1", ("名称",))


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1, "b": {"c": "x"}}]',
        '{"a": 1, "b": {"c": "x"}}',
        '{"a":1,"b":{"c":"x"}}\n{"a":2}\n',
    ],
)
def test_json_as_list_object_or_lines(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.json").write_text(text)
    assert read(tmp_path / "t.json")[1][0] == {"a": "1", "b.c": "x"}


def test_lido_gives_a_column_for_every_text(tmp_path: Path) -> None:
    (tmp_path / "t.xml").write_text(LIDO)
    (row,) = read(tmp_path / "t.xml")[1]
    assert row == {
        "lidoRecID": "r1",
        "title@en": "Ding",
        "title@zh-Hans": "鼎",
        "measurement.height": "26 cm",
    }


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"), (b"a,b\n", "empty"), (b"\xff\xfe\xfa\x00\x80", "not-text"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "old-excel"), (BOMB.encode(), "unreadable"),
        (b"<html>", "unreadable"), (b"<a/>", "no-lido"), (b"[1, 2]", "no-objects"),
        (b'{"a": ', "unreadable"), (b"[" * 100_000, "unreadable"), (b"PK\x03\x04broken", "unreadable"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_a_sentence(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    (tmp_path / "t").write_bytes(content)
    with pytest.raises(UnreadableTable) as caught:
        stage([tmp_path / "t"], tmp_path / "rows.jsonl")
    assert caught.value.fault == fault
    assert not list(tmp_path.glob("rows*"))


def test_a_workbook_that_swells_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", b" " * 80_000_000)
    with pytest.raises(UnreadableTable) as caught:
        stage([tmp_path / "t.xlsx"], tmp_path / "rows.jsonl")
    assert caught.value.fault == "bomb"


def test_a_text_that_is_held_once_and_named_often_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for text in ("编号", *["长" * 30_000] * 320):
        sheet.append([text])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(UnreadableTable) as caught:
        stage([tmp_path / "t.xlsx"], tmp_path / "rows.jsonl")
    assert caught.value.fault == "bomb"
    assert not list(tmp_path.glob("rows*"))


def test_no_more_is_written_than_a_table_may_hold(tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.TABLE_BYTES = 1000
    (tmp_path / "t.csv").write_text("a heading\n" + "x\n" * 100)
    with pytest.raises(UnreadableTable) as caught:
        stage([tmp_path / "t.csv"], tmp_path / "rows.jsonl")
    assert caught.value.fault == "too-large"
    assert not list(tmp_path.glob("rows*"))


def test_too_many_rows_are_refused(tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.TABLE_ROWS = 2
    (tmp_path / "t.json").write_text(json.dumps([{"a": n} for n in range(3)]))
    with pytest.raises(UnreadableTable) as caught:
        stage([tmp_path / "t.json"], tmp_path / "rows.jsonl")
    assert caught.value.fault == "too-many-rows"
