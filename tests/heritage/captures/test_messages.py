"""Every code that the engine can send has a sentence of ours."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import scans
from heritage.captures.messages import SENTENCES, finding_sentence, sentence
from heritage.captures.words import REASONS, STAGES
from scans.change.comparing import STAGES as COMPARING
from scans.stages.extra_files import ALSO, TWINS
from tests.heritage.captures.standin import STAGES as ENGINE_STAGES

SOURCES = sorted(Path(scans.__path__[0]).rglob("*.py"))
REFERENCE = Path(scans.__path__[0]).parent / "docs" / "reference" / "run-codes.md"
FIELD = re.compile(r"\{(\w*)")


@cache  # reading all of the engine takes a processor half a second
def error_classes() -> dict[str, str]:
    """Codes and sentences of all ScanErrors, read without importing the engine."""
    found = {}
    for node in nodes_of_sources():
        if isinstance(node, ast.ClassDef):
            values = {
                statement.targets[0].id: ast.literal_eval(statement.value)
                for statement in node.body
                if isinstance(statement, ast.Assign)
                and isinstance(statement.targets[0], ast.Name)
                and statement.targets[0].id in {"code", "sentence"}
            }
            if "code" in values:
                found[values["code"]] = values.get("sentence", "")
    return found


@cache
def finding_codes() -> set[str]:
    """First arguments of the calls that make findings and warnings."""
    makers = {"Finding", "with_finding", "warn"}
    return {
        call.args[0].value
        for call in nodes_of_sources()
        if isinstance(call, ast.Call)
        and getattr(call.func, "attr", getattr(call.func, "id", "")) in makers
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def nodes_of_sources() -> Iterator[ast.AST]:
    for source in SOURCES:
        yield from ast.walk(ast.parse(source.read_text()))


@pytest.mark.parametrize("code", sorted(error_classes()))
def test_every_refusal_has_a_sentence(code: str) -> None:
    assert code in SENTENCES


def test_every_finding_has_a_sentence() -> None:
    assert finding_codes() - set(SENTENCES) == set()
    assert len(finding_codes()) >= 3


@pytest.mark.parametrize("code", sorted(error_classes()))
def test_a_sentence_asks_for_no_fact_that_the_engine_does_not_send(code: str) -> None:
    engines = set(FIELD.findall(error_classes()[code]))
    if not engines or code == "time-limit":
        return
    assert set(FIELD.findall(str(SENTENCES[code]))) <= engines


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_code_is_documented(code: str) -> None:
    assert f"| `{code}` |" in REFERENCE.read_text()


def test_reasons_are_put_into_words_with_their_numbers() -> None:
    facts = {"file": "a.ply", "reason": "70 of 100 points are there"}
    assert "70" in sentence("truncated-scan", facts)
    assert "{0} of {1} points are there" in REASONS


def test_an_unknown_code_gives_what_the_engine_said() -> None:
    finding = {"code": "from-the-future", "facts": {}, "message": "As yet unheard."}
    assert finding_sentence(finding) == "As yet unheard."


def test_every_stage_has_a_name() -> None:
    assert set(STAGES) == {*ENGINE_STAGES, TWINS, *ALSO, *COMPARING}
