"""`/changes`: what changed, page by page, for those who keep a copy."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.lib.http import problem
from heritage.linked_data import changes as feed


@require_safe
def changes(request: HttpRequest) -> JsonResponse:
    return _given(feed.collection())


@require_safe
def changes_page(request: HttpRequest, name: str) -> JsonResponse:
    wanted = feed.read_page_name(name)
    found = feed.page(wanted) if wanted else None
    if found is None:
        return problem(
            404,
            "no-such-page",
            _("There is no page of changes “%(name)s”.") % {"name": name},
        )
    return _given(found)


def _given(known: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(known, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/ld+json"
    response["Access-Control-Allow-Origin"] = "*"
    # A withdrawal must show at once.
    response["Cache-Control"] = "private, no-cache"
    return response
