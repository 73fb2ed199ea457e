"""The files of an image set: add them, follow how they are read, read one again."""

from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heritage.archive.actions.deposit import Item
from heritage.archive.errors import ArchiveError
from heritage.catalogue.policy import person_of, visible
from heritage.lib.http import problem

from .actions.files import add_images, read_again
from .errors import ImageError
from .models import ImageSet
from .shown import files_of


@require_safe
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the part of the page that changes while files are read."""
    image_set = _image_set(request, pk)
    shown = files_of(image_set, person_of(request))
    context = {"image_set": image_set, "files": shown}
    return render(request, "images/files_table.html", context)


@require_POST
def add(request: HttpRequest, pk: int) -> JsonResponse:
    image_set = _image_set(request, pk)
    items: list[Item] = [
        (file.name or "", cast(BinaryIO, file))
        for file in request.FILES.getlist("files")
    ]
    try:
        rows = add_images(image_set, items, by=cast(Any, request.user))
    except (ImageError, ArchiveError) as error:
        return problem(error.status, error.code, str(error))
    return JsonResponse({"files": [row.stored_file.name for row in rows]})


@require_POST
def again(request: HttpRequest, pk: int, key: str) -> HttpResponseRedirect:
    """Read a refused file once more."""
    file = get_object_or_404(_image_set(request, pk).files, key=key)
    try:
        read_again(file, by=cast(Any, request.user))
    except ImageError as error:
        messages.error(request, str(error))
    return redirect("admin:images_imageset_change", pk)


def _image_set(request: HttpRequest, pk: int) -> ImageSet:
    rows = visible(ImageSet.objects.select_related("relic"), person_of(request))
    found: ImageSet = get_object_or_404(rows, pk=pk)
    return found
