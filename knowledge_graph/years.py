"""Years before and after Christ: astronomical integers, and the texts people write.

Year 1 BCE is 0, 206 BCE (前206) is -205. Nothing here guesses: a text that can be read
in two ways, or not at all, gives None, and the caller keeps the text as it is.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

_CENTURY: Final = 100


@dataclass(frozen=True)
class YearSpan:
    """Astronomical years, both included; None is an open end."""

    begin: int | None
    end: int | None
    approximate: bool = False


def from_bce(year: int) -> int:
    """Turn "206 BCE" (206) into the astronomical year (-205)."""
    if year < 1:
        raise ValueError(f"there is no year {year} BCE")
    return 1 - year


def iso_year(year: int) -> str:
    """Write an astronomical year as ISO 8601 and XSD 1.1 do: 25 is 0025, -205 is -0205."""
    return f"-{-year:04d}" if year < 0 else f"{year:04d}"


def parse_iso_year(text: str) -> int:
    """Read "-0205" as -205; raises ValueError for another form."""
    if not re.fullmatch(r"-?([1-9]\d{4,}|\d{4})", text, re.ASCII) or text == "-0000":
        raise ValueError(f"{text!r} is not an ISO 8601 year")
    return int(text)


def year_label(year: int, language: str = "zh-Hans") -> str:
    """Write an astronomical year for people: 前206 or 206 BCE; 公元25 or 25 CE."""
    chinese = language.startswith("zh")
    if year < 1:
        return f"前{1 - year}" if chinese else f"{1 - year} BCE"
    if year < 1000:
        return f"公元{year}" if chinese else f"{year} CE"
    return str(year)


def fold_names(periods: Mapping[str, YearSpan]) -> dict[str, YearSpan]:
    """Prepare period names for `parse_year_text`: 春秋 for 春秋时代, tang for Tang dynasty."""
    known: dict[str, YearSpan] = {}
    for name, span in periods.items():
        known.setdefault(_strip_period(fold(name)), span)
    return known | {fold(name): span for name, span in periods.items()}


def parse_year_text(
    text: str, periods: Mapping[str, YearSpan] | None = None
) -> YearSpan | None:
    """Read a year, a range, a century, a decade or a period name.

    `periods` gives the names that may stand for spans, as `fold_names` prepares them;
    `vocabulary.period_names` has those of the register.
    """
    known = periods or {}
    folded = fold(text)
    in_brackets = re.fullmatch(r"(.+?)\((.+)\)", folded)
    if in_brackets and _strip_period(in_brackets[1]) in known:
        return _parse(in_brackets[2], known)  # 明(1368-1644): the years say more
    return _parse(folded, known)


_Names = Mapping[str, YearSpan]

CIRCA = re.compile(r"^(?:约|大约|circa|about|ca\.?|c\.)\s*|左右$")
RANGE = re.compile(r"\s*(?:-|~|–|—|至|到|\bto\b)\s*")
STAGES = "初期|早期|前期|中期|晚期|后期|末期|初|早|前|盛|中|晚|末"
_ZH_STAGE = re.compile(rf"^(?:{STAGES})(?=.)|(?<=.)(?:{STAGES})$")
# Which share of a span a stage is: a half is a half; early, middle, late are thirds.
_SHARES: Final = {
    "上半": (0, 2), "前半": (0, 2), "first": (0, 2), "下半": (1, 2), "后半": (1, 2),
    "second": (1, 2), "初": (0, 3), "早": (0, 3), "前": (0, 3), "early": (0, 3),
    "中": (1, 3), "mid": (1, 3), "晚": (2, 3), "末": (2, 3), "后": (2, 3),
    "late": (2, 3),
}  # fmt: skip
_EN_STAGE = re.compile(
    r"^(early|middle|mid|late|first half of the|second half of the)[\s-]+"
)
_YEAR = re.compile(
    r"(?P<zh>公元前|公元|前|西元前|西元)?(?P<en>ad|ce)?\s*(?P<n>\d{1,7})\s*年?"
    r"\s*(?P<suffix>b\.?c\.?e?\.?|a\.?d\.?|c\.?e\.?)?"
)
_ZH_CENTURY = re.compile(
    r"(?P<bce>公元前|西元前|前)?(?:公元|西元)?(?P<n>\d{1,2}|[一二三四五六七八九十]{1,3})世纪"
    r"(?P<decade>\d0年代)?(?P<stage>上半叶|下半叶|前半叶|后半叶|初叶?|中叶|中期|末叶?|早期|晚期|前期|后期)?"
)
_EN_CENTURY = re.compile(
    r"(?P<n>\d{1,2})(?:st|nd|rd|th)[\s-]+century\s*(?P<bce>b\.?c\.?e?\.?)?(?:a\.?d\.?|c\.?e\.?)?"
)
_DECADE = re.compile(r"(\d{3}0)(?:年代|s)")
_ZH_DIGITS = {sign: n for n, sign in enumerate("一二三四五六七八九", start=1)}


def _parse(text: str, names: _Names) -> YearSpan | None:
    bare = CIRCA.sub("", text)
    if bare != text:
        span = _parse(bare, names)
        return replace(span, approximate=True) if span else None
    return parse_one(text, names) or _parse_range(text, names)


def parse_one(text: str, names: _Names) -> YearSpan | None:
    """Read one folded text that is no range."""
    year = _parse_year(text)
    if year is not None:
        return YearSpan(year, year)
    return _parse_decade(text) or _parse_century(text) or _parse_period(text, names)


def _parse_range(text: str, names: _Names) -> YearSpan | None:
    ends = RANGE.split(text)
    if len(ends) != 2 or is_ambiguous_range(*ends):
        return None
    first, last = share_era(*ends)
    begin, end = parse_one(first, names), parse_one(last, names)
    if begin is None or end is None or begin.begin is None:
        return None
    if end.end is not None and begin.begin > end.end:
        return None
    return YearSpan(begin.begin, end.end, begin.approximate or end.approximate)


def is_ambiguous_range(first: str, last: str) -> bool:
    """前475-221 may end before or after Christ; so may 206 BC - 25."""
    return _is_bce(first) and last.isdecimal()


def share_era(first: str, last: str) -> tuple[str, str]:
    """Hand on what is said once for both: 475-221 BC, 15-16世纪."""
    if first.isdecimal():
        if last.endswith("世纪") and not last.startswith(("公元", "西元", "前")):
            return first + "世纪", last
        if last.endswith(("bc", "bce", "b.c.", "b.c.e.")):
            return first + "bc", last
    if re.fullmatch(r"\d{1,2}(st|nd|rd|th)", first) and "century" in last:
        return first + last[last.index(" ") :], last
    return first, last


def _is_bce(text: str) -> bool:
    return text.startswith(("前", "公元前", "西元前")) or "bc" in text or "b.c" in text


def _parse_year(text: str) -> int | None:
    found = _YEAR.fullmatch(text)
    if not found or int(found["n"]) == 0:
        return None
    year = int(found["n"])
    if (found["zh"] or "").endswith("前") or (found["suffix"] or "").startswith("b"):
        return from_bce(year)
    return year


def _parse_decade(text: str) -> YearSpan | None:
    found = _DECADE.fullmatch(text)
    return YearSpan(int(found[1]), int(found[1]) + 9) if found else None


def _parse_century(text: str) -> YearSpan | None:
    stage = _EN_STAGE.match(text)
    staged = _EN_STAGE.sub("", text)
    found = _ZH_CENTURY.fullmatch(text) or _EN_CENTURY.fullmatch(staged)
    number = chinese_number(found["n"]) if found else 0
    if not found or not number:
        return None
    groups = found.groupdict()
    if groups.get("decade"):
        if groups["bce"]:
            return None
        begin = (number - 1) * _CENTURY + int(groups["decade"][:2])
        return YearSpan(begin, begin + 9)
    span = _century(number, bce=bool(groups["bce"]))
    return part_of(span, groups.get("stage") or (stage[1] if stage else ""))


def part_of(span: YearSpan, stage: str) -> YearSpan:
    """Give the part of a span that a stage names: 上半叶, 初, 晚期, early, late …

    Halves are exact. 初, 中 and 晚 are thirds, which is our convention and no fact: the
    result is approximate. An unknown stage (盛) leaves the whole, approximate too.
    """
    share = next((s for name, s in _SHARES.items() if stage.startswith(name)), None)
    if not stage:
        return span
    if share is None or span.begin is None or span.end is None:
        return replace(span, approximate=True)
    number, count = share
    years = span.end - span.begin + 1
    begin = span.begin + years * number // count
    end = max(begin, span.begin + years * (number + 1) // count - 1)
    return YearSpan(begin, min(end, span.end), approximate=count > 2)


def _century(number: int, *, bce: bool) -> YearSpan:
    if bce:
        return YearSpan(
            from_bce(number * _CENTURY), from_bce((number - 1) * _CENTURY + 1)
        )
    return YearSpan((number - 1) * _CENTURY + 1, number * _CENTURY)


def _parse_period(text: str, names: _Names) -> YearSpan | None:
    for candidate in (text, _strip_period(text)):
        if candidate in names:
            return names[candidate]
    stage = _EN_STAGE.match(text) or _ZH_STAGE.search(text)
    staged = _strip_period(_ZH_STAGE.sub("", _EN_STAGE.sub("", text), count=1))
    if stage is None or staged not in names:
        return None
    return part_of(names[staged], stage[0].strip())


def _strip_period(text: str) -> str:
    """唐代, 唐朝, 唐时期, Tang dynasty, Tang period: all 唐 or Tang."""
    return re.sub(r"(?:时代|时期|王朝|代|朝|\s+dynasty|\s+period)$", "", text)


def chinese_number(text: str) -> int:
    """Read 15, 十五 or 二十一; 0 when it is none of these."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _ZH_DIGITS.get(text, 0)
    if (tens and tens not in _ZH_DIGITS) or (ones and ones not in _ZH_DIGITS):
        return 0
    return _ZH_DIGITS.get(tens, 1) * 10 + _ZH_DIGITS.get(ones, 0)


def fold(text: str) -> str:
    """Make full-width and half-width, upper and lower case the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
