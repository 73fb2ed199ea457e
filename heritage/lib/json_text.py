"""JSON that others send, read as the standard has it (RFC 8259) and no further."""

import json
import math
from typing import Any, Final

LONGEST_NUMBER: Final = 300  # digits: a float holds 308


class NotAnObject(ValueError):
    """It is JSON, and no object."""


def parse_object(text: str | bytes) -> dict[str, Any]:
    """Read a JSON object. Raises `NotAnObject`, or another `ValueError` for no JSON."""
    read = parse_json(text)
    if not isinstance(read, dict):
        raise NotAnObject
    return read


def parse_json(text: str | bytes) -> Any:
    """Read JSON. Raises `ValueError`, whatever is wrong with it.

    Python reads more: NaN and Infinity, halves of surrogate pairs, numbers that no float
    holds; and what is nested too deep ends in another error.
    """
    try:
        read = json.loads(
            text, parse_constant=_refused, parse_float=_finite, parse_int=_short
        )
        json.dumps(read, ensure_ascii=False).encode()  # fails on half a pair
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return read


def _refused(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _short(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise ValueError(f"{len(text)} digits")
    return int(text)
