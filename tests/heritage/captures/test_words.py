"""Every reason that the engine writes with its own hand is known in Chinese."""

import ast
from collections.abc import Iterator
from pathlib import Path

import scans
from heritage.captures.messages import NUMBER
from heritage.captures.words import REASONS, THINGS
from scans.delivery import promises
from scans.delivery.textures import COLOUR, NORMAL, OCCLUSION

ENGINE = Path(scans.__file__).parent
# Asked of the command line only: the museum starts the engine with files of its own.
ELSEWHERE = {"synthetic.py", "__main__.py"}


def reasons() -> Iterator[str]:
    """Give the plain texts that reach an error as its reason."""
    takers = _names_of_errors()
    for file in sorted(ENGINE.rglob("*.py")):
        if file.name in ELSEWHERE:
            continue
        tree = ast.parse(file.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in takers:
                last = node.args[-1:] + [k.value for k in node.keywords]
                yield from (
                    text.value
                    for text in last
                    if isinstance(text, ast.Constant) and isinstance(text.value, str)
                )


def _names_of_errors() -> set[str]:
    """Give the errors that take a reason."""
    return {
        node.name
        for file in ENGINE.rglob("errors.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ClassDef) and "reason" in ast.unparse(node)
    }


def test_every_plain_reason_has_its_words() -> None:
    found = set(reasons())
    assert len(found) > 20
    assert sorted(text for text in found if _pattern(text) not in REASONS) == []


def test_what_a_file_does_not_show_has_its_words() -> None:
    texts = [
        node.value
        for node in ast.walk(ast.parse(Path(promises.__file__).read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    named = {text for text in texts if text.startswith("the ") and text != "the "}
    maps = {f"the {slot} map" for slot in (COLOUR, NORMAL, OCCLUSION)}
    assert len(named) >= 5
    assert sorted((named | maps) - set(THINGS)) == []


def _pattern(text: str) -> str:
    places = iter(range(99))
    return NUMBER.sub(lambda _match: f"{{{next(places)}}}", text)
