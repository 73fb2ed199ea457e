"""Films, sound and texts of recording projects, for those whom the consent allows them."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from heritage.archive.serve import serve_file
from heritage.archive.staying import is_in_use
from heritage.catalogue.models import RecordingItem
from heritage.catalogue.policy import person_of, visible
from heritage.catalogue.reach import NoSuchRecord


@require_safe
def recorded(request: HttpRequest, key: str) -> HttpResponseBase:
    """Answer with the bytes of one recording; nobody may keep a copy in a cache."""
    rows = RecordingItem.objects.select_related("stored_file__deposit")
    item = visible(rows.filter(key=key), person_of(request)).first()
    file = item.stored_file if item else None
    if file is None or not is_in_use(file):
        raise NoSuchRecord("recording", key)
    response = serve_file(request, file, immutable=False)
    # What was handed in is played, never run: it comes from people, not from us.
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; media-src 'self'"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
