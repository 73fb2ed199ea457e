"""The query editor knows English only: its page tells it the reader's words."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from heritage.linked_data.editor_words import WORDS

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
