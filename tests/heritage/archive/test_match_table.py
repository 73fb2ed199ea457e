"""A table decides which record each folder or file goes to, and tells its bad rows."""

import io
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.translation import override

from heritage.archive import match_table
from heritage.archive.errors import TableUnreadable
from heritage.archive.folders import match_children
from heritage.archive.match_table import read_table
from heritage.archive.models import Deposit
from heritage.catalogue.models import Collection, Relic
from tests.heritage.factories import make_relic

pytestmark = pytest.mark.django_db


@pytest.fixture
def relics(collection: Collection) -> list[Relic]:
    return [
        make_relic(collection, register_no=number) for number in ("A-1", "A-2", "鼎3")
    ]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    for name in ("box/one/a.ply", "box/two/b.ply", "照片/DSC_01.jpg", "照片/DSC_02.jpg",
                 "照片/DSC_11.jpg", "loose.ply"):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode())
    return root


TABLE = "路径,编号\nbox/one,A-1\n照片/DSC_0*.jpg,鼎3\nloose.ply,A-2\n"


@pytest.mark.usefixtures("relics")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_of_all_kinds_are_read(encoding: str, delimiter: str) -> None:
    text = TABLE.replace(",", delimiter)
    table = read_table(text.encode(encoding))
    assert table.problems == []
    numbers = [rule.target.record.register_no for rule in table.rules]
    assert numbers == ["A-1", "鼎3", "A-2"]


@pytest.mark.usefixtures("relics")
def test_paths_and_patterns_reach_into_folders(root: Path) -> None:
    matches = match_children(root, read_table(TABLE.encode()))
    told = {
        match.name: (
            match.target.record.register_no if match.target else None,
            match.files,
        )
        for match in matches
    }
    assert told == {
        "box/one": ("A-1", 1),
        "box/two": (None, 1),
        "照片/DSC_01.jpg … (2)": ("鼎3", 2),  # one record's photographs stay together
        "照片/DSC_11.jpg": (None, 1),
        "loose.ply": ("A-2", 1),
    }


@pytest.mark.usefixtures("relics")
def test_a_path_goes_before_a_pattern(root: Path) -> None:
    table = read_table("DSC_*.jpg,A-1\n照片/DSC_01.jpg,A-2\n".encode())
    rule = table.find("照片/DSC_01.jpg")
    assert rule is not None
    assert rule.target.record.register_no == "A-2"


@pytest.mark.usefixtures("relics")
def test_rows_that_name_a_path_are_not_tried_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [f"a/b{number}/c.ply,A-1\n" for number in range(1000)]
    table = read_table("".join([*rows, "*.jpg,A-2\n"]).encode())
    tried = []

    def tries(name: str, pattern: str) -> bool:
        tried.append(pattern)
        return fnmatchcase(name, pattern)

    monkeypatch.setattr(match_table, "fnmatchcase", tries)
    for number in range(1000):
        assert table.find(f"a/b{number}/c.ply")
    assert table.find("a/b0/other.ply") is None
    assert table.reaches_into("a/b999")
    assert tried == ["*.jpg"]


@pytest.mark.usefixtures("relics")
def test_only_so_many_patterns_and_any_number_of_paths(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(match_table, "MOST_PATTERNS", 2)
    rows = ["a*,A-1", "b*,A-1", "c*,A-1", "one,A-1", "two,A-1"]
    with override("en"):
        table = read_table("\n".join(rows).encode())
    assert [rule.pattern for rule in table.rules] == ["a*", "b*", "one", "two"]
    (problem,) = table.problems
    assert problem.startswith("Row 3:")
    assert "2 patterns" in problem


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("box/one,", "record number"),
        (",A-1", "record number"),
        ("box/one,none", "none"),
        ("../up,A-1", "outside"),
        ("loose.ply,A-1\nloose.ply,A-2", "row 1"),
    ],
)
@pytest.mark.usefixtures("relics")
def test_each_bad_row_is_told(row: str, word: str) -> None:
    with override("en"):
        table = read_table(f"{row}\nbox/two,A-1\n".encode())
    (problem,) = table.problems
    assert word in problem
    assert "box/two" in [rule.pattern for rule in table.rules]


@pytest.mark.usefixtures("relics")
def test_two_records_with_one_number_are_a_bad_row() -> None:
    make_relic(Collection.objects.create(name_zh="他馆"), register_no="A-1")
    assert len(read_table(b"a,A-1\n").problems) == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00\x01\x00", b"\n\n"])
def test_what_is_no_table_is_said(data: bytes) -> None:
    with pytest.raises(TableUnreadable):
        read_table(data)


@pytest.mark.usefixtures("relics")
def test_rows_that_mean_nothing_are_named(root: Path) -> None:
    table = read_table(b"nowhere,A-1\nloose.ply,A-2\n")
    match_children(root, table)
    (said,) = table.unused()
    assert "nowhere" in said


def test_by_command_shown_first_then_handed_in(relics: list[Relic], root: Path) -> None:
    (root / "list.csv").write_text(TABLE)
    for sure in ([], ["--yes"]):
        assert not Deposit.objects.exists()
        call_command(
            "deposit",
            str(root),
            "--match",
            str(root / "list.csv"),
            *sure,
            stdout=io.StringIO(),
            stderr=io.StringIO(),
        )
    photographs = relics[2].captures.get().files.all()
    assert {row.stored_file.name for row in photographs} == {"DSC_01.jpg", "DSC_02.jpg"}
    assert relics[0].captures.get().files.get().stored_file.name == "a.ply"
    waiting = Deposit.objects.exclude(inbox_name="").values_list(
        "inbox_name", flat=True
    )
    assert sorted(waiting) == ["DSC_11.jpg", "two"]


def test_a_link_in_one_keeps_no_other_out(root: Path) -> None:
    (root / "box" / "link").symlink_to("/etc/hostname")
    (root / "linked").symlink_to(root / "照片")
    told = {match.name: bool(match.refusal) for match in match_children(root)}
    assert told["box"] is told["linked"] is True
    assert told["照片"] is False
