"""Hand in a table; see how a load gets on and what came of each row; take it back."""

import csv
import io
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from heritage.catalogue.errors import NotPermitted
from heritage.catalogue.models import Collection, Relic
from heritage.catalogue.policy import person_of, visible
from heritage.exchange.actions import begin_undo, stage_load, stop
from heritage.exchange.errors import ExchangeError
from heritage.exchange.exporting import plain_rows
from heritage.exchange.formats import FORMATS, escaped
from heritage.exchange.mapping import read_plan, shipped
from heritage.exchange.models import Load, LoadedRow
from heritage.exchange.places import plain_name
from heritage.exchange.tasks import ring
from heritage.exchange.words import told_fault
from heritage.lib.whole_numbers import parse_whole

from .access import (
    attempt,
    check_works_here,
    collections_of,
    context,
    load_for,
    user_of,
)

Verdict = LoadedRow.Verdict
PER_PAGE = 100
LOADS_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def loads(request: HttpRequest) -> HttpResponse:
    """Show the last loads; take a table in."""
    check_works_here(request)
    if request.method == "POST":
        return _take_in(request)
    rows = visible(Load.objects.all(), person_of(request)).select_related(
        "collection", "mapping", "created_by"
    )
    told = context(
        request, _("Import and export"), loads=rows[:LOADS_SHOWN], formats=sorted(FORMATS),
        collections=collections_of(request), exported=collections_of(request, curated=False),
    )  # fmt: skip
    return render(request, "exchange/loads.html", told)


def _take_in(request: HttpRequest) -> HttpResponse:
    collection = get_object_or_404(
        Collection, pk=parse_whole(request.POST.get("collection")) or 0
    )
    if collection not in collections_of(request):
        raise PermissionDenied
    files = request.FILES.getlist("files")
    folder = Path(tempfile.mkdtemp(prefix="table-"))
    try:
        sources = []
        for place, file in enumerate(files):
            path = folder / f"{place:05d}" / plain_name(file.name or "")
            path.parent.mkdir()
            with path.open("wb") as out:
                out.writelines(file.chunks())
            sources.append(path)
        if not sources:
            messages.error(request, _("Choose a file."))
            return redirect("admin:exchange_loads")
        load = stage_load(sources, collection=collection, by=user_of(request))
    except (ExchangeError, NotPermitted) as error:
        messages.error(request, str(error))
        return redirect("admin:exchange_loads")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return redirect("admin:exchange_map", load.key)


@require_safe
def results(request: HttpRequest, key: str) -> HttpResponse:
    """Show how far a load is and what came of its rows; 100 a page, from a place on."""
    load = load_for(request, key)
    verdict = request.GET.get("result", "")
    start = parse_whole(request.GET.get("from")) or 0
    rows = _chosen(load, verdict).filter(place__gte=start)
    shown = list(rows[: PER_PAGE + 1])
    counts = dict(load.results.values_list("verdict").annotate(Count("pk")).order_by())
    undone = dict(
        load.results.exclude(undo="")
        .values_list("undo")
        .annotate(Count("pk"))
        .order_by()
    )
    told = context(
        request, load.file_name, load=load, rows=[_told(row) for row in shown[:PER_PAGE]],
        next=shown[PER_PAGE].place if len(shown) > PER_PAGE else None, verdict=verdict,
        kinds=[(v, label, counts.get(v, 0)) for v, label in LoadedRow.Verdict.choices],
        edited=undone.get(LoadedRow.Undo.EDITED, 0), back=sum(undone.values()),
        written=counts.get(Verdict.CREATED, 0) + counts.get(Verdict.CHANGED, 0),
        open_doubts=load.doubts.filter(state="open").count(),
    )  # fmt: skip
    return render(request, "exchange/results.html", told)


@require_safe
def download(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the results as CSV, a line a row, with the cells of rows that were refused."""
    load = load_for(request, key)
    rows = _chosen(load, request.GET.get("result", "")).iterator(chunk_size=500)
    response = StreamingHttpResponse(
        _lines(rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="load-{load.key}.csv"'
    return response


def _lines(rows: Iterator[LoadedRow]) -> Iterator[str]:
    heads = [
        _("row"),
        _("file"),
        _("identifier"),
        _("result"),
        _("relic"),
        _("doubts"),
        _("what is wrong"),
        _("cells"),
    ]
    yield "\ufeff" + csv_line(heads)
    for row in rows:
        told = _told(row)
        cells = " | ".join(f"{name}: {text}" for name, text in row.cells.items())
        yield csv_line([str(row.number), row.file, row.identifier, told["verdict"], row.relic_key,
                     str(row.doubts), told["faults"], cells])  # fmt: skip


def csv_line(cells: list[Any]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([escaped(str(cell)) for cell in cells])
    return out.getvalue()


def _chosen(load: Load, verdict: str) -> Any:
    rows = load.results.order_by("place")
    if verdict == "edited":
        return rows.filter(undo=LoadedRow.Undo.EDITED)
    return rows.filter(verdict=verdict) if verdict in LoadedRow.Verdict.values else rows


def _told(row: LoadedRow) -> dict[str, Any]:
    faults = " ".join(told_fault(fault) for fault in row.faults)
    is_gone = (row.verdict, row.undo) == (Verdict.CREATED, LoadedRow.Undo.TAKEN_BACK)
    verdict = str(row.get_verdict_display())
    return {"row": row, "verdict": verdict, "faults": faults, "is_gone": is_gone}


@require_POST
def stop_load(request: HttpRequest, key: str) -> HttpResponse:
    """Let no further row be entered; what is entered stays until it is taken back."""
    load = load_for(request, key)
    attempt(request, lambda: stop(load))
    return redirect("admin:exchange_results", load.key)


@require_POST
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """Have a whole load taken back."""
    load = load_for(request, key)

    def act() -> None:
        begin_undo(load, by=user_of(request))
        ring(load)

    attempt(request, act)
    return redirect("admin:exchange_results", load.key)


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """Hand out what this person sees of a collection, piece by piece."""
    check_works_here(request)
    collection = get_object_or_404(
        Collection, pk=parse_whole(request.GET.get("collection")) or 0
    )
    if collection not in collections_of(request, curated=False):
        raise PermissionDenied
    form = FORMATS.get(request.GET.get("as", "csv"), FORMATS["csv"])
    rows = plain_rows(Relic.objects.filter(collection=collection), person_of(request))
    response = StreamingHttpResponse(form.write(rows), content_type=form.media_type)
    response["Content-Disposition"] = (
        f'attachment; filename="relics-{collection.pk}.{form.ending}"'
    )
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def blank_table(request: HttpRequest) -> HttpResponse:
    """Give the workbook with the headings of the registration record, to be filled in."""
    from heritage.exchange.workbooks import template  # as in formats.py

    check_works_here(request)
    plan = read_plan(shipped()["register-zh"])
    heads = dict.fromkeys(
        name
        for column in plan.columns
        for name in (*column.source, column.unit_from)
        if name
    )
    response = HttpResponse(template(heads), content_type=FORMATS["xlsx"].media_type)
    response["Content-Disposition"] = 'attachment; filename="register-zh.xlsx"'
    return response
