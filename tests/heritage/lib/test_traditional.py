"""Simplified characters become traditional ones, and what is not text stays."""

from pathlib import Path

import pytest

from heritage.lib.languages import choose, language_tag, marked, text_tag
from heritage.lib.traditional import (
    OWN_LIST,
    Traditional,
    read_corrections,
    traditional,
)


@pytest.mark.parametrize(
    ("simplified", "expected"),
    [
        ("总登记账", "總登記賬"),
        ("斗彩鸡缸杯", "鬥彩雞缸杯"),
        ("里耶秦简", "里耶秦簡"),  # a place, no "within"
        ("汉武帝征和二年", "漢武帝征和二年"),
        ("谷纹璧", "穀紋璧"),
        ("Celadon vase, h. 21 cm", "Celadon vase, h. 21 cm"),
    ],
)
def test_words_of_museums(simplified: str, expected: str) -> None:
    assert traditional().text(simplified) == expected


def test_what_was_converted_stays_as_it_is() -> None:
    for right in read_corrections(OWN_LIST).values():
        assert traditional().text(right) == right
    once = traditional().text("里耶秦简、谷纹璧与皇后之玺")
    assert traditional().text(once) == once


def test_a_page_keeps_what_was_typed_addresses_and_programs() -> None:
    page = (
        "<!DOCTYPE html><h1 title='汉代'>汉代</h1><a href='/search?q=汉代'>汉</a>"
        '<input value="汉代" placeholder="汉代"><textarea>汉代</textarea>'
        "<script>const x = '汉代' < 3;</script>"
        '<script id="room-data" type="application/json">{"title": "汉代"}</script>'
        "<code>汉代</code>1 < 2 汉"
    )
    assert traditional().page(page) == (
        "<!DOCTYPE html><h1 title='漢代'>漢代</h1><a href='/search?q=汉代'>漢</a>"
        '<input value="汉代" placeholder="漢代"><textarea>汉代</textarea>'
        "<script>const x = '汉代' < 3;</script>"
        '<script id="room-data" type="application/json">{"title": "漢代"}</script>'
        "<code>汉代</code>1 < 2 漢"
    )


def test_the_museums_own_list_wins(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("# ours\n里耶\t裡耶\n", "utf-8")
    corrections = read_corrections(OWN_LIST, own)
    assert Traditional(corrections).text("里耶") == "裡耶"
    own.write_text("里耶\n", "utf-8")
    with pytest.raises(ValueError, match=r"own\.tsv, line 1"):
        read_corrections(own)


def test_tags_of_languages() -> None:
    codes = ("zh-hans", "zh-hant", "en", "en-gb")
    assert [language_tag(code) for code in codes] == ["zh-Hans", "zh-Hant", "en", "en"]
    assert [text_tag(code) for code in codes] == ["zh-Hans", "zh-Hans", "en", "en"]


def test_a_text_knows_the_language_it_is_in() -> None:
    text = choose("青釉瓶", "", "en")
    assert (text, text.tag, text.is_other) == ("青釉瓶", "zh-Hans", True)
    assert marked(text) == "青釉瓶 [中文]"
    assert marked(choose("青釉瓶", "Vase", "en")) == "Vase"
    assert not choose("", "", "en").is_other
