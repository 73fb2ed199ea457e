"""The museum's two languages, one of them in two scripts: the reader's, and both."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils import translation
from django.utils.functional import Promise, lazy

# Tags as the web writes them, beside Django's own names. What the museum writes, it
# writes in these; the traditional script is made of the first (`traditional.py`).
LANGUAGES: Final = (("zh-Hans", "zh-hans"), ("en", "en"))
TRADITIONAL: Final = "zh-Hant"


class Chosen(str):
    """A text in the language that it is in, which may not be the one asked for."""

    tag: str  # zh-Hans or en
    is_other: bool  # it stands in for one that is missing

    def __new__(
        cls, text: str, tag: str = "zh-Hans", *, is_other: bool = False
    ) -> "Chosen":
        chosen = super().__new__(cls, text)
        chosen.tag, chosen.is_other = tag, is_other
        return chosen


def language_tag(code: str | None = None) -> str:
    """Give the BCP 47 tag of a language, or of the reader's: for `lang` attributes."""
    code = (code or translation.get_language() or "").lower()
    if code.startswith("en"):
        return "en"
    return TRADITIONAL if code.startswith("zh-hant") else "zh-Hans"


def text_tag(code: str | None = None) -> str:
    """Give the tag of what the museum has written for this reader: `zh-Hans` or `en`."""
    return "en" if language_tag(code) == "en" else "zh-Hans"


def choose(chinese: str, english: str, tag: str = "") -> Chosen:
    """Give the text in a language (the reader's by default), or else the other one."""
    wanted = tag or text_tag()
    first, second = (english, chinese) if wanted == "en" else (chinese, english)
    if first or not second:
        return Chosen(first, wanted, is_other=False)
    other = "zh-Hans" if wanted == "en" else "en"
    return Chosen(second, other, is_other=True)


def marked(text: str) -> str:
    """Give a chosen text as plain words, with a mark where it is in the other language."""
    if isinstance(text, Chosen) and text.is_other:
        return f"{text} [{MARKS[text.tag]}]"
    return text


def texts_by_tag(chinese: str, english: str) -> dict[str, str]:
    """Give those of the two texts that there are, by tag."""
    pairs = {"zh-Hans": chinese, "en": english}
    return {tag: text for tag, text in pairs.items() if text}


def in_both(speak: Callable[[], str]) -> dict[str, str]:
    """Say the same in Chinese and in English, by tag."""
    said: dict[str, str] = {}
    for tag, language in LANGUAGES:
        with translation.override(language):
            said[tag] = speak()
    return said


def _filled(sentence: Promise, facts: Mapping[str, Any]) -> str:
    return str(sentence) % facts


# A lazy sentence with its facts, said anew in the language of each who reads it.
filled = lazy(_filled, str)


# As a reader of the other language knows it.
MARKS: Final = {"zh-Hans": "中文", "en": "EN"}
