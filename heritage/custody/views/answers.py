"""What the pages of custody share: who asks, refusals as messages, files as downloads."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import Relic
from heritage.catalogue.policy import person_of, visible
from heritage.custody.codes import codes_of
from heritage.custody.errors import CustodyError

KEEP_NOWHERE = "private, no-store"  # what only members may see stays in no cache


def seen(request: HttpRequest, rows: QuerySet[Any], **which: Any) -> Any:
    """Give the row if this person may see it, else 404."""
    return get_object_or_404(visible(rows, person_of(request)), **which)


def perform(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Do it and say so, or say why not."""
    try:
        act()
    except (CustodyError, CatalogueError) as error:
        messages.error(request, str(error))
        return False
    if done:
        messages.success(request, done)
    return True


def codes_asked(request: HttpRequest) -> str:
    """Give the numbers of the relics that another page has led here with, one a line."""
    keys = request.GET.getlist("relic")
    rows = visible(Relic.objects.filter(key__in=keys), person_of(request))
    found = codes_of(list(rows))
    return "\n".join(found[key] for key in dict.fromkeys(keys) if key in found)


def page(
    request: HttpRequest, template: str, model: type[Model], **context: Any
) -> HttpResponse:
    shared = admin.site.each_context(request) | {"opts": model._meta}
    return render(request, template, shared | context)


def as_file(written: bytes | str, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(written, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = KEEP_NOWHERE
    return response


def as_pdf(written: bytes, name: str) -> HttpResponse:
    return as_file(written, f"{name}.pdf", "application/pdf")
