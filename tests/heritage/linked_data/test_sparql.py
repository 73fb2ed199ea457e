"""The endpoint: protocol, formats, refusals and limits, on a real query process."""

import json
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from django.test import Client
from django.utils.translation import get_language
from pytest_django import DjangoAssertNumQueries

from heritage.catalogue.actions.release import release, withdraw
from heritage.catalogue.models import Collection
from heritage.linked_data.projector import Projector
from heritage.linked_data.views import sparql as endpoint
from knowledge_graph.errors import OverBudget
from tests.heritage.factories import make_relic

ASK = "ASK {}"
SELECT = "SELECT (1 AS ?one) {}"
CONSTRUCT = "CONSTRUCT { <urn:s> <urn:p> 1 } WHERE {}"
FORM = "application/x-www-form-urlencoded"
RELICS = """PREFIX crm: <http://www.cidoc-crm.org/cidoc-crm/>
SELECT ?relic { ?relic a crm:E22_Human-Made_Object }"""
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"

pytestmark = [pytest.mark.usefixtures("queries"), pytest.mark.slow]


def ask(client: Client, query: str, accept: str = "") -> HttpResponseBase:
    headers = {"Accept": accept} if accept else {}
    return client.get("/sparql", {"query": query}, headers=headers)


def body(response: HttpResponseBase) -> str:
    streaming = getattr(response, "streaming", False)
    data = response.getvalue() if streaming else response.content  # type: ignore[attr-defined]
    return str(data.decode())


