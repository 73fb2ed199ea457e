"""The OCFL fixtures: good objects pass, bad ones are refused, warnings are seen.

A fixture's name begins with the codes it is made for. The specification lets a validator
find other errors first; where ours does, `OTHERS` says which.
"""

from pathlib import Path

import pytest

from heritage.archive.ocfl_check import check_object
from tests.gates import SHARED_DATA

pytestmark = pytest.mark.conformance

SUITE = SHARED_DATA / "suites" / "ocfl-fixtures" / "1.1"
KINDS = ("good", "warn", "bad")
OTHERS = {
    "E010_missing_versions": {
        "E046"
    },  # the inventory lists v3, whose folder is missing
}


def fixtures(kind: str) -> list[Path]:
    folder = SUITE / f"{kind}-objects"
    return sorted(folder.iterdir()) if folder.is_dir() else []


SUITES = {f"ocfl-1.1-{kind}": fixtures(kind) for kind in KINDS}


def each(kind: str) -> pytest.MarkDecorator:
    cases = SUITES[f"ocfl-1.1-{kind}"]
    return pytest.mark.parametrize("folder", cases, ids=[path.name for path in cases])


def codes(folder: Path) -> set[str]:
    return {finding.code for finding in check_object(folder)}


def named(folder: Path) -> set[str]:
    parts = folder.name.split("_")
    return {part for part in parts if part[1:].isdigit() and part[0] in "EW"}


@each("good")
def test_good(folder: Path) -> None:
    assert codes(folder) == set()


@each("warn")
def test_warned_of(folder: Path) -> None:
    found = codes(folder)
    assert not {code for code in found if code.startswith("E")}
    assert named(folder) <= found


@each("bad")
def test_refused(folder: Path) -> None:
    errors = {code for code in codes(folder) if code.startswith("E")}
    assert errors & OTHERS.get(folder.name, named(folder)), errors
