"""Questions that only this graph answers: each a page of its own, with its answer."""

import json
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from rdflib import XSD

from heritage.lib.askers import asker
from heritage.linked_data.graphs import museum_ids
from heritage.linked_data.headings import heading
from heritage.linked_data.messages import sentence
from heritage.linked_data.stores import open_queries
from knowledge_graph.errors import GraphError
from knowledge_graph.examples import Example, Parameter, examples
from knowledge_graph.results_negotiation import JSON

SHOWN: Final = 200  # rows; the rest is in the download


@dataclass(frozen=True)
class Field:
    """A value that the page asks for, as it was given."""

    name: str
    label: str
    value: str
    kind: str


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    language = get_language() or settings.LANGUAGE_CODE
    known = [
        (one.page, one.heading(language), one.about(language))
        for one in examples(museum_ids())
        if one.page
    ]
    context = {"questions": known, "section": "query"}
    return render(request, "linked_data/questions.html", context)


@require_safe
def question(request: HttpRequest, page: str) -> HttpResponse:
    """Ask one question with the reader's values and show the first rows of its answer."""
    example = next((one for one in examples(museum_ids()) if one.page == page), None)
    if example is None:
        raise Http404
    language = get_language() or settings.LANGUAGE_CODE
    context: dict[str, Any] = {
        "title": example.heading(language),
        "about": example.about(language),
        "fields": [_field(one, request, language) for one in example.parameters],
        "section": "query",
        **_answer(request, example, language),
    }
    return render(
        request, "linked_data/question.html", context, status=_status(context)
    )


def _field(asked: Parameter, request: HttpRequest, language: str) -> Field:
    tag = "zh-Hans" if language.lower().startswith("zh") else "en"
    kinds = {"date": "date", "decimal": "number"}
    value = request.GET.get(asked.name, asked.default)
    return Field(asked.name, asked.labels[tag], value, kinds.get(asked.kind, "text"))


def _answer(request: HttpRequest, example: Example, language: str) -> dict[str, Any]:
    values = {
        one.name: request.GET.get(one.name, one.default) for one in example.parameters
    }
    try:
        text = example.filled(values, language)
    except ValueError:
        return {"fault": _("One of the values is no number or no date."), "status": 400}
    told = {
        "query": text,
        "csv": f"{reverse('sparql')}?{urlencode({'query': text, 'format': 'csv'})}",
        "cite": f"{reverse('cite')}?{urlencode({'query': text, 'format': 'text'})}",
    }
    try:
        with open_queries().ask(
            text,
            media_type=JSON,
            client=asker(request),
            base_iri=f"{settings.BASE_IRI}/",
        ) as answer:
            results = json.loads(answer.read())
    except GraphError as error:
        fault = sentence(error.code, error.facts)
        return {**told, "fault": fault, "status": error.status}
    names = results["head"]["vars"]
    rows = results["results"]["bindings"]
    shown = [[_cell(row.get(name)) for name in names] for row in rows[:SHOWN]]
    state = answer.state
    heads = [(heading(name), name) for name in names]
    return {**told, "heads": heads, "rows": shown, "count": len(rows), "state": state}


def _cell(term: dict[str, str] | None) -> tuple[str, str]:
    """Give a term's text, and its address where it is one of ours."""
    if term is None:
        return "", ""
    ours = f"{settings.BASE_IRI}/"
    if term["type"] == "uri" and term["value"].startswith(ours):
        path = term["value"].removeprefix(settings.BASE_IRI)
        return path, path
    day, _t, clock = term["value"].partition("T")
    if term.get("datatype") == str(XSD.dateTime) and clock.endswith("Z"):
        return f"{day} {clock[:8]} UTC", ""
    return term["value"], ""


def _status(context: dict[str, Any]) -> int:
    return int(context.get("status", 200))
