"""Read the datings that registers hold, and write years as a text that reads back.

唐天宝年间, 前206, 约15世纪, 清康熙五十二年, 公元前3世纪上半叶, 1368~1644, 康熙至乾隆, 宋-元. What can be
read in one way gives a span. What can be read in several gives them all as proposals and
decides nothing; what cannot be read gives a doubt. The text itself is always kept.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Final, Literal

from knowledge_graph.reigns import Reading, names_era, polities, read_reign
from knowledge_graph.scripts import simplify
from knowledge_graph.vocabulary import load, period_names
from knowledge_graph.years import (
    CIRCA,
    RANGE,
    YearSpan,
    fold,
    is_ambiguous_range,
    parse_one,
    share_era,
    year_label,
)

Doubt = Literal[
    "", "unreadable", "ambiguous", "no-years", "out-of-reign", "cycle-alone",
    "before-or-after-christ", "backwards", "disagrees",
]  # fmt: skip


@dataclass(frozen=True)
class Dating:
    """What a text says of when something was made; `span` is None where it is not clear."""

    span: YearSpan | None = None
    periods: tuple[str, ...] = ()  # slugs of the register's scheme
    doubt: Doubt = ""
    proposals: tuple[YearSpan, ...] = ()  # what an ambiguous text may mean
    era: str = ""  # the name of a reign that the doubt is about


EMPTY: Final = Dating()


def read_dating(text: str) -> Dating:
    """Read a literal dating. An empty text, or one that says "unknown", says nothing."""
    folded = _OPEN_BOOK.sub("", simplify(fold(text))).strip(" .,;。")
    if not folded or folded in _UNKNOWN:
        return EMPTY
    found = _readings(folded)
    spans = tuple(dict.fromkeys(one.span for one in found))
    if len(spans) == 1:
        return Dating(found[0].span, found[0].periods)
    if found:
        return Dating(doubt="ambiguous", proposals=spans, era=names_era(folded))
    return _doubt(folded)


def write_dating(span: YearSpan, language: str = "zh-Hans") -> str:
    """Write a span for people, so that `read_dating` gives the same span again."""
    chinese = language.startswith("zh")
    text = _limits(span, language, chinese=chinese)
    if not (span.approximate and text):
        return text
    return f"约{text}" if chinese else f"c. {text}"


def _limits(span: YearSpan, language: str, *, chinese: bool) -> str:
    begin, end = span.begin, span.end
    if begin is None and end is None:
        return ""
    if end is None and begin is not None:
        first = year_label(begin, language)
        return f"{first}年起" if chinese else f"from {first}"
    if begin is None and end is not None:
        last = year_label(end, language)
        return f"{last}年以前" if chinese else f"until {last}"
    if begin is None or end is None or begin == end:
        return year_label(begin or end or 0, language)
    last = year_label(end, language)
    if begin < 1 and end >= 1000:  # 前475–1221 might mean 1221 before Christ
        last = f"公元{end}" if chinese else f"{end} CE"
    return f"{year_label(begin, language)}–{last}"


_UNKNOWN: Final = {
    "不详",
    "年代不详",
    "不明",
    "待考",
    "未知",
    "unknown",
    "undated",
    "n.d",
}
_OPEN_BOOK: Final = re.compile(r"[《》\"“”'‘’\s]+(?=[㐀-鿿])|(?<=[㐀-鿿])[\"“”'‘’\s]+")
_BRACKETS: Final = re.compile(r"(.+?)[(\[](.+)[)\]]")
_ZH_OPEN: Final = re.compile(r"(.+?)年?(?P<way>起|以来|以后|之后|至今|以前|之前)")
_EN_OPEN: Final = re.compile(r"(?P<way>from|since|after|until|before) (.+)")
_FORWARD: Final = {"起", "以来", "以后", "之后", "至今", "from", "since", "after"}
_LATER_YEAR: Final = re.compile(r"(?:元|\d{1,2}|[一二三四五六七八九十廿卅]{1,4})年")
_CYCLE_ALONE: Final = re.compile(
    r"[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥](?:年|岁)?"
)


def _readings(text: str) -> list[Reading]:
    """Give all that a folded text may mean."""
    in_brackets = _BRACKETS.fullmatch(text)
    if in_brackets:
        return _agreeing(_readings(in_brackets[1]), _readings(in_brackets[2]))
    bare = CIRCA.sub("", text)
    if bare != text:
        return [_about(one) for one in _readings(bare)]
    return _of_one(text) or _open_ended(text) or _of_range(text) or _side_by_side(text)


def _of_one(text: str) -> list[Reading]:
    """Read what is no range; a period of the register's scheme before all else."""
    span = parse_one(text, _names())
    if span is None:
        return read_reign(text)
    return [Reading(span, tuple(_periods_in(text)))]


