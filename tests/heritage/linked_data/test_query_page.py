"""The query editor knows English only: its page tells it the reader's words."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from heritage.linked_data.editor_words import WORDS
from knowledge_graph.namespaces import CRM

# Put together by the editor from parts, so not in its source as a whole.
COMPOSED = re.compile(r"\{0\}|^Shows |^View documentation|^(Previous|Next|First|Last)$")

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("language", "table"), [("zh-hans", "表格"), ("en", "Table")])
def test_the_editor_is_told_the_readers_words(
    client: Client, language: str, table: str
) -> None:
    page = client.get(reverse("query"), headers={"Accept-Language": language})
    assert page.context["editor"]["words"]["Table"] == table


def test_the_editor_still_says_so() -> None:
    found = finders.find("yasgui/yasgui.min.js")
    if not found:
        pytest.skip("the editor's files are not here: run make setup")
    source = Path(str(found)).read_text()
    words = [word for word in WORDS if not COMPOSED.search(word)]
    assert [word for word in words if word not in source] == []


def test_terms_that_are_kept_are_of_one_language(client: Client) -> None:
    addresses = set()
    for language in ("zh-hans", "en"):
        headers = {"Accept-Language": language}
        page = client.get(reverse("query"), headers=headers)
        addresses.add(page.context["editor"]["terms"])
    assert len(addresses) == 2
    for address in addresses:
        answer = client.get(address)
        assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))


@pytest.mark.parametrize(
    ("language", "label"), [("zh-hans", "瓷"), ("en", "porcelain")]
)
def test_the_editor_is_given_the_terms_of_the_graph(
    client: Client, language: str, label: str
) -> None:
    answer = client.get(reverse("query-terms"), headers={"Accept-Language": language})
    known = {iri: (kind, called) for iri, kind, called in answer.json()["terms"]}
    base = f"{settings.BASE_IRI}/vocab/"
    assert known[f"{base}material/porcelain"] == ("concept", label)
    assert known[f"{CRM}E22_Human-Made_Object"] == ("class", "Human-Made Object")
    assert known[f"{CRM}P43_has_dimension"][0] == "property"
    assert known[f"{base}learnedFrom"][0] == "property"
    assert answer.json()["prefixes"]["crm"] == str(CRM)
