"""Whole numbers that addresses and forms name: what is none of ours is none at all."""

from typing import Final

DIGITS: Final = 18  # of a number that every database holds


def parse_whole(text: str | None) -> int | None:
    """Read a number of up to 18 ASCII digits; None for any other text."""
    is_number = text and text.isascii() and text.isdecimal() and len(text) <= DIGITS
    return int(text) if text and is_number else None
