"""Cite the answer to a query: `/query/cite?query=…&format=text|bibtex|ris|csl`."""

import re
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.archive.institution import museum_name
from heritage.lib.citing import FORMS
from heritage.lib.http import problem
from heritage.lib.languages import text_tag
from heritage.linked_data.citation import cite_answer
from heritage.linked_data.messages import sentence
from heritage.linked_data.states import current_state
from heritage.linked_data.words import without_words
from knowledge_graph.errors import GraphError
from knowledge_graph.query.check import check_query

LONGEST: Final = 20_000  # an address that browsers and proxies still carry
_REMARK: Final = re.compile(r"^\s*#+\s*(.+?)\s*$", re.MULTILINE)
_LANGUAGE: Final = re.compile(r"(en|zh-Hans): (.+)")  # how our own examples are titled


@require_safe
def cite(request: HttpRequest) -> HttpResponse:
    """Give the citation in one of the forms; a stranger may."""
    text, form = request.GET.get("query", ""), request.GET.get("format", "text")
    state = current_state()
    if form not in FORMS:
        said = _("Ask for one of these forms: %(forms)s.") % {"forms": ", ".join(FORMS)}
        return problem(400, "unknown-citation-form", said)
    if not text.strip() or len(text) > LONGEST:
        said = _("Send the query to be cited, of at most %(most)d characters.")
        return problem(400, "no-query", said % {"most": LONGEST})
    try:
        check_query(without_words(text))
    except GraphError as error:
        return problem(error.status, error.code, sentence(error.code, error.facts))
    if state is None:
        return problem(503, "nothing-published", sentence("nothing-published", {}))
    cited = cite_answer(
        keeper=museum_name(),
        title=_title(text, text_tag()),
        state=state,
        address=f"{settings.BASE_IRI}{reverse('query')}#{urlencode({'query': text})}",
        licence=settings.DATA_LICENCE,
        read_on=timezone.localdate(),
    )
    media_type, write = FORMS[form]
    response = HttpResponse(write(cited), content_type=media_type)
    response["Cache-Control"] = "private, no-cache"
    return response


def _title(text: str, language: str) -> str:
    """Take the remark at the query's head as its title, in the reader's language."""
    remarks = [match[1] for match in _REMARK.finditer(text)]
    tagged = [_LANGUAGE.fullmatch(remark) for remark in remarks]
    ours = [match[2] for match in tagged if match and match[1] == language]
    return next(iter(ours + remarks), "") or _("Answer to a SPARQL query")
