"""The page where a curator arranges an exhibit: drag, turn, snap, and see what it costs."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heritage.catalogue.doors import Door
from heritage.catalogue.errors import CatalogueError, EditedMeanwhile
from heritage.catalogue.policy import Person, person_of, visible
from heritage.exhibits.actions.arrange import arrange as save_arrangement
from heritage.exhibits.addresses import Absolute
from heritage.exhibits.devices import find_device
from heritage.exhibits.errors import ExhibitError
from heritage.exhibits.meters import meters_of
from heritage.exhibits.models import Exhibit, ExhibitRoom
from heritage.exhibits.scene import Seen, fit_scene, look_at
from heritage.exhibits.schemas import Scene
from heritage.lib.http import problem
from heritage.lib.json_text import parse_object

DEVICE = "web"


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    exhibit = visible(Exhibit.objects.filter(pk=pk), person).first()
    if exhibit is None or not (
        person.is_administrator or exhibit.collection_id in person.works_in
    ):
        raise Http404
    rooms = list(visible(exhibit.rooms.all(), person))
    room = _room_asked(request, rooms)
    if request.method == "POST":
        return _save(request, exhibit, room)
    wanted = request.GET.get("layout")
    if wanted in Exhibit.Layout.values:
        tried = try_layout(exhibit, room, wanted, person, request.build_absolute_uri)
        return JsonResponse(tried)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Arrange: %(exhibit)s") % {"exhibit": exhibit.title},
        "opts": Exhibit._meta,
        "exhibit": exhibit,
        "layouts": Exhibit.Layout.choices,
        "moods": Exhibit.Mood.choices,
        "rooms": rooms,
        "room": room,
        "mood": (room or exhibit).mood,
        "page": _page(request, exhibit, room, person),
    }
    return render(request, "exhibits/arrange.html", context)


def _room_asked(
    request: HttpRequest, rooms: Sequence[ExhibitRoom]
) -> ExhibitRoom | None:
    """Give the room that the address names, or the first; None where there is one only."""
    if not rooms:
        return None
    key = request.GET.get("room", rooms[0].key)
    found = next((room for room in rooms if room.key == key), None)
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, exhibit: Exhibit, room: ExhibitRoom | None, person: Person
) -> dict[str, Any]:
    key = room.key if room else ""
    here = reverse("admin:exhibits_exhibit_arrange", args=[exhibit.pk])
    looked = look_at(exhibit, person, absolute=request.build_absolute_uri)
    return {
        "scene": _scene_of(looked, key).model_dump(),
        "layout": (room or exhibit).layout,
        "heights": dict(exhibit.items.values_list("key", "y_m")),
        "seen": exhibit.edit_version,
        "meters": meters_of(looked, room=key),
        "here": f"{here}?room={key}",
        "words": {
            "ready": _("Drag a thing to move it, or choose it in the list and use the arrow keys."),
            "loading": _("Loading the models…"),
            "saving": _("Saving…"),
            "saved": _("Saved."),
            "unsaved": _("Not saved yet."),
            "offline": _("The network is gone. Your work stays on this page: save again when it is back."),
            "kept": _("What you had not saved was kept in this browser and is back."),
            "failed": _("The room could not be set up."),
            "demo": _("Generated for the demo"),
            "triangles": _("triangles"),
            "draws": _("draw calls"),
            "gpu_bytes": _("graphics memory"),
            "coarser": _("{count} coarser than they could be"),
            "leftOut": _("{count} left out"),
            "fits": _("fits"),
        },
    }  # fmt: skip


def try_layout(
    exhibit: Exhibit,
    room: ExhibitRoom | None,
    layout: str,
    person: Person,
    absolute: Absolute,
) -> dict[str, Any]:
    """Give scene and meters as this arrangement would make them; nothing is saved."""
    seen = look_at(exhibit, person, absolute=absolute)
    halls: Sequence[Exhibit | ExhibitRoom] = [exhibit] if room is None else seen.rooms
    for hall in halls:
        hall.layout = layout  # of the others nothing is shown here
    key = room.key if room else ""
    scene = _scene_of(seen, key).model_dump()
    return scene | {"meters": meters_of(seen, room=key)}


def _scene_of(seen: Seen, room: str) -> Scene:
    """Let everything stand there: who arranges a room places what a device leaves out."""
    scene = fit_scene(seen, find_device(DEVICE), room=room)
    for thing in scene.objects:
        thing.is_there = True
    return scene


def _save(
    request: HttpRequest, exhibit: Exhibit, room: ExhibitRoom | None
) -> HttpResponse:
    user: Any = request.user
    try:
        sent = parse_object(request.body)
        places, seen = sent["places"], int(sent["seen"])
        layout, mood = str(sent["layout"]), str(sent["mood"])
        if not isinstance(places, list) or not all(
            isinstance(place, dict) for place in places
        ):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        text = _("The arrangement could not be read.")
        return problem(400, "not-an-arrangement", text)
    try:
        saved = save_arrangement(
            exhibit, places, layout=layout, mood=mood, seen_version=seen, by=user,
            door=Door.ADMIN, room=room.key if room else "",
        )  # fmt: skip
    except EditedMeanwhile:
        text = _(
            "Somebody else saved this exhibit while you were arranging it. Yours is still on this page: open it in another window, compare, then save again."
        )
        return problem(409, "changed-meanwhile", text)
    except ExhibitError as error:
        return problem(error.status, error.code, str(error))
    except CatalogueError as error:
        return problem(error.status, error.code, str(error))
    looked = look_at(saved, person_of(request), absolute=request.build_absolute_uri)
    meters = meters_of(looked, room=room.key if room else "")
    return JsonResponse({"seen": saved.edit_version, "meters": meters})
