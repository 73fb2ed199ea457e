"""The address on a label: short, lasting, and no more than a signpost."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from heritage.lib.keys import is_key


@require_safe
def resolve(request: HttpRequest, key: str) -> HttpResponse:
    """Lead on to the object's identity, which answers each in his language and form."""
    if not is_key(key.lower()):
        raise Http404
    return redirect(f"/id/relic/{key.lower()}")
