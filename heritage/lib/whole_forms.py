"""Forms arrive whole or not at all: a line that is cut is not the end of what was sent.

Gunicorn gives what had come before the cut and then nothing, as at an end; Django takes
that for the form. Of a set of files it would keep those that had come, and of a record's
page it would clear the fields that had not.
"""

from collections.abc import Callable, Iterable
from typing import Any

FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class CutOff(OSError):
    """The connection ended before the whole form was sent."""


class WholeForms:
    """Passes requests on to an application, which cannot read half of a form."""

    def __init__(self, application: Application) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], begin: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or ""
        if environ.get("CONTENT_TYPE", "").startswith(FORMS) and length.isdigit():
            environ["wsgi.input"] = _Whole(environ["wsgi.input"], int(length))
        return self._application(environ, begin)


class _Whole:
    """A body of known length. Raises `CutOff` where it ends too early."""

    def __init__(self, body: Any, length: int) -> None:
        self._body, self._left = body, length

    def read(self, size: int = -1) -> bytes:
        return self._count(self._body.read(size), size)

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._body.readline(size)
        return self._count(line, len(line) if line.endswith(b"\n") else size)

    def _count(self, piece: bytes, size: int) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        self._left -= len(piece)
        if len(piece) < wanted:  # a server gives less than asked at the end only
            raise CutOff(f"{self._left} bytes of a form have not come.")
        return piece
