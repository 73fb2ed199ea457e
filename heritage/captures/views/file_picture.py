"""A small picture of a photograph that was handed in with a capture."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from heritage.archive.picture_response import picture_response
from heritage.captures.models import Capture
from heritage.captures.usable import files_in_use
from heritage.catalogue.policy import person_of, visible


@require_safe
def file_picture(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Show it to those who see the capture."""
    capture = get_object_or_404(
        visible(Capture.objects.all(), person_of(request)), pk=pk
    )
    row = get_object_or_404(files_in_use(capture), pk=file)
    return picture_response(row.stored_file)
