"""Files of another object do not stay beside a new master; files of the same one do."""

import json
from pathlib import Path
from typing import Any

import pytest

from scans.stages.leftovers import remove_leftovers

FILES = (
    "thumb.glb",
    "phone.glb",
    "phone.usdz",
    "pictures/front.png",
    "quality.json",
    "quality/heat.png",
    "study.ply",
)
OURS = ("notes.txt", "poses.json", "master.ply", "scans/a.ply")


def told(digest: str) -> dict[str, Any]:
    return {
        "master": {"file": "master.ply", "sha512": digest},
        "derivatives": [{"file": "thumb.glb"}, {"file": "phone.glb"}],
        "pictures": [{"file": "pictures/front.png"}],
    }


def put(path: Path, text: str = "x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    for name in (*FILES, *OURS):
        put(tmp_path / "out" / name)
    put(tmp_path / "out" / "report.json", json.dumps(told("earlier")))
    return tmp_path / "out"


def there(out: Path, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if (out / name).is_file()]


@pytest.mark.parametrize(("digest", "kept"), [("other", ()), ("earlier", FILES)])
def test_files_stay_only_beside_their_own_master(
    out: Path, tmp_path: Path, digest: str, kept: tuple[str, ...]
) -> None:
    remove_leftovers(out, put(tmp_path / "new.json", json.dumps(told(digest))))
    assert there(out, FILES) == list(kept)
    assert there(out, OURS) == list(OURS)
    # A report that vouches for files that are gone must not outlive them.
    assert (out / "report.json").is_file() == bool(kept)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"derivatives": [{"file": 3}, 4]}'])
def test_a_report_of_another_kind_takes_nothing_away(
    out: Path, tmp_path: Path, text: str
) -> None:
    (out / "report.json").write_text(text)
    (out / "quality.json").unlink()
    remove_leftovers(out, put(tmp_path / "new.json", "{}"))
    assert len(there(out, (*FILES, *OURS))) == len(FILES) + len(OURS) - 1


def test_no_name_leads_out_of_the_folder(out: Path, tmp_path: Path) -> None:
    beside = put(tmp_path / "beside.glb")
    report = told("earlier") | {"derivatives": [{"file": "../beside.glb"}]}
    (out / "report.json").write_text(json.dumps(report))
    remove_leftovers(out, put(tmp_path / "new.json", json.dumps(told("other"))))
    assert beside.is_file()
