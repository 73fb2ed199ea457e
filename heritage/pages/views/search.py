"""The search page: one box for all that the museum shows, and what narrows it down."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from heritage.catalogue.models import Record, Relic
from heritage.catalogue.policy import Person, person_of
from heritage.exhibits.shown import Picture, shown_for
from heritage.search.asking import Answer, Filters, Hit, Request, search
from heritage.search.building import TERM
from heritage.search.highlights import Marks, Part, mark, snippet
from heritage.search.index import NoIndex, TooMuchAsked
from heritage.search.labels import TITLES, kind_label, labels
from heritage.search.lexicon import FACET_OF
from heritage.search.registry import sources

SIZE: Final = 24
MAIN_KINDS: Final = ("relic", "element", "bearer", "site", "exhibit")
NAME_KINDS: Final = ("agent", "place", "period", TERM)
MOST_NAMES: Final = 6
SHOWN_FACETS: Final = (
    "kind", "period", "category", "material", "grade", "level", "place", "theme",
    "has", "collection",
)  # fmt: skip
SHOWN_VALUES: Final = 12
LONGEST: Final = 200


@dataclass(frozen=True)
class Row:
    """One hit as the page shows it."""

    title: list[Part]
    kind: str
    address: str
    text: list[Part]
    note: str = ""
    picture: Picture | None = None
    record: Record | None = None


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """One facet with its values; `is_about`: the counts are estimates."""

    name: str
    title: str
    choices: list[Choice]
    is_about: bool

    @property
    def is_chosen(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


def search_page(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    text = request.GET.get("q", "").strip()[:LONGEST]
    chosen = _chosen(request.GET)
    asked = Request(
        text,
        person,
        _filters(request.GET, chosen),
        size=SIZE,
        offset=_number(request.GET.get("after")) or 0,
        counts=SHOWN_FACETS,
    )
    context: dict[str, Any] = {"section": "search", "text": text, "chosen": chosen}
    try:
        answer = search(asked)
    except NoIndex as error:
        context |= {"is_building": True, "is_too_much": isinstance(error, TooMuchAsked)}
        return render(request, "pages/search.html", context, status=503)
    context |= {
        "answer": answer,
        "rows": list(_rows(answer, person)),
        "groups": list(_groups(answer, chosen, person)),
        "years": {name: request.GET.get(name, "")[:8] for name in ("from", "to")},
        "next": _address(request.GET, after=str(answer.next_offset)),
        "names": [] if asked.offset else list(_names(text, person)),
    }
    if not answer.total:
        context["suggestions"] = list(_suggestions(asked, answer))
    return render(request, "pages/search.html", context)


def _chosen(query: QueryDict) -> dict[str, list[str]]:
    found = {name: query.getlist(name)[:SHOWN_VALUES] for name in TITLES}
    return {name: values for name, values in found.items() if any(values)}


def _filters(query: QueryDict, chosen: dict[str, list[str]]) -> Filters:
    facets = {name: frozenset(values) for name, values in chosen.items()}
    # Places, people and terms have a strip of their own.
    main = frozenset(f"kind:{kind}" for kind in MAIN_KINDS)
    facets["kind"] = facets.get("kind", main) & main or main
    return Filters(facets, _number(query.get("from")), _number(query.get("to")))


def _number(text: str | None) -> int | None:
    """Read a year or an offset; what is none is as if nothing had been typed."""
    bare = (text or "").strip()
    digits = bare.removeprefix("-")
    if not (digits.isdecimal() and digits.isascii() and len(digits) <= 6):
        return None
    return int(bare)


def _rows(answer: Answer, person: Person) -> Iterator[Row]:
    relics = [hit.record for hit in answer.hits if isinstance(hit.record, Relic)]
    shown = shown_for(relics, person)
    marks = Marks.of(answer.meaning.strict)
    for hit in answer.hits:
        if hit.record is not None:
            pictured = shown.get(hit.record.pk) if hit.name.kind == Relic.kind else None
            yield _row(hit, hit.record, marks, pictured.picture if pictured else None)


def _row(hit: Hit, record: Record, marks: Marks, picture: Picture | None) -> Row:
    return Row(
        title=mark(record.title, marks),
        kind=kind_label(hit.name.kind),
        address=sources()[hit.name.kind].page.format(key=record.key),
        text=snippet(record.description, marks),
        note=getattr(record, "period_text", ""),
        picture=picture,
        record=record,
    )


def _groups(
    answer: Answer, chosen: dict[str, list[str]], person: Person
) -> Iterator[Group]:
    values = {value for one in answer.counts.values() for value, _n in one.values}
    values |= {value for each in chosen.values() for value in each}
    known = labels(values, person)
    for name in SHOWN_FACETS:
        counts = answer.counts.get(name)
        own = chosen.get(name, [])
        counted = dict(counts.values) if counts else {}
        offered = [*own, *(value for value in counted if value not in own)]
        choices = [
            Choice(value, known[value], counted.get(value, 0), value in own)
            for value in offered
            if value in known and (name != "kind" or value[5:] in MAIN_KINDS)
        ]
        if len(choices) > 1 or own:
            is_about = counts.is_about if counts else False
            yield Group(name, str(TITLES[name]), choices[:SHOWN_VALUES], is_about)


def _names(text: str, person: Person) -> Iterator[Row]:
    """Give places, people, periods and terms of this name: each leads to what has it."""
    if not text:
        return
    kinds = frozenset(f"kind:{kind}" for kind in NAME_KINDS)
    answer = search(
        Request(text, person, Filters({"kind": kinds}), size=3 * MOST_NAMES)
    )
    if answer.is_loose:
        return
    marks = Marks.of(answer.meaning.strict)
    yield from islice(_name_rows(answer, marks, person), MOST_NAMES)


def _name_rows(answer: Answer, marks: Marks, person: Person) -> Iterator[Row]:
    terms = [hit.name.key.replace("/", ":", 1) for hit in answer.hits if not hit.record]
    titles = labels(terms, person)
    for hit in answer.hits:
        value = hit.name.key.replace("/", ":", 1)
        if hit.record is not None:
            facet = hit.name.kind
            value = f"{facet}:{getattr(hit.record, 'slug', hit.name.key)}"
            title: str = hit.record.title
        else:
            facet = FACET_OF.get(value.partition(":")[0], "")
            title = titles.get(value, "")
        if facet and title:
            query = urlencode({facet: value})
            kind = kind_label(hit.name.kind)
            yield Row(mark(title, marks), kind, f"?{query}", [])


def _suggestions(asked: Request, answer: Answer) -> Iterator[tuple[str, str]]:
    """Give ways out of an empty page, each with something at its end."""
    main = {"kind": frozenset(f"kind:{kind}" for kind in MAIN_KINDS)}
    wider = search(Request(asked.text, asked.person, Filters(main), size=1))
    if wider.total and asked.text:
        label = _("“%(text)s” everywhere (%(count)d)")
        facts = {"text": asked.text, "count": wider.total}
        yield label % facts, "?" + urlencode({"q": asked.text})
    for piece in answer.meaning.pieces:
        part = search(Request(piece.text, asked.person, Filters(main), size=1))
        if part.total and piece.text != asked.text:
            label = _("only “%(text)s” (%(count)d)")
            facts = {"text": piece.text, "count": part.total}
            yield label % facts, "?" + urlencode({"q": piece.text})


def _address(query: QueryDict, **values: str) -> str:
    changed = query.copy()
    for name, value in values.items():
        changed[name] = value
    return f"?{changed.urlencode()}"
