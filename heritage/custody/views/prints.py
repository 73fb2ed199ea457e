"""Object files, label sheets, statistics."""

import csv
import io
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, allows, person_of, visible
from heritage.catalogue.reads import note_read, restricted_fields
from heritage.custody.codes import find_by_code
from heritage.custody.duties import duties_in
from heritage.custody.errors import TooManyLabels, UnknownLabel
from heritage.custody.models import Ledger
from heritage.custody.statistics import as_rows, statistics_on

from .answers import as_file, as_pdf, codes_asked, page, perform
from .forms import CODES_LIMIT, OwnCollection

LABELS_AT_ONCE = 1000
EXCEL = "\ufeff"  # without it Excel takes UTF-8 for GBK


class LabelForm(OwnCollection):
    codes = forms.CharField(
        label=gettext_lazy("objects"), max_length=CODES_LIMIT, required=False,
        widget=forms.Textarea({"rows": 5}),
        help_text=gettext_lazy("register numbers or scanned labels, one a line"),
    )  # fmt: skip
    store = forms.CharField(
        label=gettext_lazy("or all of a store"), max_length=200, required=False,
        help_text=gettext_lazy("as locations begin: a store, or a store and a cabinet"),
    )  # fmt: skip
    format = forms.ChoiceField(label=gettext_lazy("sheet"))
    first = forms.IntegerField(
        label=gettext_lazy("first free label on the first sheet"),
        min_value=1,
        initial=1,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Costs every command half a second and 50 MB where it is imported beforehand.
        from heritage.custody.prints.labels import format_choices

        self.fields["format"].choices = format_choices()  # type: ignore[attr-defined]


@require_safe
def object_pdf(request: HttpRequest, key: str) -> HttpResponse:
    """Give the object file to curators and to who has a duty in the collection."""
    person = person_of(request)
    relic = (
        visible(Relic.objects.select_related("collection"), person)
        .filter(key=key)
        .first()
    )
    if relic is None:
        raise Http404
    if not person.is_administrator and not duties_in(person, relic.collection_id):
        raise PermissionDenied
    from heritage.custody.prints.object_file import object_file

    told = {name for name in restricted_fields(Relic) if allows(person, relic, name)}
    note_read(relic, told, by=request.user)
    return as_pdf(object_file(relic, person), f"{relic.register_no or relic.key}")


@require_http_methods(["GET", "POST"])
def labels(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    initial = {"codes": codes_asked(request)}
    form = LabelForm(request.POST or None, person=person, initial=initial)
    found: list[Relic] = []
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data

        def find() -> None:
            found.extend(_chosen(told, person))

        if perform(request, find, "") and found:
            from heritage.custody.prints.labels import label_sheets

            sheets = label_sheets(found, format=told["format"], first=told["first"])
            return as_pdf(sheets, _("Labels"))
    return page(
        request, "custody/ask.html", Ledger, title=_("Print labels"), form=form,
        button=_("Make the sheets (PDF)"),
    )  # fmt: skip


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    if not (person.is_administrator or person.reads_in):
        raise PermissionDenied
    day = _day(request)
    tables = statistics_on(day, person)
    if request.GET.get("as") == "csv":
        written = io.StringIO()
        csv.writer(written).writerows(as_rows(tables))
        name = f"{_('Statistics')} {day.isoformat()}.csv"
        return as_file(EXCEL + written.getvalue(), name, "text/csv; charset=utf-8")
    return page(
        request, "custody/statistics.html", Ledger, title=_("Statistics"), day=day,
        tables=tables,
    )  # fmt: skip


def _day(request: HttpRequest) -> date:
    try:
        asked = parse_date(request.GET.get("on", ""))
    except ValueError:
        asked = None
    return min(asked or timezone.localdate(), timezone.localdate())


def _chosen(told: dict[str, Any], person: Person) -> list[Relic]:
    collection = told["collection"]
    rows = visible(Relic.objects.filter(collection=collection), person)
    lines = dict.fromkeys(
        line.strip() for line in told["codes"].splitlines() if line.strip()
    )
    found: list[Relic] = []
    for code in lines:
        relic = find_by_code(code, collection)
        if relic is None:
            raise UnknownLabel(code)
        found.append(relic)
    if told["store"] and duties_in(person, collection.pk):
        # Where things lie is for who answers for them.
        found += rows.filter(store_location__startswith=told["store"]).order_by(
            "register_no"
        )[: LABELS_AT_ONCE + 1]
    chosen = list(dict.fromkeys(found))
    if len(chosen) > LABELS_AT_ONCE:
        raise TooManyLabels(LABELS_AT_ONCE)
    return chosen
