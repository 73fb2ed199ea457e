"""The reference page names every suffix that is read, and every code it tells of exists."""

import re
from pathlib import Path

from scans.readers import FORMATS

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"
PAGE = (REFERENCE / "formats.md").read_text(encoding="utf-8")


def test_every_suffix_is_named() -> None:
    assert {suffix for suffix in FORMATS if f"`{suffix}`" not in PAGE} == set()


def test_every_code_is_one() -> None:
    codes = (REFERENCE / "run-codes.md").read_text(encoding="utf-8")
    named = re.findall(r"\(`([a-z]+(?:-[a-z]+)+)`\)", PAGE)
    assert len(named) > 8
    assert {code for code in named if f"| `{code}` |" not in codes} == set()
