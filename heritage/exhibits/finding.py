"""Find released relics for other programs: the newest, or what a question asks for."""

from dataclasses import dataclass, field
from typing import Final

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import STRANGER, visible
from heritage.search.asking import Answer, Filters, Request, search
from heritage.search.labels import labels

from .schemas import Facet, FacetValue, Part, Sought

FACETS: Final = ("period", "material", "category", "grade", "place", "theme")
ONLY_RELICS: Final = frozenset({f"kind:{Relic.kind}"})


@dataclass(frozen=True)
class FoundRelics:
    relics: list[Relic]
    count: int
    facets: list[Facet] = field(default_factory=list)
    is_loose: bool = False


def newest_relics(part: Part) -> FoundRelics:
    rows = visible(Relic.objects.order_by("-released_at", "-pk"), STRANGER)
    page = list(rows[part.offset : part.offset + part.limit])
    return FoundRelics(page, rows.count())


def find_relics(sought: Sought) -> FoundRelics:
    """Ask the search index, as a stranger. Raises `NoIndex`."""
    answer = search(
        Request(
            sought.q,
            STRANGER,
            _filters(sought),
            size=sought.limit,
            offset=sought.offset,
            counts=(*FACETS, "has") if sought.facets else (),
        )
    )
    relics = [hit.record for hit in answer.hits if isinstance(hit.record, Relic)]
    return FoundRelics(relics, answer.total, _facets(answer), answer.is_loose)


def _filters(sought: Sought) -> Filters:
    chosen = {name: frozenset(getattr(sought, name)) for name in FACETS}
    if sought.has_model:
        chosen["has"] = frozenset({"has:3d"})
    since = sought.changed_since
    return Filters(
        {"kind": ONLY_RELICS, **chosen},
        sought.from_year,
        sought.to_year,
        None if since is None else max(0, int(since.timestamp())),
    )


def _facets(answer: Answer) -> list[Facet]:
    values = {value for one in answer.counts.values() for value, _count in one.values}
    known = labels(values, STRANGER)
    return [
        Facet(
            name=name,
            values=[
                FacetValue(value=value, label=known[value], count=count)
                for value, count in one.values
                if value in known
            ],
            is_about=one.is_about,
        )
        for name, one in answer.counts.items()
    ]
