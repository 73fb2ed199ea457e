"""What the graph engine and the protocol refuse, in the reader's language."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

SENTENCES: Final[Mapping[str, str]] = {
    "several-queries": _("Send exactly one query."),
    "no-query": _("There is no query: send it as the parameter “query”."),
    "not-utf-8": _("The query must be written in UTF-8."),
    "unsupported-body": _("A query comes as %(offered)s."),
    "method-not-allowed": _("Queries are asked by GET or POST."),
    "query-timed-out": _(
        "The query was stopped after %(limit_s)g seconds. Bind more terms, or ask for less at a time."
    ),
    "query-service-down": _(
        "Queries cannot be answered at the moment. Try again in a minute."
    ),
    "nothing-published": _(
        "The graph is being built for the first time. Try again in a minute."
    ),
    "snapshot-missing": _(
        "Queries cannot be answered at the moment. Try again in a minute."
    ),
    "malformed-query": _(
        "The query cannot be read at line %(line)d, column %(column)d: %(reason)s."
    ),
    "not-a-query": _(
        "A query starts with SELECT, ASK, CONSTRUCT or DESCRIBE after its prefixes; this one starts with %(start)s."
    ),
    "update-refused": _(
        "Updates are refused: this graph is changed by its museum only."
    ),
    "service-refused": _(
        "SERVICE is refused: queries may not make this machine call another one."
    ),
    "words-not-read": _(
        'The search service takes one pattern: { ?thing vocab:matches "words" } or { ?thing vocab:matches "words" ; vocab:limit 50 }.'
    ),
    "too-many-searches": _("A query may call the search service %(limit)d times."),
    "no-index": _("The search index is being made. Please try again in a few minutes."),
    "too-much-searched": _(
        "This takes too long to search for. Please ask for less, or in fewer words."
    ),
    "too-deep": _("The query is nested more than %(limit)d levels deep."),
    "query-too-long": _("The query is longer than %(limit_bytes)d bytes."),
    "too-many-at-once": _(
        "You have %(limit)d queries running. Wait for one of them to end."
    ),
    "over-budget": _(
        "Your query time is used up. Try again in %(retry_after_s)d seconds."
    ),
    "readers-busy": _(
        "All query readers are busy. Try again in %(retry_after_s)d seconds."
    ),
    "not-acceptable": _(
        "%(form)s is answered as %(offered)s; none of these was asked for."
    ),
    "answer-too-large": _(
        "The answer is larger than %(limit_bytes)d bytes. Ask for fewer columns or add LIMIT."
    ),
    "query-out-of-memory": _(
        "The query needed too much memory and was stopped. Bind more terms, or leave out ORDER BY, DISTINCT or GROUP BY."
    ),
    "query-crashed": _(
        "The process that ran the query died. Another has taken its place."
    ),
    "evaluation-failed": _("The query could not be evaluated: %(reason)s."),
}


def sentence(code: str, facts: Mapping[str, Any]) -> str:
    return gettext(SENTENCES[code]) % facts
