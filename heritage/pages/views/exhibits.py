"""Exhibits: the list, and the room where one is walked through."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from heritage.catalogue.policy import Person, person_of, visible
from heritage.catalogue.reach import find_record
from heritage.exhibits.devices import DEFAULT, devices, find_device
from heritage.exhibits.errors import UnknownDevice
from heritage.exhibits.models import Exhibit, ExhibitItem
from heritage.exhibits.scene import build_scene
from heritage.exhibits.shown import Picture, shown_for
from heritage.lib.http import problem
from heritage.pages.described import described
from heritage.pages.language import language_tag

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
    chosen = request.GET.get("device", "")
    first = next((one for one in shown.values() if one.picture), None)
    context = described(exhibit, first, request) | {
        "section": "exhibits",
        "record": exhibit,
        "cards": [(item, shown.get(item.relic_id or 0)) for item in items],
        "devices": [
            {"name": device.name, "title": device.titles[language_tag()]}
            for device in devices().values()
        ],
        "chosen_device": chosen,
        "room": {
            "scene": _scene_address(exhibit),
            "device": chosen if chosen in devices() else "",
            "language": language_tag(),
            "words": room_words(),
        },
    }
    return render(request, "pages/exhibit.html", context)


def exhibit_preview(request: HttpRequest, key: str) -> HttpResponse:
    """Give the scene as this person may see it: how staff look at a draft."""
    person = person_of(request)
    exhibit = find_record(Exhibit, key, person)
    name = request.GET.get("device", DEFAULT)
    try:
        device = find_device(name)
    except UnknownDevice as error:
        return problem(error.status, error.code, str(error))
    scene = build_scene(exhibit, device, person, absolute=request.build_absolute_uri)
    response = HttpResponse(scene.model_dump_json(), content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


def _scene_address(exhibit: Exhibit) -> str:
    if exhibit.is_released:
        return reverse("api:exhibit_scene", args=[exhibit.key])
    return reverse("exhibit-preview", args=[exhibit.key])


def room_words() -> dict[str, str]:
    """What the room says to people."""
    return {
        "demo": _("Generated for the demo"),
        "enterVr": _("Enter VR"),
        "leaveVr": _("Leave VR"),
        "noHeadset": _("No headset answers this browser."),
        "vrFailed": _("The headset could not be started. Put it on and try again."),
        "noWebgl": _(
            "This browser cannot show 3D. Turn on hardware acceleration, or use a recent Firefox, Chrome, Edge or Safari."
        ),
        "failed": _("The room could not be set up."),
        "cure": _("Check the network connection, then load the page again."),
        "stop": _("Stop {number} of {count}."),
        "ready": _("The room is ready."),
        "before": _("You stand before {name}."),
        "costs": _(
            "{device}: {objects} objects with {triangles} of at most {limit} triangles, {size} MB."
        ),
    }


def _items(person: Person):  # type: ignore[no-untyped-def]
    rows = ExhibitItem.objects.select_related("relic", "element", "exhibit")
    return visible(rows, person).order_by("number", "pk")
