"""Rows of a JSON file: a list of objects, an object that holds one, or one a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .refusal import Refused

HOLDERS = ("data", "records", "rows", "items", "results")
DEEPEST = 4  # what lies deeper stays JSON in its cell
MOST_ITEMS = 5  # of a list of objects that get columns of their own


def json_rows(
    source: Path, limits: Any
) -> Iterator[tuple[int, dict[str, str], list[str]]]:
    if source.stat().st_size > limits.bytes:
        raise Refused("too-large", limit=limits.bytes)
    for number, row in enumerate(objects(source), start=1):
        if not isinstance(row, dict):
            raise Refused("no-objects", row=number)
        cells = dict(flat(row))
        if cells:
            yield (
                number,
                cells,
                [n for n, text in cells.items() if text[0] == "=" and len(text) > 1],
            )


def objects(source: Path) -> Iterator[Any]:
    """Give the objects, line by line where the file is of lines."""
    with source.open(encoding="utf-8-sig") as file:
        first = file.readline()
        if is_object(first):
            second = next((line for line in file if line.strip()), "")
            if is_object(second):
                yield json.loads(first)
                yield json.loads(second)
                yield from (json.loads(line) for line in file if line.strip())
                return
        file.seek(0)
        whole = json.load(file)
    if isinstance(whole, dict):
        held = next((whole[n] for n in HOLDERS if isinstance(whole.get(n), list)), None)
        whole = [whole] if held is None else held
    yield from whole


def is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def flat(
    value: dict[str, Any], prefix: str = "", depth: int = 1
) -> Iterator[tuple[str, str]]:
    """Write nested values as columns `a.b`; nothing is given for what is empty."""
    for name, one in value.items():
        key = f"{prefix}{name}"
        if isinstance(one, dict) and depth < DEEPEST:
            yield from flat(one, f"{key}.", depth + 1)
        elif isinstance(one, list) and any(
            isinstance(each, dict | list) for each in one
        ):
            yield key, json.dumps(one, ensure_ascii=False)
            for place, each in enumerate(one[:MOST_ITEMS]):
                if isinstance(each, dict) and depth < DEEPEST:
                    yield from flat(each, f"{key}.{place}.", depth + 1)
        else:
            text = plain(one)
            if text:
                yield key, text


def plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return "; ".join(text for text in map(plain, value) if text)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value).strip()
