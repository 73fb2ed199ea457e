"""The query editor: YASGUI from our own static files, with questions to start from."""

from dataclasses import astuple
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.linked_data.completion import completions, prefixes
from heritage.linked_data.editor_words import editor_words, view_words
from heritage.linked_data.graphs import museum_ids
from heritage.linked_data.headings import HEADINGS
from knowledge_graph.examples import examples

# The editor sets sizes as style attributes, and shows icons that its own sheet holds.
EDITOR_NEEDS: Final = {"style_src": "'unsafe-inline'", "font_src": "data:"}
CITE_FORMS: Final = (
    ("text", gettext_lazy("as text")),
    ("bibtex", "BibTeX"),
    ("ris", "RIS"),
    ("csl", "CSL-JSON"),
)


@require_safe
def query_page(request: HttpRequest) -> HttpResponse:
    language = get_language() or settings.LANGUAGE_CODE
    known = examples(museum_ids())
    editor = {
        "endpoint": reverse("sparql"),
        # Kept for an hour: under an address for each language.
        "terms": f"{reverse('query-terms')}?language={language}",
        "queries": {one.slug: one.text(language) for one in known},
        "tab": _("Query"),
        "words": editor_words(),
        "headings": {name: str(said) for name, said in HEADINGS.items()},
        "views": {"language": language, "words": view_words()},
    }
    context = {
        "section": "query",
        "examples": [(one.slug, one.title(language)) for one in known],
        "editor": editor,
        "cite_forms": CITE_FORMS,
        "rows": settings.QUERY_ROWS,
        "seconds": settings.QUERY_TIME_S,
    }
    response = render(request, "linked_data/query.html", context)
    response.csp_sources = EDITOR_NEEDS  # type: ignore[attr-defined]
    return response


@require_safe
def query_terms(request: HttpRequest) -> JsonResponse:
    """Give what the editor completes: (IRI, kind, label) of every term, and prefixes."""
    ids, language = museum_ids(), get_language() or settings.LANGUAGE_CODE
    terms = [astuple(one) for one in completions(ids, language)]
    response = JsonResponse({"prefixes": prefixes(ids), "terms": terms})
    response["Cache-Control"] = "private, max-age=3600"
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response
