"""Reign eras of the Chinese dynasties, and the years that are told by them.

The tables beside this module are our own. Years of an era are those that bear its name;
the year of a change bears two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from knowledge_graph.years import STAGES, YearSpan, chinese_number, from_bce, part_of

FOLDER: Final = Path(__file__).parent
STEMS: Final = "甲乙丙丁戊己庚辛壬癸"
BRANCHES: Final = "子丑寅卯辰巳午未申酉戌亥"
CYCLE: Final = tuple(STEMS[n % 10] + BRANCHES[n % 12] for n in range(60))


@dataclass(frozen=True)
class Polity:
    """A dynasty or kingdom, by the names it goes by before the name of an era."""

    slug: str
    names: tuple[str, ...]
    span: YearSpan
    period: str  # slug in the register's scheme; "" where that has none


@dataclass(frozen=True)
class Reign:
    polity: Polity
    names: tuple[str, ...]
    begin: int
    end: int

    @property
    def span(self) -> YearSpan:
        return YearSpan(self.begin, self.end)


@dataclass(frozen=True)
class Reading:
    """One thing that a text may mean."""

    span: YearSpan
    periods: tuple[str, ...] = ()


@cache
def polities() -> dict[str, Polity]:
    return {
        slug: Polity(slug, tuple(names.split()), _span(begin, end), period)
        for slug, names, begin, end, period in _rows("polities.tsv", 5)
    }


@cache
def reigns() -> tuple[Reign, ...]:
    return tuple(
        Reign(polities()[slug], tuple(names.split()), _year(begin), _year(end))
        for slug, names, begin, end in _rows("reigns.tsv", 4)
    )


def cycle_name(year: int) -> str:
    """Give the name of an astronomical year in the cycle of sixty: 1644 is 甲申."""
    return CYCLE[(year - 4) % 60]


def read_reign(text: str) -> list[Reading]:
    """Give all that a folded text may mean as years of a reign; none if it is no such.

    唐天宝年间, 康熙五十二年, 康熙五十二年癸巳, 清康熙甲子, 清甲子年, 光绪末年, 武周.
    """
    found: dict[Reading, None] = {}
    for polity, rest in _after_polity(text):
        for reign, tail in _eras_at(rest, polity):
            for span in _years_of(reign.span, tail):
                found[_reading(span, reign.polity)] = None
        if polity is not None:
            for span in _years_of_polity(polity, rest):
                found[_reading(span, polity)] = None
    return list(found)


def names_era(text: str) -> str:
    """Give the name of the era that stands in a text, the longest; "" if none does."""
    names = [name for reign in reigns() for name in reign.names if name in text]
    return max(names, key=len, default="")


_NUMBER = r"(?:元|\d{1,2}|[一二三四五六七八九十廿卅百]{1,4})"
_CYCLE = f"(?P<cycle>[{STEMS}][{BRANCHES}])"
_NUMBERED = re.compile(rf"(?P<n>{_NUMBER})年(?:\(?{_CYCLE}(?:年|岁)?\)?)?")
_CYCLED = re.compile(rf"{_CYCLE}(?:年|岁)?")
_WHOLE = re.compile(r"(?:年间|年制|年|朝|时期|期间|间)?")
_STAGED = re.compile(rf"(?:年间|朝)?(?P<stage>{STAGES})(?:年间|年|叶)?")


def _years_of(span: YearSpan, tail: str) -> Iterator[YearSpan]:
    """Read what stands after the name of an era."""
    if _WHOLE.fullmatch(tail):
        yield span
    elif staged := _STAGED.fullmatch(tail):
        yield part_of(span, staged["stage"])
    elif numbered := _NUMBERED.fullmatch(tail):
        year = _begin(span) + count_of(numbered["n"]) - 1
        inside = _begin(span) <= year <= _end(span)
        if inside and numbered["cycle"] in (None, cycle_name(year)):
            yield YearSpan(year, year)
    elif cycled := _CYCLED.fullmatch(tail):
        yield from _in_cycle(span, cycled["cycle"])


def _years_of_polity(polity: Polity, tail: str) -> Iterator[YearSpan]:
    if _WHOLE.fullmatch(tail) and not tail.endswith("年"):
        yield polity.span
    elif cycled := _CYCLED.fullmatch(tail):
        yield from _in_cycle(polity.span, cycled["cycle"])


def _in_cycle(span: YearSpan, name: str) -> Iterator[YearSpan]:
    for year in range(_begin(span), _end(span) + 1):
        if cycle_name(year) == name:
            yield YearSpan(year, year)


def _after_polity(text: str) -> Iterator[tuple[Polity | None, str]]:
    """Take the name of a dynasty off the front, in every way that there is, and none."""
    yield None, text
    for polity in polities().values():
        for name in polity.names:
            if text.startswith(name):
                rest = text.removeprefix(name)
                yield polity, re.sub(r"^(?:王朝|代|朝|[·・,])", "", rest)


def _eras_at(text: str, polity: Polity | None) -> Iterator[tuple[Reign, str]]:
    for reign in reigns():
        if polity is None or reign.polity is polity:
            for name in reign.names:
                if text.startswith(name):
                    yield reign, text.removeprefix(name)


def count_of(text: str) -> int:
    """Read the number of a year: 元, 五十二, 廿三, 52; 0 for what is none."""
    if text == "元":
        return 1
    return chinese_number(text.replace("廿", "二十").replace("卅", "三十"))


def _reading(span: YearSpan, polity: Polity) -> Reading:
    return Reading(span, (polity.period,) if polity.period else ())


def _rows(name: str, columns: int) -> Iterator[list[str]]:
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            cells = line.split("\t")
            yield cells + [""] * (columns - len(cells))


def _span(begin: str, end: str) -> YearSpan:
    return YearSpan(_year(begin), _year(end))


def _year(text: str) -> int:
    year = int(text)
    return from_bce(-year) if year < 0 else year


def _begin(span: YearSpan) -> int:
    return 0 if span.begin is None else span.begin


def _end(span: YearSpan) -> int:
    return 0 if span.end is None else span.end
