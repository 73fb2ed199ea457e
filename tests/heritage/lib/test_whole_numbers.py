"""Numbers in addresses and forms."""

import pytest

from heritage.lib.whole_numbers import parse_whole


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("007", 7), ("9" * 18, 10**18 - 1)]
)
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert parse_whole(text) == number


@pytest.mark.parametrize(
    "text", [None, "", "x", "-1", "1.0", "²", "１", "9" * 19, "9" * 5000]
)
def test_anything_else_is_none(text: str | None) -> None:
    assert parse_whole(text) is None
