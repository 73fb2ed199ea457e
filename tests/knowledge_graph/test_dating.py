"""Datings as registers write them: read where they are clear, doubted where not."""

import itertools
from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_graph.dating import EMPTY, read_dating, write_dating
from knowledge_graph.reigns import CYCLE, Reign, cycle_name, polities, reigns
from knowledge_graph.vocabulary import load
from knowledge_graph.years import YearSpan

YEARS = st.integers(-99_999, 9999)
LANGUAGES = st.sampled_from(["zh-Hans", "en"])
# Kingdoms that used others' eras, or none, for a while.
PAUSES = {("western-qin", 409), ("southern-liang", 408), ("wuyue", 924)}


@given(YEARS, YEARS, st.booleans(), LANGUAGES)
def test_every_interval_comes_back(
    one: int, other: int, approximate: bool, language: str
) -> None:
    span = YearSpan(min(one, other), max(one, other), approximate)
    read = read_dating(write_dating(span, language))
    assert (read.span, read.doubt) == (span, "")


@given(YEARS, st.booleans(), LANGUAGES)
def test_open_intervals_come_back(year: int, forward: bool, language: str) -> None:
    span = YearSpan(year, None) if forward else YearSpan(None, year)
    assert read_dating(write_dating(span, language)).span == span


@given(st.text(max_size=30))
def test_any_text_is_read_in_order_or_doubted(text: str) -> None:
    read = read_dating(text)
    assert read.span is None or not read.doubt
    for span in (read.span, *read.proposals):
        if span and span.begin is not None and span.end is not None:
            assert span.begin <= span.end


@given(
    st.sampled_from(reigns()), st.integers(1, 70), st.sampled_from(["", "·", "代"]),
)  # fmt: skip
def test_a_numbered_year_of_a_reign_is_read_or_doubted(
    reign: Reign, number: int, joint: str
) -> None:
    read = read_dating(f"{reign.polity.names[0]}{joint}{reign.names[-1]}{number}年")
    year = reign.begin + number - 1
    if read.span is None:
        twice = read.doubt == "ambiguous"
        assert twice or year > reign.end
    else:
        assert reign.begin <= year <= reign.end
        assert read.span == YearSpan(year, year)


@pytest.mark.parametrize(
    ("text", "begin", "end", "periods"),
    [
        ("唐天宝年间", 742, 756, ["tang"]),
        ("唐·天宝", 742, 756, ["tang"]),
        ("天宝十四年", 755, 755, ["tang"]),  # the other 天宝 had five years
        ("前206", -205, -205, []),
        ("清康熙五十二年", 1713, 1713, ["qing"]),
        ("康熙五十二年癸巳", 1713, 1713, ["qing"]),
        ("清康熙甲子", 1684, 1684, ["qing"]),
        ("清光緒三十四年", 1908, 1908, ["qing"]),
        ("萬曆年間", 1573, 1620, ["ming"]),
        ("大清乾隆年制", 1736, 1795, ["qing"]),
        ("大明宣德年制", 1426, 1435, ["ming"]),
        ("康熙廿三年", 1684, 1684, ["qing"]),
        ("雍正元年", 1723, 1723, ["qing"]),
        ("嘉佑二年", 1057, 1057, ["northern-song"]),
        ("魏甘露二年", 257, 257, ["three-kingdoms-wei"]),
        ("宋元嘉三年", 426, 426, ["southern-dynasties-song"]),
        ("西汉建元二年", -138, -138, ["western-han"]),
        ("元至元二十年", 1283, 1283, ["yuan"]),
        ("后至元三年", 1337, 1337, ["yuan"]),
        ("武周", 690, 705, ["tang"]),
        ("民国三年", 1914, 1914, ["republic-of-china"]),
        ("公元前3世纪上半叶", -299, -250, ["3rd-century-bce"]),
        ("公元前3世纪下半叶", -249, -200, ["3rd-century-bce"]),
        ("1368~1644", 1368, 1644, []),
        ("1662—1722年", 1662, 1722, []),
        ("康熙至乾隆", 1662, 1795, ["qing"]),
        ("清康熙至乾隆", 1662, 1795, ["qing"]),
        ("唐天宝三年至十四年", 744, 755, ["tang"]),
        ("宋-元", 960, 1368, ["song", "yuan"]),
        ("秦汉", -220, 220, ["qin", "han"]),
        ("明宣德（1426-1435）", 1426, 1435, ["ming"]),
        ("1949年以后", 1949, None, []),
        ("1911年以前", None, 1911, []),
    ],
)
def test_clear_texts_are_read(
    text: str, begin: int | None, end: int | None, periods: list[str]
) -> None:
    read = read_dating(text)
    assert (read.span, read.doubt) == (YearSpan(begin, end), "")
    assert [one for one in read.periods if "century" not in one] == [
        one for one in periods if "century" not in one
    ]


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("约15世纪", 1401, 1500),
        ("晚唐", 811, 907),
        ("清代中期", 1714, 1812),
        ("商代晚期", -1229, -1045),
        ("光绪末年", 1897, 1908),
        ("18世纪末", 1767, 1800),
        ("明末清初", 1552, 1713),
        ("late Tang", 811, 907),
        ("circa 1400", 1400, 1400),
    ],
)
def test_vague_texts_are_approximate(text: str, begin: int, end: int) -> None:
    assert read_dating(text).span == YearSpan(begin, end, approximate=True)


