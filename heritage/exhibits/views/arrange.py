"""The page where a curator arranges an exhibit: drag, turn, snap, and see what it costs."""

import json
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
from heritage.exhibits.devices import find_device
from heritage.exhibits.errors import ExhibitError
from heritage.exhibits.meters import meters_of
from heritage.exhibits.models import Exhibit
from heritage.exhibits.scene import build_scene
from heritage.lib.http import problem

DEVICE = "web"


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    exhibit = visible(Exhibit.objects.filter(pk=pk), person).first()
    if exhibit is None or not (
        person.is_administrator or exhibit.collection_id in person.works_in
    ):
        raise Http404
    if request.method == "POST":
        return _save(request, exhibit)
    wanted = request.GET.get("layout")
    if wanted in Exhibit.Layout.values:
        exhibit.layout = wanted
        return JsonResponse(_scene(request, exhibit, person))
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Arrange: %(exhibit)s") % {"exhibit": exhibit.title},
        "opts": Exhibit._meta,
        "exhibit": exhibit,
        "layouts": Exhibit.Layout.choices,
        "moods": Exhibit.Mood.choices,
        "page": _page(request, exhibit, person),
    }
    return render(request, "exhibits/arrange.html", context)


def _page(request: HttpRequest, exhibit: Exhibit, person: Person) -> dict[str, Any]:
    return {
        "scene": _scene(request, exhibit, person),
        "layout": exhibit.layout,
        "heights": dict(exhibit.items.values_list("key", "y_m")),
        "seen": exhibit.edit_version,
        "meters": meters_of(exhibit, person, request.build_absolute_uri),
        "here": reverse("admin:exhibits_exhibit_arrange", args=[exhibit.pk]),
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


def _scene(request: HttpRequest, exhibit: Exhibit, person: Person) -> dict[str, Any]:
    scene = build_scene(
        exhibit, find_device(DEVICE), person, absolute=request.build_absolute_uri
    )
    return scene.model_dump()


def _save(request: HttpRequest, exhibit: Exhibit) -> HttpResponse:
    user: Any = request.user
    try:
        sent = json.loads(request.body)
        places, seen = sent["places"], int(sent["seen"])
        layout, mood = str(sent["layout"]), str(sent["mood"])
        if not isinstance(places, list) or not all(
            isinstance(place, dict) for place in places
        ):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        text = _("The arrangement could not be read.")
        return problem(400, "not-an-arrangement", text)
    try:
        saved = save_arrangement(
            exhibit, places, layout=layout, mood=mood, seen_version=seen, by=user,
            door=Door.ADMIN,
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
    return JsonResponse({"seen": saved.edit_version})
