"""How hotspots of an earlier model follow to the one that is shown, and who lets them."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from heritage.captures.actions.follow import confirm_motion
from heritage.captures.errors import CaptureError
from heritage.captures.models import MasterMotion, Run
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import person_of, visible
from heritage.exhibits.frames import master_of
from heritage.exhibits.hotspot_models import Hotspot
from heritage.exhibits.shown import Shown
from heritage.lib.whole_numbers import parse_whole

UNFINISHED = (Run.State.WAITING, Run.State.RUNNING)


@dataclass(frozen=True)
class Way:
    """A way from an earlier model, as the page tells it."""

    motion: MasterMotion
    told: str

    @property
    def is_followed(self) -> bool:
        return self.motion.confirmed_at is not None


def ways_to(relic: Relic, shown: Shown) -> list[Way]:
    """Give the ways to the model that is shown, from those that hotspots were placed on.

    One that was found the other way round, from this model to that, is followed as well.
    """
    placed = Hotspot.objects.filter(relic=relic).values("master")
    here = master_of(shown.run)
    there = MasterMotion.objects.filter(after=here, before__in=placed)
    back = MasterMotion.objects.filter(before=here, after__in=placed)
    return [
        *(Way(row, _told(row, row.before_id, relic)) for row in there),
        *(Way(row, _told(row, row.after_id, relic)) for row in back),
    ]


def is_being_found(relic: Relic, shown: Shown) -> bool:
    """Tell whether an earlier model is just being laid on the one that is shown."""
    placed = Hotspot.objects.filter(relic=relic).values("master")
    runs = Run.objects.filter(type=Run.Type.COMPARE, state__in=UNFINISHED)
    there = runs.filter(master_of=master_of(shown.run), compared_with__in=placed)
    return bool(there.exists())


@require_POST
def follow(request: HttpRequest, key: str) -> HttpResponse:
    """Let the hotspots of one model follow to another, or take that back."""
    person = person_of(request)
    relic = get_object_or_404(visible(Relic.objects.all(), person), key=key)
    rows = visible(MasterMotion.objects.filter(after__capture__relic=relic), person)
    motion = get_object_or_404(rows, pk=parse_whole(request.POST.get("way")))
    user: Any = request.user
    try:
        confirm_motion(motion, is_right="follow" in request.POST, by=user)
    except CaptureError as error:
        messages.error(request, str(error))
    return redirect("admin:exhibits_hotspot_place", key)


def _told(row: MasterMotion, placed_on: int, relic: Relic) -> str:
    count = Hotspot.objects.filter(relic=relic, master=placed_on).count()
    if row.confirmed_at is not None:
        told = ngettext(
            "%(count)d hotspot has followed here from an earlier model.",
            "%(count)d hotspots have followed here from an earlier model.",
            count,
        )
        return told % {"count": count}
    told = ngettext(
        "%(count)d hotspot lies on an earlier model, of whose surface %(share)s %% agrees with this one, to %(mm)s mm.",
        "%(count)d hotspots lie on an earlier model, of whose surface %(share)s %% agrees with this one, to %(mm)s mm.",
        count,
    )  # fmt: skip
    share, mm = round(100 * (row.agreeing_share or 0.0)), row.uncertainty_mm or 0.0
    look = _("Look at each once they have followed: a round object can be laid in more than one way.")  # fmt: skip
    return f"{told % {'count': count, 'share': share, 'mm': f'{mm:.2g}'}} {look}"
