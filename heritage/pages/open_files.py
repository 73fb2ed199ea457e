"""Files that are open to all, given before sessions, languages and accounts are read.

Who is not signed in is a stranger, and whether a stranger may have a file is one question
to the policy (`derivatives_for`). Its answer is kept for as long as nothing at all is
committed to the database, so what is withdrawn is gone at once; and for the day at most,
as consents and embargoes end by themselves. Every other request goes the long way, where
what is refused is told in the visitor's language.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from heritage.archive.models import Condition, StoredFile
from heritage.captures.media import derivatives_for, has_no_end, is_named
from heritage.catalogue.policy import STRANGER
from heritage.lib.kept import Kept

from .views.media import send

ADDRESS: Final = re.compile(
    r"/media/(?P<key>[-\w]+)/(?P<digest>[-\w]+)/(?P<name>[^/]+)"
)
# What is read of the rows: a relic has a hundred columns.
READ: Final = (
    "key", "run__capture__relic__withdraw_on",
    *(f"stored_file__{n}" for n in ("path", "name", "sha512", "size_bytes",
                                    "media_type", "condition", "deposit")),
)  # fmt: skip
KEPT: Final = 256  # answers a thread keeps: the models of some rooms


@dataclass(frozen=True)
class Open:
    """A file that a stranger may have; `lasts` if no day is set that takes it back."""

    file: StoredFile
    lasts: bool


_kept: Kept[Open | None] = Kept(KEPT)


class OpenFiles:
    """Gives a file that is open to all; any other request goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        found = find_open(request.path_info) if _is_plain(request) else None
        if found is None:
            return self.get_response(request)
        return send(request, found.file, immutable=found.lasts)


def find_open(path: str) -> Open | None:
    """Give the file at this address if a stranger may have it."""
    named = ADDRESS.fullmatch(path)
    if named is None:
        return None
    name = path, timezone.localdate()
    return _kept.get(name, lambda: _look_up(**named.groupdict()))


def _is_plain(request: HttpRequest) -> bool:
    """Tell whether nobody is signed in and no permission is shown."""
    return (
        request.method in ("GET", "HEAD")
        and not request.META.get("QUERY_STRING")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )


def _look_up(key: str, digest: str, name: str) -> Open | None:
    rows = derivatives_for(STRANGER).filter(key=key).select_related(None)
    rows = rows.select_related("stored_file", "run__capture__relic")
    row = next(iter(rows.order_by().only(*READ)), None)
    if row is None or not is_named(row, digest, name):
        return None
    if row.stored_file.condition != Condition.INTACT:  # which is to be told in words
        return None
    return Open(row.stored_file, has_no_end(row))
