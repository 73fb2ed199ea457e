"""Chinese in the traditional script, made of the simplified one (OpenCC, Taiwan's forms).

What OpenCC gets wrong stands in `traditional.tsv`, one phrase a line: as it is written
in simplified characters, and as it should be in traditional ones. A museum may keep such
a list of its own (`HERITAGE_TRADITIONAL_WORDS`).
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from opencc import OpenCC

OWN_LIST: Final = Path(__file__).with_name("traditional.tsv")
HAN: Final = re.compile(r"[㐀-鿿豈-﫿𠀀-𯿿]")
# What of a page stands for itself: programs, what a person has typed, another language.
_APART: Final = re.compile(
    r"<!--.*?-->"
    r"|<(script|style|textarea|code|pre)\b.*?</\1\s*>"
    r"|<[a-zA-Z/!](?:[^>\"']|\"[^\"]*\"|'[^']*')*>",
    re.DOTALL,
)
_SAID: Final = re.compile(
    r"""(\s(?:alt|title|placeholder|aria-label|label|content)=)("[^"]*"|'[^']*')"""
)
# Data of the page's own scenes: what a model or a room says. Queries are left alone.
_DATA: Final = re.compile(r"""<script\b[^>]*\bid="(?:viewer|room)-data\"""")


class Traditional:
    """Turns texts and pages into the traditional script."""

    def __init__(self, corrections: Mapping[str, str]) -> None:
        self._converter = OpenCC("s2tw")
        # What was converted once may come by again, its corrections included.
        self._right = {
            **{
                self._converter.convert(wrong): right
                for wrong, right in corrections.items()
            },
            **corrections,
            **{right: right for right in corrections.values()},
        }
        longest_first = sorted(self._right, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def text(self, text: str) -> str:
        """Convert a text; whatever is not Chinese stays as it is."""
        if not HAN.search(text):
            return text
        out, end = [], 0
        for found in self._known.finditer(text):
            out.append(self._converter.convert(text[end : found.start()]))
            out.append(self._right[found.group()])
            end = found.end()
        return "".join([*out, self._converter.convert(text[end:])])

    def page(self, html: str) -> str:
        """Convert what a person reads of a page: texts, and attributes that are said.

        What was typed into a form (`value`, `textarea`), addresses and programs stay.
        """
        out, end = [], 0
        for found in _APART.finditer(html):
            out.append(self.text(html[end : found.start()]))
            out.append(self._apart(found.group()))
            end = found.end()
        return "".join([*out, self.text(html[end:])])

    def _apart(self, tag: str) -> str:
        if _DATA.match(tag):
            return self.text(tag)  # names of fields and addresses are not Chinese
        if tag.startswith(("<script", "<style", "<textarea", "<!--", "<code", "<pre")):
            return tag
        return _SAID.sub(lambda found: found[1] + self.text(found[2]), tag)


def read_corrections(*lists: Path) -> dict[str, str]:
    """Read lists of `simplified<TAB>traditional`; later lines win, `#` begins a remark.

    Raises `ValueError` that names the line which is not of two columns.
    """
    corrections: dict[str, str] = {}
    for path in lists:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            columns = line.split("\t")
            if len(columns) != 2 or not all(column.strip() for column in columns):
                raise ValueError(
                    f"{path.name}, line {number}: two columns are asked for"
                )
            corrections[columns[0].strip()] = columns[1].strip()
    return corrections


@cache
def traditional(museums_list: str = "") -> Traditional:
    """Give the converter with our corrections and, over them, the museum's own."""
    lists = [OWN_LIST, *([Path(museums_list)] if museums_list else [])]
    return Traditional(read_corrections(*lists))
