"""The search box over a list: the index answers where there is one, else the columns."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

from heritage.catalogue.finding import Found, find_by_words
from heritage.catalogue.policy import person_of


class FindingAdmin:
    """Searches records as the rest of the house does, and by the beginning of a number."""

    model: Any

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        told = search_term.strip()
        found = told and find_by_words(self.model.kind, told, person_of(request))
        if not found:
            base: Any = super()
            plain: tuple[QuerySet[Any], bool] = base.get_search_results(
                request, queryset, search_term
            )
            return plain
        if found.is_cut and _is_list(request):
            _tell(request, found)
        return queryset.filter(self._answers(request, told, found)), False

    def _answers(self, request: HttpRequest, told: str, found: Found) -> Q:
        answers = Q(key__in=[*found.keys, told])
        if found.unread:
            base: Any = super()
            unread = self.model._default_manager.filter(key__in=found.unread)
            rows, _doubled = base.get_search_results(request, unread, told)
            answers |= Q(key__in=list(rows.values_list("key", flat=True)))
        return answers


def _is_list(request: HttpRequest) -> bool:
    """A field that completes what is typed asks as well, and shows no messages."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("_changelist")


def _tell(request: HttpRequest, found: Found) -> None:
    count = len(found.keys)
    told = ngettext(
        "More answer: these are the best %(count)d of them.",
        "More answer: these are the best %(count)d of them.",
        count,
    )
    messages.info(request, told % {"count": count})
