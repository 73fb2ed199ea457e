"""What is said aloud in exhibits, byte for byte, for those who may hear it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from heritage.archive.staying import is_in_use
from heritage.captures.media import DIGEST_LENGTH
from heritage.catalogue.policy import person_of
from heritage.catalogue.reach import NoSuchRecord, WithdrawnRecord
from heritage.exhibits.models import Exhibit, Narration
from heritage.exhibits.narrations import is_immutable, narrations_for

from .media import send


@require_safe
def narration(
    request: HttpRequest, key: str, digest: str, name: str
) -> HttpResponseBase:
    """Answer for one narration; key, digest and name must all be right."""
    row = narrations_for(person_of(request)).filter(key=key).first()
    file = row.stored_file if row else None
    if row is None or file is None or not is_in_use(file):
        raise _missing(key)
    if digest != file.sha512[:DIGEST_LENGTH] or name != file.name.rsplit("/", 1)[-1]:
        raise NoSuchRecord(Narration.kind, key)
    response = send(request, file, immutable=is_immutable(row))
    # What was handed in is played, never run.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _missing(key: str) -> NoSuchRecord:
    """What was heard by the public and no longer is, is gone rather than unknown."""
    withdrawn = Exhibit.State.WITHDRAWN
    rows = Narration.objects.filter(key=key, exhibit__state=withdrawn)
    missing = WithdrawnRecord if rows.exists() else NoSuchRecord
    return missing(Narration.kind, key)
