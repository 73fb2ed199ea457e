"""Texts as IIIF writes them: maps from a language to a list of strings."""

from collections.abc import Callable, Mapping

from heritage.lib import languages

TextMap = dict[str, list[str]]


def text_map(texts: Mapping[str, str], fallback: str = "") -> TextMap:
    """Give a map of the texts there are; of none, the fallback in no language."""
    found = {tag: [text] for tag, text in texts.items() if text}
    return found or ({"none": [fallback]} if fallback else {})


def in_both(speak: Callable[[], str]) -> TextMap:
    """Say the same in Chinese and in English; once, if it is the same in both."""
    texts = languages.in_both(speak)
    if len(set(texts.values())) == 1:
        return text_map({}, texts["en"])
    return text_map(texts)


def pair(label: Callable[[], str], value: TextMap) -> dict[str, TextMap]:
    """Give a line of metadata."""
    return {"label": in_both(label), "value": value}
