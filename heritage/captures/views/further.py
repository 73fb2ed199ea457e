"""Ask for further files of a model, and for those again whose profiles have changed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from heritage.captures.actions.further_files import make_again, make_further
from heritage.captures.errors import CaptureError
from heritage.captures.models import Run
from heritage.catalogue.policy import person_of, visible


@require_POST
def further(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Make the products named, or with `again` those that are out of date."""
    rows = visible(Run.objects.select_related("capture__relic"), person_of(request))
    run = get_object_or_404(rows, key=key, capture_id=pk)
    names = request.POST.get("products", "").split()
    try:
        if "again" in request.POST:
            make_again(run, by=request.user)  # type: ignore[arg-type]  # it is staff
        else:
            make_further(run, names, by=request.user)  # type: ignore[arg-type]
    except CaptureError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The files are being made. See below how far."))
    return redirect("admin:captures_capture_work", pk)
