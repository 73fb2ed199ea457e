"""The address on a label: short, lasting, and no more than a signpost; and its QR code.

Each visitor is answered in his own language by the page it leads to.
"""

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from heritage.catalogue.models import (
    Agent,
    Bearer,
    Element,
    Place,
    Record,
    Relic,
    Site,
)
from heritage.catalogue.policy import Person, person_of, visible
from heritage.custody.codes import code_picture
from heritage.exhibits.models import Exhibit
from heritage.lib.keys import is_key

# What has a page: an object, a building, a practice and who carries it, an exhibit …
LABELLED: Final[tuple[type[Record], ...]] = (
    Relic, Site, Element, Exhibit, Bearer, Agent, Place,
)  # fmt: skip


@require_safe
def resolve(request: HttpRequest, key: str) -> HttpResponse:
    """Lead on to the record's identity, which answers each in his language and form."""
    key = _checked(key)
    record = _labelled(key, person_of(request))
    # What is hidden and what never was lead to the same refusal.
    kind = record.kind if record else _kind_of_withdrawn(key)
    return redirect(f"/id/{kind}/{key}")


@require_safe
def code(request: HttpRequest, key: str) -> HttpResponse:
    """Give the QR code of what this person may see, as an SVG to print."""
    record = _labelled(_checked(key), person_of(request))
    if record is None:
        raise Http404
    response = HttpResponse(code_picture(record), content_type="image/svg+xml")
    response["Content-Disposition"] = f'inline; filename="{record.kind}-{key}.svg"'
    response["Cache-Control"] = "private, no-cache"
    return response


def _checked(key: str) -> str:
    if not is_key(key.lower()):
        raise Http404
    return key.lower()


def _labelled(key: str, person: Person) -> Record | None:
    for model in LABELLED:
        found: Record | None = visible(
            model._default_manager.filter(key=key), person
        ).first()
        if found is not None:
            return found
    return None


def _kind_of_withdrawn(key: str) -> str:
    """Name what was public once, so that its address says so; else what is most often."""
    for model in LABELLED:
        gone = model._default_manager.filter(key=key, state=Record.State.WITHDRAWN)
        if gone.exists():
            return model.kind
    return Relic.kind
