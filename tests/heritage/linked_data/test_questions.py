"""The named questions: each has a page with its answer, whoever reads it."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.html import escape

from heritage.catalogue.models import Collection
from heritage.linked_data.graphs import museum_ids
from heritage.linked_data.projector import Projector
from knowledge_graph.examples import Parameter, examples

from .samples import make_museum

pytestmark = [pytest.mark.usefixtures("queries"), pytest.mark.slow]

PAGES = [one.page for one in examples(museum_ids()) if one.page]


@pytest.fixture
def people(curator: User, volunteer: User, stranger: User) -> dict[str, Client]:
    clients = {"nobody": Client()}
    for name, user in zip(
        ("curator", "volunteer", "stranger"),
        (curator, volunteer, stranger),
        strict=True,
    ):
        clients[name] = Client()
        clients[name].force_login(user)
    return clients


def test_there_is_a_page_for_each(client: Client) -> None:
    assert len(PAGES) == 6
    text = client.get("/questions/").content.decode()
    for page in PAGES:
        assert f"/questions/{page}" in text
    assert client.get("/questions/nothing").status_code == 404


def test_each_page_answers_alike_for_everybody(
    people: dict[str, Client], collection: Collection, queries: Projector
) -> None:
    museum = make_museum(collection)
    museum.release()
    queries.drain()
    for page in PAGES:
        answers = {
            name: one.get(f"/questions/{page}", headers={"Accept-Language": "en"})
            for name, one in people.items()
        }
        assert {one.status_code for one in answers.values()} == {200}, page
    address = "/questions/made-with-a-parameter"
    text = client_text(people["stranger"], address)
    assert f"/id/run/{museum.run.key}" in text
    assert f"/id/run/{museum.run.key}" not in client_text(
        people["stranger"], f"{address}?value=7"
    )
    changed = client_text(people["stranger"], "/questions/changed-since")
    assert re.search(r"<td>20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC</td>", changed)


def client_text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


@pytest.mark.parametrize("value", ["", "x", "NaN", "1e999", "1) } #", "Infinity"])
def test_a_value_that_is_none_is_refused(client: Client, value: str) -> None:
    response = client.get("/questions/deviating-models", {"millimetres": value})
    assert response.status_code == 400
    assert client.get("/questions/changed-since", {"since": value}).status_code == 400


def test_a_text_cannot_leave_its_quotes(client: Client) -> None:
    hostile = 'x" ) } } SELECT * { ?s ?p ?o } #\n\\'
    asked = {"value": hostile}
    response = client.get("/questions/made-with-a-parameter", asked)
    assert response.status_code == 200
    text = Parameter("value", "text", "", {}).term(hostile)
    assert escape(text) in response.content.decode()