@pytest.mark.parametrize(
    ("text", "doubt", "proposals"),
    [
        ("天宝年间", "ambiguous", [(742, 756), (908, 912)]),
        ("康熙壬寅年", "ambiguous", [(1662, 1662), (1722, 1722)]),
        ("元至元三年", "ambiguous", [(1266, 1266), (1337, 1337)]),
        ("明宣德(1526)", "disagrees", [(1426, 1435), (1526, 1526)]),
        ("甲子年", "cycle-alone", []),
        ("康熙六十二年", "out-of-reign", []),
        ("康熙五十二年甲子", "out-of-reign", []),
        ("1644-1368", "backwards", []),
        ("前475-221", "before-or-after-christ", []),
        ("新石器时代晚期", "no-years", []),
        ("大概很久", "unreadable", []),
        ("距今五千年", "unreadable", []),
    ],
)
def test_what_is_not_clear_is_doubted_and_never_decided(
    text: str, doubt: str, proposals: list[tuple[int, int]]
) -> None:
    read = read_dating(text)
    assert (read.span, read.doubt) == (None, doubt)
    assert [(one.begin, one.end) for one in read.proposals] == proposals


@pytest.mark.parametrize("text", ["", "  ", "不详", "年代不详", "待考", "Unknown"])
def test_no_dating_is_no_doubt(text: str) -> None:
    assert read_dating(text) == EMPTY


@pytest.mark.parametrize("concept", load("period").concepts, ids=lambda one: one.slug)
def test_periods_of_the_register_are_read_by_each_of_their_names(concept) -> None:  # type: ignore[no-untyped-def]
    for name in {concept.labels["zh-Hans"], concept.labels["zh-Hant"]}:
        read = read_dating(name)
        assert read.doubt in {"", "no-years"} or not concept.broader
        if concept.begin_year is not None and concept.end_year is not None:
            assert read.span == YearSpan(concept.begin_year, concept.end_year)


def test_eras_follow_each_other_within_their_dynasty() -> None:
    by_polity: dict[str, list[Reign]] = defaultdict(list)
    for reign in reigns():
        by_polity[reign.polity.slug].append(reign)
        assert reign.begin <= reign.end
        assert reign.polity.span.begin is not None
        assert reign.polity.span.end is not None
        assert reign.polity.span.begin <= reign.begin
        assert reign.end <= reign.polity.span.end
    assert set(by_polity) == set(polities())
    for slug, each in by_polity.items():
        for before, after in itertools.pairwise(each):
            assert before.begin <= after.begin
            between = slug == "tang" and after.begin == 705  # 武周 lies between
            if not between and (slug, after.begin) not in PAUSES:
                assert after.begin <= before.end + 1, (slug, after.names)


def test_dynasties_agree_with_the_period_scheme() -> None:
    periods = load("period")
    assert len(reigns()) > 600
    for polity in polities().values():
        if polity.period:
            scheme = periods[polity.period]
            assert polity.span.begin is not None
            assert scheme.begin_year is not None
            assert scheme.begin_year <= polity.span.begin + 5, polity.slug
            assert polity.span.end is not None
            assert scheme.end_year is not None
            assert polity.span.end <= scheme.end_year + 5, polity.slug


def test_the_cycle_of_sixty_goes_through_known_years() -> None:
    assert len(set(CYCLE)) == 60
    known = {1: "辛酉", 1644: "甲申", 1898: "戊戌", 1911: "辛亥", 1984: "甲子"}
    assert {year: cycle_name(year) for year in known} == known
    assert cycle_name(-2696) == "甲子"  # 2697 before Christ, where the count begins
