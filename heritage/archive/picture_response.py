"""The answer that shows a stored picture small, wherever a list of files does so."""

from django.http import Http404, HttpResponse

from heritage.lib.http import problem

from .errors import ArchiveError
from .local_copies import local_path
from .models import StoredFile
from .thumbnails import draw_thumbnail, is_drawn

DAY_S = 86_400  # a file's bytes never change; who may see it does
# A picture crossed out, for a file that is called a picture and cannot be drawn.
NO_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72" fill="none"'
    ' stroke="#8a8f98" stroke-width="3"><rect x="10" y="16" width="52" height="40"'
    ' rx="4"/><circle cx="25" cy="29" r="5"/><path d="m12 52 17-15 11 10 9-8 11 11"/>'
    '<path stroke="#b42318" d="M8 64 64 8"/></svg>'
)


def picture_response(file: StoredFile) -> HttpResponse:
    """Draw it in a child process with limits: what was sent is not trusted.

    Raises Http404 for what is not called a picture, or whose bytes are gone.
    """
    if not is_drawn(file.name):
        raise Http404
    try:
        picture = draw_thumbnail(local_path(file))
    except FileNotFoundError as error:
        raise Http404 from error
    except ArchiveError as error:  # the bucket, or the room for a copy of its bytes
        return problem(503, error.code, str(error))
    if picture is None:  # or not now: a child that had too little time tries again
        response = HttpResponse(NO_PICTURE, content_type="image/svg+xml")
        response["Cache-Control"] = "no-store"
        return response
    response = HttpResponse(picture, content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={DAY_S}"
    return response