@pytest.mark.parametrize(
    ("query", "accept", "given"),
    [
        (SELECT, "", "application/sparql-results+json"),
        (SELECT, "application/json", "application/sparql-results+json"),
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (
            SELECT,
            "text/tab-separated-values",
            "text/tab-separated-values; charset=utf-8",
        ),
        (CONSTRUCT, "", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_accept_chooses_the_format(
    client: Client, query: str, accept: str, given: str
) -> None:
    response = ask(client, query, accept)
    assert (response.status_code, response["Content-Type"]) == (200, given)
    assert response["Vary"].startswith("Accept")
    assert int(response["Content-Length"]) == len(body(response).encode())


def test_a_query_comes_in_three_ways(client: Client) -> None:
    got = ask(client, ASK)
    form = client.post("/sparql", urlencode({"query": ASK}), content_type=FORM)
    direct = client.post("/sparql", ASK, content_type="application/sparql-query")
    assert [body(one) for one in (got, form, direct)] == [
        '{"head":{},"boolean":true}'
    ] * 3


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        ("update=DROP%20ALL", FORM, 400, "update-refused"),
        ("DROP ALL", "application/sparql-update", 400, "update-refused"),
        ("DROP ALL", "application/sparql-query", 400, "update-refused"),
        ("query=ASK%7B%7D&query=ASK%7B%7D", FORM, 400, "several-queries"),
        ("format=json", FORM, 400, "no-query"),
        ("ASK {}", "text/plain", 415, "unsupported-body"),
        ("ASK {", "application/sparql-query", 400, "malformed-query"),
        ("ASK { SERVICE <http://a.example> {} }", "application/sparql-query", 400, "service-refused"),
        (f"ASK {{}} #{'x' * 100_000}", "application/sparql-query", 413, "query-too-long"),
        ("x" * 500_000, "application/sparql-query", 413, "query-too-long"),
    ],
)  # fmt: skip
def test_a_refusal_says_why(
    client: Client, data: str, content_type: str, status: int, code: str
) -> None:
    headers = {"Accept": "application/json", "Accept-Language": "en"}
    response = client.post("/sparql", data, content_type=content_type, headers=headers)
    assert response.status_code == status
    told = json.loads(response.content)
    assert told["title"] == code
    assert told["detail"].endswith(".")


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_query_asks_the_database_nothing(
    client: Client, method: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = getattr(client, method)("/sparql?query=ASK%7B%7D", content_type=FORM)
    assert response.status_code == 200
    assert "frame-ancestors" in response["Content-Security-Policy"]


def test_a_stranger_is_refused_in_his_language(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "sentence", lambda *_: str(get_language()))
    for language in ("en", "zh-hans", "en"):
        headers = {"Accept-Language": language}
        refused = client.get("/sparql?query=no", headers=headers)
        assert body(refused) == f"{language}\n"


def test_a_host_that_is_not_ours_gets_no_answer(client: Client) -> None:
    headers = {"host": "elsewhere.example"}
    assert client.get("/sparql?query=ASK%7B%7D", headers=headers).status_code == 400


def test_who_is_signed_in_is_counted_as_himself(
    client: Client, curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []

    class Counting:
        def ask(self, text: str, *, client: str, **_: object) -> None:
            counted.append(client)
            raise OverBudget(retry_after_s=1)

    monkeypatch.setattr(endpoint, "open_queries", Counting)
    assert ask(client, ASK).status_code == 429
    client.force_login(curator)
    assert ask(client, ASK).status_code == 429
    assert counted[0].startswith("address-")
    assert counted[1] == f"user-{curator.pk}"


def test_an_impossible_format_is_406_in_words(client: Client) -> None:
    response = ask(client, ASK, "text/csv")
    assert response.status_code == 406
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "application/sparql-results+json" in body(response)


def test_other_sites_may_ask(client: Client) -> None:
    preflight = client.options("/sparql")
    assert preflight.status_code == 204
    assert "POST" in preflight["Access-Control-Allow-Methods"]
    assert ask(client, ASK)["Access-Control-Allow-Origin"] == "*"
    assert ask(client, "no")["Access-Control-Allow-Origin"] == "*"
    assert Client(enforce_csrf_checks=True).post(
        "/sparql", ASK, content_type="application/sparql-query"
    ).status_code == 200  # fmt: skip


def test_head_answers_without_a_body(client: Client) -> None:
    response = client.head("/sparql", {"query": ASK})
    assert (response.status_code, response.content) == (200, b"")
    assert response["Content-Length"] == "26"


def test_without_a_query_it_describes_itself(client: Client) -> None:
    response = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert "sd:SPARQL11Query" in body(response)
    page = client.get("/sparql", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page["Location"]) == (302, "/query")


def test_a_cut_off_answer_says_so(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    response = ask(client, "SELECT * { ?s ?p ?o . ?a ?b ?c }", "application/json")
    told = json.loads(body(response))
    assert len(told["results"]["bindings"]) == settings.QUERY_ROWS
    assert response["X-SPARQL-Truncated"] == "true"
    assert told["head"]["link"]


def test_a_runaway_query_is_stopped_and_the_next_one_answered(client: Client) -> None:
    stopped = ask(client, RUNAWAY)
    assert stopped.status_code == 504
    assert "4 " in body(stopped)
    assert ask(client, ASK).status_code == 200


def test_every_person_gets_the_public_answer(
    client: Client,
    queries: Projector,
    collection: Collection,
    curator: User,
    volunteer: User,
    stranger: User,
) -> None:
    draft, public = make_relic(collection), make_relic(collection)
    release(public, by=curator)
    queries.drain()
    for person in (curator, volunteer, stranger, None):
        asker = Client()
        if person:
            asker.force_login(person)
        answer = body(ask(asker, RELICS))
        assert public.key in answer
        assert draft.key not in answer
    withdraw(public, by=curator)
    queries.drain()
    assert public.key not in body(ask(client, RELICS))


def test_a_graph_parameter_chooses_the_dataset(client: Client) -> None:
    everything = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    parameters = {"query": everything, "default-graph-uri": "urn:nothing"}
    assert '"value":"0"' in body(client.get("/sparql", parameters))
    assert '"value":"0"' not in body(ask(client, everything))


def test_an_answer_tells_how_the_query_was_read(client: Client) -> None:
    crm = "http://www.cidoc-crm.org/cidoc-crm/"
    turned = ask(client, f"SELECT * {{ ?x <{crm}P43i_is_dimension_of> ?y }}")
    assert turned["Query-Read-As"] == (
        "crm:P43i_is_dimension_of read as ^crm:P43_has_dimension"
    )
    strange = ask(client, f"SELECT * {{ ?x <{crm}P999_有> ?y }}")
    assert strange["Query-Read-As"] == (
        "crm:P999_%E6%9C%89 is not stated in this graph"
    )
    assert "Query-Read-As" not in ask(client, SELECT).headers
