"""What the text of a query says, and what is refused before it runs."""

import io

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_graph.errors import (
    EvaluationFailed,
    GraphError,
    MalformedQuery,
    NotAcceptable,
    NotAQuery,
    QueryRefused,
    ServiceRefused,
    UpdateRefused,
    refusal,
)
from knowledge_graph.query.check import check_query
from knowledge_graph.query.evaluate import Question, evaluate
from knowledge_graph.query.tokens import TOKEN
from knowledge_graph.results_negotiation import CSV, JSON, TURTLE

EX = "http://example.org/"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("select(1 as ?x){}", "SELECT"),
        ("# SELECT\nASK {}", "ASK"),
        ("BASE <http://a/> PREFIX ask: <select> CONSTRUCT WHERE {}", "CONSTRUCT"),
        ("PREFIX : <x>\nPREFIX select: <y> DESCRIBE select:x", "DESCRIBE"),
    ],
)
def test_the_form_is_found(text: str, form: str) -> None:
    assert check_query(text).form == form


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA {}",
        "PREFIX a: <b> delete where {?s ?p ?o}",
        "LOAD <http://localhost/>",
        "DROP ALL",
        "WITH <a> DELETE {?s ?p ?o} WHERE {?s ?p ?o}",
    ],
)
def test_an_update_is_refused(text: str) -> None:
    with pytest.raises(UpdateRefused):
        check_query(text)


@pytest.mark.parametrize(
    "text", ["", "hello", "# nothing", "PREFIX a: <b>", "{", "BASE"]
)
def test_what_is_no_query_is_refused(text: str) -> None:
    with pytest.raises(NotAQuery):
        check_query(text)


@pytest.mark.parametrize(
    "body",
    [
        "SERVICE <http://a/> {}",
        "service silent ?x {}",
        "SERVICE<http://a/>{}",
        "FILTER(?a<?b)SERVICE<http://a/>{}FILTER(?c>?d)",
        '?s ?p "SERVICE" SERVICE ex:a {}',
        "?s ?p 1SERVICE ex:a {}",
        "?s ?p trueSERVICE<http://a/>{}",
        "?s ?p trueSERVICEex:a{}",
        "SERVICEex:a{}",
        "SERVICESILENTex:a {}",
        "?s ?p '''it's''' . SERVICE ?x {}",
        "#\n SERVICE ?x {}",
        "SeRvIcE ?x {}",
        "{ SELECT * { SERVICE ?x {} } }",
    ],
)
def test_a_call_to_another_machine_is_refused(body: str) -> None:
    with pytest.raises(ServiceRefused):
        check_query(f"PREFIX ex: <{EX}> SELECT * {{ {body} }}")


@pytest.mark.parametrize(
    "body",
    [
        "?service ?p ?o",
        "?s ex:service ?o",
        "?s service:of service:x",
        '?s ?p "SERVICE <http://a/> {}"',
        "?s ?p '''\nSERVICE ?x {}'''",
        "?s ?p <http://example.org/service>",
        "# SERVICE ?x {}\n",
        '?s ?p "ding"@service',
        "_:service ?p ?o",
    ],
)
def test_the_word_alone_calls_nobody(body: str) -> None:
    text = f"PREFIX ex: <{EX}> PREFIX service: <{EX}> SELECT * {{ {body} }}"
    assert check_query(text).form == "SELECT"
    evaluate(ox.Store(), Question(text, JSON, rows=1), io.BytesIO())


@pytest.mark.parametrize(
    ("text", "has_dataset"),
    [
        ("SELECT * FROM <a> {}", True),
        ("SELECT * FROM NAMED <a> {}", True),
        ("ASK from<a>{}", True),
        ("SELECT ?from { ?from <from> 'FROM <a>' }", False),
        ("PREFIX from: <a> SELECT * { from:from ?p ?o } # FROM", False),
    ],
)
def test_a_dataset_is_found(text: str, *, has_dataset: bool) -> None:
    assert check_query(text).has_dataset == has_dataset


def test_prefixes_are_found() -> None:
    shape = check_query("PREFIX a: <b> prefix : <c#> BASE <d> SELECT * {}")
    assert shape.prefixes == {"a": "b", "": "c#"}


@given(st.text("<>\"'?a:_.#@{}\\1 \n-SERVICEé", max_size=60))
def test_tokens_leave_nothing_out(text: str) -> None:
    assert "".join(match.group() for match in TOKEN.finditer(text)) == text


@pytest.mark.parametrize(
    "unit",
    ["a.", "a-", '"""', "'''x", "<", "(", "a:b.", "_:a.", "\\", "1.", "@a-", '"'],
)
def test_no_text_takes_long_to_cut_into_tokens(unit: str) -> None:
    # A scanner that starts over at each letter would take minutes for this one.
    with pytest.raises(NotAQuery):
        check_query("x" + unit * 50_000)


def ask(text: str, media_type: str = JSON, rows: int = 10) -> bytes:
    out = io.BytesIO()
    evaluate(ox.Store(), Question(text, media_type, rows), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ("SELECT * {\n  ?s ?p }", 2, 10, 'something is missing after "?p }"'),
        ("SELECT * { ?s ?p ", 1, 18, 'something is missing after "?s ?p"'),
        ("ASK {}\n\nLIMIT x", 3, 7, 'unexpected "x" after "{} LIMIT"'),
        ("SELECT *\n{ ?s ex:p ?o }", 2, 6, "the prefix ex: is not declared"),
        ("SELECT * { ?s ?p <rel> }", 1, 23, "IRI parsing failed"),
        ("SELECT ?x (COUNT(*) AS ?n) {}", 1, 30, "The SELECT contains a variable"),
    ],
)
def test_a_sentence_says_where_a_query_breaks(
    text: str, line: int, column: int, reason: str
) -> None:
    with pytest.raises(MalformedQuery, match=f"line {line}, column {column}") as caught:
        ask(text)
    assert str(caught.value.facts["reason"]).startswith(reason)
    assert len(str(caught.value)) < 200


def test_a_format_that_the_form_has_not_is_refused() -> None:
    with pytest.raises(NotAcceptable):
        ask("ASK {}", CSV)
    with pytest.raises(NotAcceptable):
        ask("SELECT * {}", TURTLE)


def test_an_unknown_function_fails_in_words() -> None:
    with pytest.raises(EvaluationFailed, match="not supported"):
        ask("SELECT (<urn:nobody>(1) AS ?x) {}")


def test_a_term_that_no_format_can_write_fails_in_words() -> None:
    with pytest.raises(EvaluationFailed, match=r"no SPARQL 1\.1 result format"):
        ask("SELECT (TRIPLE(<urn:a>, <urn:b>, <urn:c>) AS ?t) {}")


def _all_errors(base: type[GraphError]) -> list[type[GraphError]]:
    return [base] + [
        each for kind in base.__subclasses__() for each in _all_errors(kind)
    ]


def test_codes_are_unique_and_refusals_have_a_status() -> None:
    codes = [each.code for each in _all_errors(GraphError)]
    assert len(codes) == len(set(codes))
    assert all(400 <= each.status < 600 for each in _all_errors(QueryRefused))


def test_an_error_comes_back_from_its_code_and_facts() -> None:
    error = MalformedQuery(line=1, column=2, reason="unexpected }")
    again = refusal(error.code, error.facts)
    assert type(again) is MalformedQuery
    assert str(again) == str(error)
