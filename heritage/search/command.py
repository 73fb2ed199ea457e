"""The search box of the work room: every record that this colleague may see."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from unfold.dataclasses import SearchResult

from heritage.catalogue.models import Record
from heritage.catalogue.policy import person_of

from .asking import Filters, Hit, Request, search
from .index import NoIndex
from .labels import kind_label
from .registry import sources

MOST = 20


def find_for_admin(request: HttpRequest, text: str) -> list[SearchResult]:
    """Give records to open, drafts too; nothing while there is no index."""
    kinds = frozenset(f"kind:{kind}" for kind in sources())
    asked = Request(text, person_of(request), Filters({"kind": kinds}), size=MOST)
    try:
        hits = search(asked).hits
    except NoIndex:
        return []
    found = [_result(hit, hit.record) for hit in hits if hit.record is not None]
    return [one for one in found if one is not None]


def _result(hit: Hit, record: Record) -> SearchResult | None:
    options = record._meta
    try:
        address = reverse(
            f"admin:{options.app_label}_{options.model_name}_change", args=[record.pk]
        )
    except NoReverseMatch:  # a kind that is edited elsewhere
        return None
    number = getattr(record, "register_no", "")
    told = (kind_label(hit.name.kind), number, str(record.get_state_display()))
    return SearchResult(
        title=record.title,
        description=" · ".join(part for part in told if part),
        link=address,
        icon="search",
    )
