"""Models and pictures, byte for byte, for those who may see them.

Who may is asked of the person who is signed in, or of whom a signed address was given to.
"""

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from heritage.archive.models import StoredFile
from heritage.archive.serve import serve_file
from heritage.archive.staying import in_use
from heritage.captures.media import derivatives_for, is_immutable, is_named
from heritage.captures.models import Derivative
from heritage.captures.published import of_accepted
from heritage.catalogue.models import Record
from heritage.catalogue.policy import person_of
from heritage.catalogue.reach import NoSuchRecord, WithdrawnRecord
from heritage.pages.linked_persons import person_linked

EXPOSED = "Accept-Ranges, Content-Length, Content-Range, ETag, Repr-Digest"


@require_safe
def media(request: HttpRequest, key: str, digest: str, name: str) -> HttpResponseBase:
    """Answer for one derivative; key, digest and name must all be right."""
    derivative = derivatives_for(person_of(request)).filter(key=key).first()
    if derivative is None:
        derivative = _linked(request, key)
    if derivative is None:
        raise _missing(key)
    if not is_named(derivative, digest, name):
        raise NoSuchRecord(Derivative.kind, key)
    file, immutable = derivative.stored_file, is_immutable(derivative)
    return send(request, file, immutable=immutable)


def send(
    request: HttpRequest, file: StoredFile, *, immutable: bool
) -> HttpResponseBase:
    """Send a file to whoever was found to be allowed it."""
    response = serve_file(request, file, immutable=immutable)
    # Any exhibit engine in a browser may load what is public; a session never travels.
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Expose-Headers"] = EXPOSED
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _linked(request: HttpRequest, key: str) -> Derivative | None:
    """Give the file to whoever holds an address that was signed for it."""
    if "signature" not in request.GET:
        return None
    row = Derivative.objects.select_related("stored_file").filter(key=key).first()
    person = person_linked(request.GET, row) if row else None
    if person is None:
        return None
    return derivatives_for(person).filter(key=key).first()


def _missing(key: str) -> NoSuchRecord:
    """What was shown to the public and no longer is, is gone rather than unknown."""
    rows = Derivative.objects.filter(
        of_accepted("run__"),
        key=key,
        role__in=[Derivative.Role.MODEL, Derivative.Role.PICTURE],
    )
    is_withdrawn = Q(run__capture__relic__state=Record.State.WITHDRAWN)
    is_put_away = Q(run__capture__relic__state=Record.State.RELEASED) & ~in_use(
        "stored_file__"
    )
    is_gone = rows.filter(is_withdrawn | is_put_away).exists()
    missing = WithdrawnRecord if is_gone else NoSuchRecord
    return missing(Derivative.kind, key)
