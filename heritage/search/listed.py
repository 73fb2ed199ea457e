"""Answer the search box over a list of records."""

from typing import Final

from heritage.catalogue.finding import Found
from heritage.catalogue.policy import Person

from .asking import Filters, Request, is_behind, names_found
from .index import NoIndex
from .registry import sources

MOST: Final = 1_000  # of a list that is searched, nobody turns more pages


def find_for_list(kind: str, text: str, person: Person) -> Found | None:
    """Name the records of a kind that answer; None while no index knows them all."""
    if kind not in sources() or is_behind():
        return None
    filters = Filters({"kind": frozenset({f"kind:{kind}"})})
    try:
        names, total, unread = names_found(Request(text, person, filters, size=MOST))
    except NoIndex:
        return None
    return Found(
        [name.key for name in names],
        [name.key for name in unread if name.kind == kind],
        is_cut=total > len(names),
    )
