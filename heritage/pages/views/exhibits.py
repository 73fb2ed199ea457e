"""Exhibits: the list, and the room where one is walked through."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heritage.catalogue.policy import Person, visible
from heritage.catalogue.reach import find_record
from heritage.exhibits.models import Exhibit, ExhibitItem
from heritage.exhibits.shown import Picture, shown_for
from heritage.pages.views.access import person_of

PICTURES = 3


@dataclass
class Board:
    """An exhibit with a few of its pictures."""

    exhibit: Exhibit
    pictures: list[Picture] = field(default_factory=list)
    relics: int = 0
    elements: int = 0


def exhibit_list(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    rows = visible(Exhibit.objects.all(), person).order_by("-released_at", "-pk")
    context = {"section": "exhibits", "exhibits": with_pictures(rows, person)}
    return render(request, "pages/exhibits.html", context)


def with_pictures(exhibits: Iterable[Exhibit], person: Person) -> list[Board]:
    boards = {exhibit.pk: Board(exhibit) for exhibit in exhibits}
    items = list(_items(person).filter(exhibit__in=list(boards)))
    shown = shown_for([item.relic for item in items if item.relic], person)
    for item in items:
        board = boards[item.exhibit_id]
        board.relics += item.relic_id is not None
        board.elements += item.element_id is not None
        here = shown.get(item.relic_id or 0)
        if here and here.picture and len(board.pictures) < PICTURES:
            board.pictures.append(here.picture)
    return list(boards.values())


def exhibit_page(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    exhibit = find_record(Exhibit, key, person)
    items = list(_items(person).filter(exhibit=exhibit))
    shown = shown_for([item.relic for item in items if item.relic], person)
    context = {
        "section": "exhibits",
        "record": exhibit,
        "cards": [(item, shown.get(item.relic_id or 0)) for item in items],
    }
    return render(request, "pages/exhibit.html", context)


def _items(person: Person):  # type: ignore[no-untyped-def]
    rows = ExhibitItem.objects.select_related("relic", "element", "exhibit")
    return visible(rows, person).order_by("number", "pk")
