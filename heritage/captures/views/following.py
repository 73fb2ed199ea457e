"""Tell a page each second how far a capture's runs are, from one look at the database.

The page says which state of all runs it shows (`stamp`). While no run begins, ends or is
chosen, it gets only the bars of those under way, which htmx puts in their places.
"""

import hashlib
import json
from collections.abc import Iterable

from django.http import HttpResponse
from django.template.loader import render_to_string

from heritage.captures.models import Run

from .shown import shown_progress


def stamp_of(runs: Iterable[Run]) -> str:
    """Name the state of runs, whatever their progress is."""
    told = sorted(
        (one.pk, one.state, one.stop_asked, one.is_accepted, one.error_code)
        for one in runs
    )
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def bars(runs: Iterable[Run]) -> HttpResponse:
    """Give the bars of runs under way, for the places that the page has for them."""
    told = [shown_progress(run) for run in runs if not run.is_over]
    parts = [
        render_to_string("captures/progress.html", {"shown": one, "is_alone": True})
        for one in told
    ]
    response = HttpResponse("".join(parts))
    response["HX-Reswap"] = "none"  # but what names its own place is put there
    return response
