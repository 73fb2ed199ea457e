"""The BagIt conformance suite: valid bags are accepted, invalid ones refused with reasons."""

from pathlib import Path
from shutil import make_archive
from typing import Any

import pytest

from heritage.archive.bag_reading import read_bag
from heritage.archive.unpacking import unpacked_bag
from tests.gates import SHARED_DATA

pytestmark = pytest.mark.conformance

SUITE = SHARED_DATA / "suites" / "bagit-conformance"
# What each bag is refused for; a bag may have further faults.
REASONS = {
    "baginfo-missing-encoding": "not-a-bag",
    "corrupt-data-file": "oxum",
    "extra-file-in-bag": "not-listed",
    "missing-baginfo": "missing",
    "out-of-scope-file-paths-using-dot-notation": "unsafe-path",
    "out-of-scope-file-paths-using-absolute-path-for-fetch": "unsafe-path",
    "out-of-scope-file-paths-using-shortcut-for-fetch": "unsafe-path",
    "out-of-scope-file-paths-using-shortcut-username-for-fetch": "unsafe-path",
    "out-of-scope-file-paths-using-unc-for-fetch": "unsafe-path",
    "same-filename-listed-twice-with-different-hashes": "listed-twice",
    "same-filename-listed-twice-with-the-same-hash": "listed-twice",
    "notAllManifestsListAllFiles": "not-listed",
}
WARNINGS = {
    "made-with-md5sum-tools": "md5sum-star",
    "same-filename-listed-twice-with-different-normalization": "other-normalisation",
    "special-system-files": "system-file",
}
# The copy of the suite beside the checkout lacks one file of this bag.
INCOMPLETE_COPY = {"special-system-files"}


def bags(*kinds: str) -> list[Path]:
    return sorted(bag for kind in kinds for bag in SUITE.glob(f"v*/{kind}/*"))


# What is invalid on one system only is refused on all: the bag may travel on.
SUITES = {
    "bagit-valid": bags("valid"),
    "bagit-invalid": bags("invalid", "linux-only", "windows-only"),
    "bagit-warning": bags("warning"),
}


def each(suite: str) -> pytest.MarkDecorator:
    cases = SUITES[suite]
    names = [f"{bag.parent.parent.name}-{bag.name}" for bag in cases]
    return pytest.mark.parametrize("bag", cases, ids=names)


@each("bagit-valid")
def test_valid(bag: Path) -> None:
    assert read_bag(bag).errors == []


@each("bagit-invalid")
def test_invalid(bag: Path) -> None:
    found = read_bag(bag).errors
    assert REASONS[bag.name] in {finding.code for finding in found}
    assert all(finding.file in finding.message for finding in found)


@pytest.mark.parametrize("ending", [".zip", ".tar.gz"])
@each("bagit-valid")
def test_valid_packed(bag: Path, ending: str, tmp_path: Path, settings: Any) -> None:
    settings.ARCHIVE_ROOT = tmp_path / "archive"
    with unpacked_bag(pack(bag, tmp_path, ending)) as folder:
        assert folder is not None
        assert read_bag(folder).errors == []


@each("bagit-invalid")
def test_invalid_packed(bag: Path, tmp_path: Path, settings: Any) -> None:
    settings.ARCHIVE_ROOT = tmp_path / "archive"
    with unpacked_bag(pack(bag, tmp_path, ".tar.gz")) as folder:
        assert folder is not None
        codes = {finding.code for finding in read_bag(folder).errors}
    assert REASONS[bag.name] in codes


def pack(bag: Path, folder: Path, ending: str) -> Path:
    form = {".zip": "zip", ".tar.gz": "gztar"}[ending]
    return Path(make_archive(str(folder / "bag"), form, bag.parent, bag.name))


@each("bagit-warning")
def test_warned_of(bag: Path) -> None:
    read = read_bag(bag)
    warned = {finding.code for finding in read.findings if not finding.is_error}
    assert WARNINGS[bag.name] in warned
    if bag.name not in INCOMPLETE_COPY:
        assert read.errors == []
