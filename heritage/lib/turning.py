"""Which page of a list is asked for, and the rows on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.constants import LOOKUP_SEP

from .counting import EXACT, FAR, Sample, count_up_to, numbers_of, take_sample
from .keyset import Key, NoPlace, Place, Sorted
from .seeking import Ways, ways_of

AFTER, BEFORE, LAST, PAGE = "after", "before", "last", "p"
OWN: Final = (AFTER, BEFORE, LAST)
LARGEST: Final = 10**9


@dataclass(frozen=True)
class Asked:
    """What an address asks for: a number, and the row that the page follows or leads to."""

    number: int = 1
    after: str = ""
    before: str = ""
    is_last: bool = False

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        number = query.get(PAGE, "")
        is_number = number.isascii() and number.isdecimal() and len(number) < 10
        return cls(
            max(1, int(number)) if is_number else 1,
            query.get(AFTER, ""),
            query.get(BEFORE, ""),
            LAST in query,
        )


@dataclass(frozen=True)
class Page:
    number: int
    rows: list[Any]
    previous: dict[str, str] | None = None  # what its address says
    next: dict[str, str] | None = None


@dataclass(frozen=True)
class Book:
    """A list in pages of `size` rows."""

    ordered: Sorted
    size: int
    exact: int | None  # how many rows there are, if they are few
    sample: Sample | None = None  # of very many

    @property
    def total(self) -> int:
        return self.exact or 0 if self.sample is None else self.sample.total

    @property
    def pages(self) -> int:
        return max(1, -(-int(self.total) // self.size))

    def turn(self, asked: Asked) -> Page:
        """Give the page that is asked for. Raises `NoPlace`."""
        if asked.is_last:
            return self._last()
        if asked.after:
            place = self.ordered.read(asked.after)
            return self._after(place, max(2, asked.number))
        if asked.before:
            return self._before(self.ordered.read(asked.before), asked.number)
        if asked.number > 1:
            return self._jump(asked.number)
        return self._page(1, self.ordered.first(self.size + 1), is_first=True)

    def _after(self, place: Place, number: int) -> Page:
        rows = self.ordered.after(place, self.size + 1)
        return self._page(number, rows) if rows else self._last()

    def _before(self, place: Place, number: int) -> Page:
        rows = self.ordered.before(place, self.size + 1)
        if len(rows) <= self.size:
            return self._page(1, self.ordered.first(self.size + 1), is_first=True)
        return self._told(max(2, number), rows[1:], more=True)

    def _last(self) -> Page:
        if self.pages == 1:
            return self._page(1, self.ordered.first(self.size + 1), is_first=True)
        size = self.size
        if self.exact is not None:
            size = self.exact - (self.pages - 1) * self.size
        return self._told(self.pages, self.ordered.last(size), more=False)

    def _jump(self, number: int) -> Page:
        """Go to a page by its number: exactly near the beginning, then about."""
        if number >= self.pages:
            return self._last()
        passed = (number - 1) * self.size
        is_near = passed <= EXACT
        near = self.ordered if is_near or self.sample is None else self.sample
        place = near.place_at(passed)
        return self._last() if place is None else self._after(place, number)

    def _page(self, number: int, rows: list[Any], *, is_first: bool = False) -> Page:
        shown, more = rows[: self.size], len(rows) > self.size
        return self._told(number, shown, more=more, is_first=is_first)

    def _told(
        self, number: int, rows: list[Any], *, more: bool, is_first: bool = False
    ) -> Page:
        if not rows:
            return Page(1, [])
        back = {BEFORE: self._at(rows[0]), PAGE: str(max(1, number - 1))}
        on = {AFTER: self._at(rows[-1]), PAGE: str(number + 1)}
        return Page(number, rows, None if is_first else back, on if more else None)

    def _at(self, row: Any) -> str:
        return self.ordered.write(self.ordered.place_of(row))


def open_book(rows: QuerySet[Any], keys: Sequence[Key], size: int, *, own: str) -> Book:
    """Open a list that by itself is sorted by the column `own`."""
    ways, given = ways_of(rows), numbers_of(rows.model)
    held = Sorted(ways.held, keys)
    sample = take_sample(held, given) if len(given) > FAR else None
    if sample is None or not sample.is_surely_long:
        exact = count_up_to(ways.gathered)
        if exact is not None:
            return Book(Sorted(ways.gathered, keys), size, exact)
    sample = sample or take_sample(held, given)
    return Book(_walked(ways, keys, own, sample), size, None, sample)


def _walked(ways: Ways, keys: Sequence[Key], own: str, sample: Sample) -> Sorted:
    """Choose how very many rows are walked such that few are passed by."""
    paths = [key.path for key in keys]
    if paths[0] == own:
        return Sorted(ways.gathered if ways.in_own_order else ways.walked, keys)
    # One index has a column and the list's own order; of two columns none has.
    may_be_wide = own != paths[1] and len(keys) > 2 and LOOKUP_SEP not in paths[0]
    wide = sample.frequent if may_be_wide else ()
    return Sorted(ways.walked, keys, wide)


__all__ = ["Asked", "Book", "NoPlace", "Page", "open_book"]
