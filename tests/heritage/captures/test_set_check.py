"""One report for a whole set, before anything is queued: every kind of finding."""

import io
import json
import os
import string
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation

from heritage.archive.models import Deposit
from heritage.archive.set_report import Told
from heritage.captures.actions import add_files
from heritage.captures.messages import SENTENCES, reason_and_cure
from heritage.captures.models import Capture
from heritage.captures.set_check import check_names, look_at_folder, report_of_capture
from scans import child
from tests.scans.readers import test_archive_survey as archives

from .conftest import item

PLY = (
    b"ply\nformat ascii 1.0\n%sobj_info\nelement vertex 3\nproperty float x\n"
    b"property float y\nproperty float z\nend_header\n0 0 0\n%d 0 0\n0 1 0\n"
)
OBJ = (
    b"mtllib Vase.MTL\nusemtl glaze\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nf 1/1 2/1 3/1\n"
)
DEEP = f"{'深' * 60}/{'扫' * 70}.ply"  # together longer than a name may be
MTL = b"newmtl glaze\nmap_Kd glaze.png\n"


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "ENGINE", (sys.executable, "-m", "scans"))


@pytest.fixture
def bad_set(tmp_path: Path) -> Path:
    """A folder in which everything is wrong that a set can have."""
    root = tmp_path / "set"
    (root / "side").mkdir(parents=True)
    (root / "good.ply").write_bytes(ply(1))
    (root / "side" / "copy.ply").write_bytes(ply(1))
    (root / "GOOD.ply").write_bytes(ply(2))
    (root / "cut.ply").write_bytes(ply(3)[:-12])
    (root / "vase.obj").write_bytes(OBJ)
    (root / "vase.mtl").write_bytes(MTL)
    (root / "nothing.jpg").write_bytes(b"")
    (root / "link.ply").symlink_to(root / "good.ply")
    (root / "bad\nname.ply").write_bytes(ply(4))
    os.mkfifo(root / "pipe.ply")
    (root / DEEP).parent.mkdir()
    (root / DEEP).write_bytes(ply(7)[:-12])
    for make, _code in archives.CASES:
        make(root / f"{make.__name__}.zip")
    return root


def ply(width: int) -> bytes:
    return PLY % (b"comment made here\n", width)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("engine")
def test_a_report_tells_everything_in_both_languages(bad_set: Path) -> None:
    looked = look_at_folder(bad_set)
    report = looked.report()
    found = {(one.file, one.code, str(one.level)) for one in report.told}
    for make, code in archives.CASES:
        assert (f"{make.__name__}.zip", code, "error") in found
    assert found >= {
        ("bad\nname.ply", "name-unsafe", "error"),
        ("link.ply", "file-link", "error"),
        ("pipe.ply", "file-special", "error"),
        (DEEP, "truncated-scan", "error"),
        ("cut.ply", "truncated-scan", "error"),
        ("good.ply", "name-alike", "warning"),
        ("side/copy.ply", "same-content", "warning"),
        ("nothing.jpg", "file-empty", "warning"),
        ("vase.obj", "companion-case", "warning"),
        ("vase.obj", "companion-missing", "warning"),
        ("good.ply", "unit-unknown", "warning"),
    }
    assert report.stops
    assert report.told[0].level == "error"
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for one in looked.report().errors:
                assert one.reason
                assert one.cure, one.code
    json.dumps(report.as_json())


def test_a_sentence_is_cut_into_reason_and_cure_before_facts_come_in() -> None:
    facts = {name: "a. b. c" for text in SENTENCES.values() for name in fields(text)}
    for code, template in SENTENCES.items():
        with translation.override("en"):
            reason, cure = reason_and_cure({"code": code, "facts": facts})
            whole = str(template).format(**facts)
        assert f"{reason} {cure}".strip() == whole
        assert not cure.startswith(("b. c", "c"))


def fields(template: object) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(str(template)) if name}


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["a.ply", "b/a.ply"], []),
        (["cafe\u0301.ply", "caf\u00e9.ply"], ["name-twice"]),
        (["a.ply", "A.ply"], ["name-alike"]),
        (["a", "a/b.ply"], ["name-twice"]),
        (["/a.ply", "b/../a.ply", "C:a.ply", ""], ["name-unsafe"] * 4),
        (["a/" * 130 + "b.ply"], ["name-unsafe"]),
        (["\udcff.ply"], ["name-unsafe"]),
    ],
)
def test_names_of_a_set(names: list[str], codes: list[str]) -> None:
    assert [one["code"] for one in check_names(names)] == codes


@pytest.mark.django_db
def test_the_command_reports_and_hands_in_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.ply").write_text("points 1")
    (tmp_path / "b.ply").write_text("points 1")
    told = io.StringIO()
    call_command("deposit", tmp_path, "--check", "--json", stdout=told)
    report = json.loads(told.getvalue())
    assert (report["files"], report["errors"]) == (2, 0)
    assert [one["code"] for one in report["findings"]] == ["same-content"]
    (tmp_path / "c\nd.ply").write_text("broken")
    told = io.StringIO()
    with pytest.raises(CommandError):
        call_command("deposit", tmp_path, "--check", stdout=told)
    assert "c\\nd.ply" in told.getvalue()
    *lines, _sum = told.getvalue().splitlines()
    assert {line.count("\t") for line in lines} == {2}  # each finding is one line
    assert not Deposit.objects.exists()


def test_before_a_run_the_unit_and_the_scale_are_doubted(
    capture: Capture, curator: User
) -> None:
    add_files(capture, [item("a.ply", "unitless"), item("b.ply")], by=curator)
    row = capture.files.get(stored_file__name="b.ply")
    row.figures = {"unit": "m", "bounds": {"min": [0, 0, 0], "max": [1, 250, 1]}}
    row.save()
    found = {(one.file, one.code, str(one.level)) for one in report_of(capture)}
    assert found == {
        ("a.ply", "unit-unknown", "error"), ("b.ply", "scale-absurd", "warning"),
    }  # fmt: skip
    capture.unit = "mm"
    assert {one.code for one in report_of(capture)} == {"scale-absurd"}
    row.is_left_out = True
    row.save()
    assert report_of(capture) == []


def report_of(capture: Capture) -> list[Told]:
    return list(report_of_capture(capture).told)
