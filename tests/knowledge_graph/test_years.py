"""Years before and after Christ, as numbers and as people write them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge_graph.vocabulary import period_names
from knowledge_graph.years import (
    YearSpan,
    from_bce,
    iso_year,
    parse_iso_year,
    parse_year_text,
    year_label,
)

YEARS = st.integers(-2_000_000, 9999)


@given(YEARS)
def test_iso_years_come_back(year: int) -> None:
    assert parse_iso_year(iso_year(year)) == year


@given(YEARS)
def test_labels_come_back_in_both_languages(year: int) -> None:
    for language in ("zh-Hans", "en"):
        assert parse_year_text(year_label(year, language)) == YearSpan(year, year)


@given(YEARS, YEARS, st.sampled_from(["zh-Hans", "en"]), st.sampled_from("-~–至"))
def test_ranges_come_back_or_are_refused(
    begin: int, end: int, language: str, dash: str
) -> None:
    # "1000-1 BCE" is rightly read as both before Christ.
    assume(not (language == "en" and begin >= 1000 and end < 1))
    text = f"{year_label(begin, language)}{dash}{year_label(end, language)}"
    span = parse_year_text(text)
    bare_end_after_bce = begin < 1 and end >= 1000
    if begin > end or bare_end_after_bce:
        assert span is None
    else:
        assert span == YearSpan(begin, end)


@given(st.text(max_size=30))
def test_any_text_gives_a_span_in_order_or_nothing(text: str) -> None:
    span = parse_year_text(text, period_names())
    if span is not None and span.begin is not None and span.end is not None:
        assert span.begin <= span.end


@given(st.integers(1, 21))
def test_centuries_agree_in_both_languages(number: int) -> None:
    suffix = (
        "th" if 10 <= number <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    )
    english = f"{number}{suffix or 'th'} century"
    assert parse_year_text(f"{number}世纪") == parse_year_text(english)
    assert parse_year_text(f"公元前{number}世纪") == parse_year_text(f"{english} BCE")


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("前206", -205, -205),
        ("公元前206年", -205, -205),
        ("公元25", 25, 25),
        ("公元25年", 25, 25),
        ("206 BC", -205, -205),
        ("AD 25", 25, 25),
        ("１３６８", 1368, 1368),
        ("15世纪", 1401, 1500),
        ("十五世纪", 1401, 1500),
        ("二十一世纪", 2001, 2100),
        ("公元前3世纪", -299, -200),
        ("前1世纪", -99, 0),
        ("3rd century BC", -299, -200),
        ("20世纪20年代", 1920, 1929),
        ("1920s", 1920, 1929),
        ("前206-公元25", -205, 25),
        ("1368~1644", 1368, 1644),
        ("475–221 BC", -474, -220),
        ("15-16世纪", 1401, 1600),
        ("唐", 618, 907),
        ("唐代", 618, 907),
        ("唐朝", 618, 907),
        ("春秋", -769, -475),
        ("Tang dynasty", 618, 907),
        ("Tang", 618, 907),
        ("宋-元", 960, 1368),
        ("明(1368～1644)", 1368, 1644),
        ("明（1403-1424年）", 1403, 1424),
        ("中华人民共和国", 1949, None),
    ],
)
def test_texts_are_read(text: str, begin: int, end: int | None) -> None:
    assert parse_year_text(text, period_names()) == YearSpan(begin, end)


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("约1400", 1400, 1400),
        ("c. 1400", 1400, 1400),
        ("ca. 500 BCE", -499, -499),
        ("约前2070-前1600", -2069, -1599),
        ("晚唐", 811, 907),
        ("Late Tang", 811, 907),
        ("15世纪初", 1401, 1433),
        ("early 15th century", 1401, 1433),
    ],
)
def test_vague_texts_are_read_and_marked(text: str, begin: int, end: int) -> None:
    assert parse_year_text(text, period_names()) == YearSpan(
        begin, end, approximate=True
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "不详",
        "0",
        "唐天宝年间",
        "乾隆三年",
        "1644-1368",
        "前475-221",  # before or after Christ?
        "206 BC - 25",
        "1949年10月1日",
        "十十世纪",
        "前1世纪20年代",
    ],
)
def test_what_is_unclear_is_not_guessed(text: str) -> None:
    assert parse_year_text(text, period_names()) is None


@pytest.mark.parametrize("text", ["25", "-0000", "+0025", "00025", "2026-01", "٢٠٢٦"])
def test_other_forms_are_no_iso_years(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        parse_iso_year(text)


def test_there_is_no_year_nought_before_christ() -> None:
    assert from_bce(1) == 0
    with pytest.raises(ValueError, match="no year 0"):
        from_bce(0)
