"""Questions that show what the graph can answer; each file is one query with titles.

The files ask for names in Chinese, which every thing has; a reader of English is given a
query that asks for the English ones where there are any. A file may name a page of its own
(`# page:`), say what the question is about, and ask for values (`# ask: name | kind |
default | label | label in Chinese`), written `$name`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Final

from rdflib import XSD, Literal

from knowledge_graph.namespaces import Ids

FOLDER: Final = Path(__file__).parent
_HEAD: Final = re.compile(r"\A(?:#.*\n)+")  # what a file says of its query
_TITLE: Final = re.compile(r"# (en|zh-Hans): (.+)")
_ABOUT: Final = re.compile(r"# about-(en|zh-Hans): (.+)")
_HEADING: Final = re.compile(r"# heading-(en|zh-Hans): (.+)")
_PAGE: Final = re.compile(r"# page: (\S+)")
_NAMED: Final = re.compile(
    r"(\?\w+ (?:rdfs:label|skos:prefLabel)) \?(\w+)"
    r' \. FILTER\(langMatches\(LANG\(\?\2\), "zh-Hans"\)\)'
)
_END: Final = "\n}\n"  # of what is to be found
_ASK: Final = re.compile(r"# ask: (\w+) \| (\w+) \| (.+?) \| (.+?) \| (.+)")


@dataclass(frozen=True)
class Parameter:
    """A value that a question asks for."""

    name: str
    kind: str  # decimal, date or text
    default: str
    labels: Mapping[str, str]

    def term(self, text: str) -> str:
        """Write a value as a term of SPARQL; raises `ValueError` for one that is none."""
        if self.kind == "decimal":
            return str(_decimal(text))
        if self.kind == "date":
            day = date.fromisoformat(text)
            return Literal(f"{day}T00:00:00Z", datatype=XSD.dateTime).n3()
        return Literal(text).n3()


@dataclass(frozen=True)
class Example:
    """A query, ready to be asked of one museum."""

    slug: str
    titles: Mapping[str, str]  # by language
    templates: Mapping[str, str]  # the query by language, its values yet to be put in
    page: str = ""
    headings: Mapping[str, str] = field(default_factory=dict)  # of the page
    abouts: Mapping[str, str] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()

    def text(self, language: str) -> str:
        """Give the query with the values that are asked for unless others are given."""
        return self.filled({}, language)

    def filled(self, values: Mapping[str, str], language: str) -> str:
        """Give the query with these values; raises `ValueError` for one that is none."""
        return _fill(self.templates[_tag(language)], self.parameters, values)

    def heading(self, language: str) -> str:
        """Give the page's title: the question without the values that it asks for."""
        return self.headings.get(_tag(language)) or self.title(language)

    def about(self, language: str) -> str:
        return self.abouts.get(_tag(language), "")

    def title(self, language: str) -> str:
        return self.titles[_tag(language)]


@cache
def examples(ids: Ids) -> tuple[Example, ...]:
    """Read all examples, with the museum's base IRI put in."""
    files = sorted(FOLDER.glob("*.rq"), key=lambda path: int(path.stem.split("-")[0]))
    return tuple(_read(path, ids) for path in files)


def _read(path: Path, ids: Ids) -> Example:
    text = path.read_text(encoding="utf-8")
    titles, headings = dict(_TITLE.findall(text)), dict(_HEADING.findall(text))
    # The files name our own things relatively, so the base belongs before the prefixes.
    query = f"BASE <{ids.base}>\n{_HEAD.sub('', text)}"
    asked = tuple(
        Parameter(name, kind, default, {"en": label, "zh-Hans": in_chinese})
        for name, kind, default, label, in_chinese in _ASK.findall(text)
    )
    page = _PAGE.search(text)
    return Example(
        path.stem,
        titles,
        {
            tag: f"# {headings.get(tag) or titles[tag]}\n{written}"
            for tag, written in (("zh-Hans", query), ("en", _in_english(query)))
        },
        page=page[1] if page else "",
        headings=headings,
        abouts=dict(_ABOUT.findall(text)),
        parameters=asked,
    )


def _tag(language: str) -> str:
    return "zh-Hans" if language.lower().startswith("zh") else "en"


def _in_english(query: str) -> str:
    """Have a query give English names, and the Chinese ones of what has no other."""
    named = _NAMED.findall(query)
    if not named:
        return query
    found, end, rest = _NAMED.sub(_in_chinese, query).partition(_END)
    more = ["", "  # In English, where there is an English name."]
    for pattern, name in named:
        english = f"?{name}InEnglish"
        match = f'FILTER(langMatches(LANG({english}), "en"))'
        more.append(f"  OPTIONAL {{ {pattern} {english} . {match} }}")
    for _, name in named:
        more.append(f"  BIND(COALESCE(?{name}InEnglish, ?{name}InChinese) AS ?{name})")
    return found + "\n".join(more) + end + rest


def _in_chinese(match: re.Match[str]) -> str:
    return match[0].replace(f"?{match[2]}", f"?{match[2]}InChinese")


def _fill(text: str, asked: tuple[Parameter, ...], values: Mapping[str, str]) -> str:
    for one in asked:
        term = one.term(values.get(one.name, one.default))
        text = re.sub(rf"\${one.name}\b", lambda _, term=term: term, text)  # type: ignore[misc]
    return text


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError(text)
    return Decimal(f"{number:f}")
