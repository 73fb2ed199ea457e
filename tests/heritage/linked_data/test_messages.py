"""Every refusal of the graph engine has a sentence, with the facts it names."""

import inspect
import re

import pytest

from heritage.linked_data.messages import SENTENCES, sentence
from knowledge_graph import errors
from knowledge_graph.errors import GraphError

# Of the store and the projector: their reader is an operator, not a visitor.
INTERNAL = {"graph-error", "store-in-use", "term-refused", "remote-store-failed"}
ABSTRACT = {"query-failed", "query-refused"}
REFUSALS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, GraphError) and kind.code not in INTERNAL | ABSTRACT
]


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.code)
def test_every_refusal_has_a_sentence(kind: type[GraphError]) -> None:
    facts = dict.fromkeys(re.findall(r"{(\w+)}", kind.sentence), 1)
    assert sentence(kind.code, facts).endswith((".", "。"))


def test_no_sentence_is_left_over() -> None:
    ours = {"several-queries", "no-query", "not-utf-8", "unsupported-body", "method-not-allowed", "no-index", "too-much-searched"}  # fmt: skip
    assert set(SENTENCES) == {kind.code for kind in REFUSALS} | ours


def test_every_code_is_in_the_reference(request: pytest.FixtureRequest) -> None:
    text = (request.config.rootpath / "docs/reference/sparql.md").read_text()
    assert {code for code in SENTENCES if f"`{code}`" not in text} == set()


def test_the_reference_tells_the_right_status(request: pytest.FixtureRequest) -> None:
    text = (request.config.rootpath / "docs/reference/sparql.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    told = {row.split("|")[1].strip()[:3]: row for row in rows}
    wrong = [kind.code for kind in REFUSALS if kind.code not in told[str(kind.status)]]
    assert wrong == []
