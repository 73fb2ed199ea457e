"""The page where hotspots are placed: click on the model, say what there is to say."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from heritage.captures.media import media_path
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, person_of, visible
from heritage.exhibits.actions.place_hotspots import (
    digest_of,
    may_open,
    on_master,
    place_hotspots,
)
from heritage.exhibits.errors import ExhibitError
from heritage.exhibits.frames import moved, turned, used_transform
from heritage.exhibits.hotspot_models import Hotspot
from heritage.exhibits.hotspots import waiting
from heritage.exhibits.shown import Shown, shown_for
from heritage.images.shown import image_sets_for
from heritage.lib.http import problem
from heritage.lib.json_text import parse_object

from .following import is_being_found, ways_to

AS_IT_LIES = [[float(row == column) for column in range(4)] for row in range(4)]
PLACED_ON = ("web", "headset", "thumb")  # the finest that a working place shows at ease


@require_http_methods(["GET", "HEAD", "POST"])
def hotspots(request: HttpRequest, key: str) -> HttpResponse:
    person = person_of(request)
    relic = visible(Relic.objects.filter(key=key), person).first()
    works_in = person.curates | person.helps
    if relic is None or not (
        person.is_administrator or relic.collection_id in works_in
    ):
        raise Http404
    shown = shown_for([relic], person).get(relic.pk)
    if request.method == "POST":
        return _save(request, relic, shown)
    there = list(Hotspot.objects.filter(relic=relic))
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Hotspots: %(relic)s") % {"relic": relic.title},
        "opts": Hotspot._meta,
        "relic": relic,
        "waiting": waiting(there, shown) if shown else there,
        "ways": ways_to(relic, shown) if shown else [],
        "is_being_found": shown is not None and is_being_found(relic, shown),
        "may_follow": may_open(relic, person),
        "page": _page(relic, shown, person) if shown and shown.levels else None,
    }
    return render(request, "exhibits/hotspots.html", context)


def _page(relic: Relic, shown: Shown, person: Person) -> dict[str, Any]:
    model = next(
        (shown.models[name] for name in PLACED_ON if name in shown.models),
        shown.levels[0],
    )
    rows = on_master(relic, shown.run)
    return {
        "model": media_path(model),
        "run": shown.run.key,
        "seen": digest_of(rows),
        "hotspots": _entries(rows, shown),
        "mayShow": may_open(relic, person),
        "facts": [[value, str(label)] for value, label in Hotspot.Fact.choices],
        "images": [
            {"key": one.image.key, "title": one.title, "thumb": one.thumb}
            for group in image_sets_for(relic, person)
            for one in group.images
        ],
        "back": reverse("relic", args=[relic.key]),
        "words": {
            "failed": _("The model could not be loaded. Reload the page."),
            "ready": _("Click on the model where there is something to say."),
            "saving": _("Saving…"),
            "saved": _("Saved."),
            "unsaved": _("Not saved yet."),
            "offline": _("The network is gone. Your work stays on this page: save again when it is back."),
            "untitled": _("without a title"),
            "move": _("Click on the model at its new place."),
            "kept": _("What you had not saved was kept in this browser and is back."),
        },
    }  # fmt: skip


def _entries(rows: list[Hotspot], shown: Shown) -> list[dict[str, Any]]:
    matrix = used_transform(shown.run) or AS_IT_LIES
    return [
        {
            "key": row.key,
            "position": moved(matrix, row.position),
            "normal": turned(matrix, row.normal),
            "title_zh": row.title_zh,
            "title_en": row.title_en,
            "text_zh": row.text_zh,
            "text_en": row.text_en,
            "fact": row.fact,
            "image": row.image.key if row.image else "",
            "is_shown": row.is_shown,
        }
        for row in rows
    ]


def _save(request: HttpRequest, relic: Relic, shown: Shown | None) -> HttpResponse:
    user: Any = request.user
    try:
        sent = parse_object(request.body)
        entries, seen, run = sent["hotspots"], str(sent["seen"]), sent["run"]
        if not isinstance(entries, list) or not all(
            isinstance(entry, dict) for entry in entries
        ):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        text = _("The hotspots could not be read.")
        return problem(400, "not-hotspots", text)
    if shown is None or shown.run.key != run:
        text = _("Another model shows the relic now. Load the page again.")
        return problem(409, "another-model", text)
    try:
        rows = place_hotspots(relic, shown.run, entries, seen=seen, by=user)
    except ExhibitError as error:
        return problem(error.status, error.code, str(error))
    return JsonResponse({"seen": digest_of(rows), "hotspots": _entries(rows, shown)})
