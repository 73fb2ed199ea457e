"""The field sheet: filled in on a phone in the photo room, printed with a QR code."""

from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from heritage.captures.actions.sheet import save_sheet
from heritage.captures.errors import CaptureError
from heritage.captures.models import Capture
from heritage.captures.prefill import begin_capture, begin_sheet
from heritage.captures.sheet_form import SheetForm, bar_forms, entered_bars
from heritage.captures.sheet_rules import missing_fields, sheet_warnings
from heritage.captures.sheet_words import field_label
from heritage.catalogue.policy import person_of, visible

REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the sheet to fill in, or keep it."""
    capture = _capture(request, pk)
    kept = begin_sheet(capture)
    is_sent = request.method == "POST"
    form = SheetForm(
        request.POST if is_sent else None,
        instance=kept,
        initial=begin_capture(capture) if kept.pk is None else None,
        person=person_of(request),
    )
    bars = bar_forms(kept, request.POST if is_sent else None)
    if not is_sent:
        return _show(request, capture, form, bars, status=200)
    if not (form.is_valid() and bars.is_valid()):
        return _show(request, capture, form, bars, status=REFUSED)
    try:
        save_sheet(
            form.fill_capture(),
            form.instance,
            entered_bars(bars),
            seen=form.cleaned_data["seen"],
            by=request.user,  # type: ignore[arg-type]  # it is staff
        )
    except CaptureError as error:
        form.add_error(None, str(error))
        return _show(request, capture, form, bars, status=error.status)
    messages.success(request, _("The field sheet is saved."))
    return redirect("admin:captures_capture_sheet", pk)


@require_safe
def sheet_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the sheet to print: empty lines to write on, a QR code that leads back."""
    capture = _capture(request, pk)
    # Costs every command half a second and 50 MB where it is imported beforehand.
    from heritage.captures.sheet_pdf import write_sheet

    address = request.build_absolute_uri(
        reverse("admin:captures_capture_sheet", args=[pk])
    )
    written = write_sheet(
        begin_sheet(capture),
        address=address,
        language=get_language() or "zh-hans",
        created=timezone.now(),
    )
    response = HttpResponse(written, content_type="application/pdf")
    name = f"{capture.relic.register_no or capture.relic.key}-{capture.key}-sheet.pdf"
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response


def _show(
    request: HttpRequest, capture: Capture, form: SheetForm, bars: Any, *, status: int
) -> HttpResponse:
    kept = form.instance
    missing = missing_fields(capture, kept)
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Field sheet: %(relic)s") % {"relic": capture.relic.title},
        "opts": Capture._meta,
        "capture": capture,
        "form": form,
        "bars": bars,
        "is_new": kept.version == 0,
        "missing": [field_label(name) for name in missing],
        "warnings": list(sheet_warnings(capture, kept)),
    }
    return render(request, "captures/sheet.html", context, status=status)


def _capture(request: HttpRequest, pk: int) -> Capture:
    rows = Capture.objects.select_related("relic", "operator", "place")
    capture: Capture = get_object_or_404(visible(rows, person_of(request)), pk=pk)
    return capture