def _open_ended(text: str) -> list[Reading]:
    found = _ZH_OPEN.fullmatch(text) or _EN_OPEN.fullmatch(text)
    if not found:
        return []
    what = next(part for part in found.groups() if part != found["way"])
    ends = [
        replace(one.span, end=None)
        if found["way"] in _FORWARD
        else replace(one.span, begin=None)
        for one in _of_one(what)
    ]
    return [Reading(span) for span in ends]


def _of_range(text: str) -> list[Reading]:
    ends = [end for end in RANGE.split(text) if end]
    if len(ends) != 2 or is_ambiguous_range(*ends):
        return []
    first, last = _share_reign(*share_era(*ends))
    pairs = product(_of_one(first), _of_one(last))
    return [one for pair in pairs if (one := _between(*pair)) is not None]


def _between(first: Reading, last: Reading) -> Reading | None:
    begin, end = first.span, last.span
    if begin.begin is None or (end.end is not None and begin.begin > end.end):
        return None
    span = YearSpan(begin.begin, end.end, begin.approximate or end.approximate)
    return Reading(span, tuple(dict.fromkeys(first.periods + last.periods)))


def _side_by_side(text: str) -> list[Reading]:
    """Read two periods written together: 明末清初, 秦汉, 唐宋."""
    cuts = ((text[:n], text[n:]) for n in range(1, len(text)))
    pairs = [
        pair
        for first, last in cuts
        if any(_periods_in(first)) and any(_periods_in(last))
        for pair in product(_of_one(first), _of_one(last))
    ]
    return [one for pair in pairs if (one := _between(*pair)) is not None]


def _share_reign(first: str, last: str) -> tuple[str, str]:
    """Hand on what is said once for both: 唐天宝三年至十四年, 清康熙至乾隆."""
    if _LATER_YEAR.fullmatch(last) and _LATER_YEAR.search(first):
        return first, _LATER_YEAR.sub("", first) + last
    era = names_era(first)
    before = first[: first.find(era)] if era else ""
    if (
        before
        and names_era(last)
        and any(before in p.names for p in polities().values())
    ):
        return first, last if read_reign(before + last) == [] else before + last
    return first, last


def _agreeing(told: list[Reading], years: list[Reading]) -> list[Reading]:
    """Read 明宣德(1426-1435): the years say more, if they lie in what the name says."""
    return [
        Reading(year.span, name.periods or year.periods)
        for name, year in product(told, years)
        if _lies_in(year.span, name.span)
    ]


def _lies_in(inner: YearSpan, outer: YearSpan) -> bool:
    if outer.approximate:
        return True
    starts = outer.begin is None or (inner.begin or 0) >= outer.begin
    ends = outer.end is None or (inner.end is not None and inner.end <= outer.end)
    return starts and ends


def _about(one: Reading) -> Reading:
    return replace(one, span=replace(one.span, approximate=True))


def _doubt(text: str) -> Dating:
    """Tell why a text gives no years, as far as that can be told."""
    in_brackets = _BRACKETS.fullmatch(text)
    ends = [end for end in RANGE.split(text) if end]
    slugs = tuple(_periods_in(text))
    if in_brackets and _readings(in_brackets[1]) and _readings(in_brackets[2]):
        both = (*_readings(in_brackets[1]), *_readings(in_brackets[2]))
        return Dating(doubt="disagrees", proposals=tuple(one.span for one in both))
    if len(ends) == 2 and is_ambiguous_range(*ends):
        return Dating(doubt="before-or-after-christ")
    if len(ends) == 2 and _of_one(ends[0]) and _of_one(ends[1]):
        return Dating(doubt="backwards")
    if _CYCLE_ALONE.fullmatch(text):
        return Dating(doubt="cycle-alone")
    if slugs:
        return Dating(doubt="no-years", periods=slugs)
    if (era := names_era(text)) and _LATER_YEAR.search(text):
        return Dating(doubt="out-of-reign", era=era)
    return Dating(doubt="unreadable")


@cache
def _names() -> Mapping[str, YearSpan]:
    return {simplify(name): span for name, span in period_names().items()}


@cache
def _slugs() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for concept in load("period").concepts:
        for name in (*concept.labels.values(), *concept.other_names):
            folded = simplify(fold(name))
            names[folded] = concept.slug
            names.setdefault(_bare(folded), concept.slug)
    return names


def _periods_in(text: str) -> Iterator[str]:
    """Name the period that a text is, by itself or with a stage before or after it."""
    known = _slugs()
    bare = _bare(_STAGE.sub("", text))
    for name in (text, _bare(text), bare, _STAGE.sub("", bare)):
        if name in known:
            yield known[name]
            return


_STAGE: Final = re.compile(
    r"^(?:初|早|盛|中|晚|末)(?=.)|(?:初|早|前|中|晚|后|末)(?:期|年|叶)?$"
    r"|^(?:early|middle|mid|late) "
)


def _bare(text: str) -> str:
    return re.sub(r"(?:时代|时期|王朝|代|朝| dynasty| period)$", "", text)
