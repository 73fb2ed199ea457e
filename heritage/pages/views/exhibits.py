"""Exhibits: the list, and the room where one is walked through."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from heritage.catalogue.policy import STRANGER, Person, person_of, visible
from heritage.catalogue.reach import find_record
from heritage.exhibits.devices import DEFAULT, devices, find_device
from heritage.exhibits.errors import ExhibitError
from heritage.exhibits.models import Exhibit, ExhibitItem, ExhibitRoom
from heritage.exhibits.rooms import part_out
from heritage.exhibits.scene import build_scene
from heritage.exhibits.shown import Picture, Shown, shown_for
from heritage.lib.http import problem
from heritage.lib.languages import TRADITIONAL, language_tag, text_tag
from heritage.pages.bundle.revoking import revocations_now
from heritage.pages.described import described
from heritage.pages.facts import kept, numbers
from heritage.pages.viewer_words import room_words

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
    items = list(items_of(person).filter(exhibit__in=list(boards)))
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
    items = list(items_of(person).filter(exhibit=exhibit))
    shown = shown_for([item.relic for item in items if item.relic], person)
    chosen = request.GET.get("device", "")
    first = next((one for one in shown.values() if one.picture), None)
    context = described(exhibit, first, request) | {
        "section": "exhibits",
        "record": exhibit,
        "facts": kept([numbers(exhibit, person)]),
        "halls": halls_of(exhibit, items, shown, person),
        "cards": items,
        "devices": [
            {"name": device.name, "title": device.titles[text_tag()]}
            for device in devices().values()
        ],
        "chosen_device": chosen,
        "room": {
            "scene": scene_address(exhibit),
            "room": room_asked(request, exhibit, person),
            "device": chosen if chosen in devices() else "",
            "language": text_tag(),
            "words": room_words(),
        },
    }
    return render(request, "pages/exhibit.html", context)


def exhibit_preview(request: HttpRequest, key: str) -> HttpResponse:
    """Give the scene as this person may see it: how staff look at a draft."""
    person = person_of(request)
    exhibit = find_record(Exhibit, key, person)
    absolute, room = request.build_absolute_uri, request.GET.get("room", "")
    try:
        device = find_device(request.GET.get("device", DEFAULT))
        scene = build_scene(exhibit, device, person, absolute=absolute, room=room)
    except ExhibitError as error:
        return problem(error.status, error.code, str(error))
    response = HttpResponse(scene.model_dump_json(), content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


@dataclass
class Hall:
    """A room, None where there is one only, and what is in it with its pictures."""

    room: ExhibitRoom | None
    cards: list[tuple[ExhibitItem, Shown | None]]


def halls_of(
    exhibit: Exhibit,
    items: Sequence[ExhibitItem],
    shown: Mapping[int, Shown],
    person: Person,
) -> list[Hall]:
    rooms = list(visible(exhibit.rooms.all(), person))
    cards = [(item, shown.get(item.relic_id or 0)) for item in items]
    return [
        Hall(part.room, [cards[number] for number in part.numbers])
        for part in part_out(exhibit, rooms, items)
    ]


def room_asked(request: HttpRequest, exhibit: Exhibit, person: Person) -> str:
    """Name the room to begin in: the one in the address, or the first; "" for none."""
    keys = list(visible(exhibit.rooms.all(), person).values_list("key", flat=True))
    asked = request.GET.get("room", "")
    return asked if asked in keys else next(iter(keys), "")


@require_safe
def exhibit_revocations(request: HttpRequest, key: str) -> HttpResponse:
    """Tell bundles, from wherever they are run, what was withdrawn since."""
    exhibit = find_record(Exhibit, key, STRANGER)
    response = JsonResponse(revocations_now(exhibit))
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    return response


def scene_address(exhibit: Exhibit) -> str:
    """Lead to the scene; what it says comes in the reader's script (`script.py`)."""
    name = "api:exhibit_scene" if exhibit.is_released else "exhibit-preview"
    asked = f"?script={TRADITIONAL}" if language_tag() == TRADITIONAL else ""
    return reverse(name, args=[exhibit.key]) + asked


def items_of(person: Person):  # type: ignore[no-untyped-def]
    rows = ExhibitItem.objects.select_related("relic", "element", "exhibit")
    return visible(rows, person).order_by("number", "pk")
