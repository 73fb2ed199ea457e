"""Change many relics: choose, say what, look, have it done, read what came, take it back."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import person_of, visible
from heritage.catalogue.reads import note_reads
from heritage.exchange import actions
from heritage.exchange.bulk.forms import StepForm
from heritage.exchange.bulk.preview import preview
from heritage.exchange.bulk.steps import Step
from heritage.exchange.bulk.targets import Target, columns, targets
from heritage.exchange.bulk.telling import Line, told_lines, told_step
from heritage.exchange.models import BulkChange, ChangedRecord
from heritage.exchange.places import staged_path
from heritage.exchange.tasks import ring
from heritage.exchange.words import told_fault
from heritage.lib.whole_numbers import parse_whole

from .access import (
    attempt,
    change_for,
    check_curates,
    context,
    user_of,
)
from .loads import PER_PAGE, csv_line

SHOWN = 50


@admin.action(description=gettext_lazy("Change all of them …"), permissions=["curate"])
def change_many(
    _admin: Any, request: HttpRequest, chosen: QuerySet[Relic]
) -> HttpResponse:
    """Begin with those chosen in the list, or all that its filters have found."""
    change = actions.stage_change(chosen, by=user_of(request))
    return redirect("admin:exchange_change_steps", change.key)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """Show the last changes that this person made."""
    check_curates(request)
    rows = visible(BulkChange.objects.all(), person_of(request))
    shown = rows.select_related("created_by")[:SHOWN]
    told = [(change, _told_steps(change)) for change in shown]
    page = _context(request, _("Changes of many relics"), changes=told)
    return render(request, "exchange/changes.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def steps(request: HttpRequest, key: str) -> HttpResponse:
    """Say, step by step, what is to be done to those chosen."""
    check_curates(request)
    change = change_for(request, key)
    if change.state != BulkChange.State.STAGED:
        return redirect("admin:exchange_change_results", change.key)
    target = targets().get(request.GET.get("field", ""))
    form = StepForm(request, target) if target else None
    if request.method == "POST":
        kept = [Step.read(told) for told in change.steps]
        if "remove" in request.POST:
            _keep(request, change, _without(kept, request.POST["remove"]))
            return redirect("admin:exchange_change_steps", change.key)
        form = StepForm(request, target, request.POST) if target else None
        if form is not None and form.is_valid():
            _keep(request, change, [*kept, form.step])
            return redirect("admin:exchange_change_steps", change.key)
    page = _context(
        request, _("Change many relics"), change=change, steps=_told_steps(change),
        form=form, target=target, fields=_offered(),
    )  # fmt: skip
    return render(request, "exchange/change_steps.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def look(request: HttpRequest, key: str) -> HttpResponse:
    """Show what would come of it, relic by relic; begin."""
    check_curates(request)
    change = change_for(request, key)
    if change.state != BulkChange.State.STAGED:
        return redirect("admin:exchange_change_results", change.key)
    if not change.steps or not staged_path(change).is_file():
        return redirect("admin:exchange_change_steps", change.key)
    if request.method == "POST":
        _begin(request, change)
        return redirect("admin:exchange_change_results", change.key)
    start = parse_whole(request.GET.get("from")) or 0
    by, person = user_of(request), person_of(request)
    found = preview(change, start=start, by=by, person=person)
    page = _context(
        request, _("What would come of it"), change=change, preview=found,
        steps=_told_steps(change),
    )  # fmt: skip
    return render(request, "exchange/change_preview.html", page)


@require_safe
def results(request: HttpRequest, key: str) -> HttpResponse:
    """Show how far it is and what came of each relic; a hundred a page."""
    check_curates(request)
    change = change_for(request, key)
    page = _context(
        request, _("Change of many relics"), change=change, steps=_told_steps(change),
        **_progress(change) if change.is_busy else _came(request, change),
    )  # fmt: skip
    return render(request, "exchange/change_results.html", page)


def _progress(change: BulkChange) -> dict[str, Any]:
    """Count no more than the page needs that comes anew every few seconds."""
    if change.state != BulkChange.State.UNDOING:
        return {}
    changed = change.results.filter(verdict=ChangedRecord.Verdict.CHANGED)
    not_yet = ChangedRecord.Undo.NOT_YET
    return {"changed": changed.count(), "back": changed.exclude(undo=not_yet).count()}


def _came(request: HttpRequest, change: BulkChange) -> dict[str, Any]:
    verdict = request.GET.get("result", "")
    rows = _chosen(change, verdict).filter(
        place__gte=parse_whole(request.GET.get("from")) or 0
    )
    shown = list(rows[: PER_PAGE + 1])
    results = change.results.order_by()
    counts = dict(results.values_list("verdict").annotate(Count("pk")))
    undone = dict(results.values_list("undo").annotate(Count("pk")))
    undo, known = ChangedRecord.Undo, ChangedRecord.Verdict
    return {
        "rows": _told(request, shown[:PER_PAGE]),
        "verdict": verdict,
        "left": undone.get(undo.PARTLY, 0) + undone.get(undo.EDITED, 0),
        "refused": undone.get(undo.REFUSED, 0),
        "next": shown[PER_PAGE].place if len(shown) > PER_PAGE else None,
        "kinds": [(v, label, counts.get(v, 0)) for v, label in known.choices],
        "changed": counts.get(known.CHANGED, 0),
    }


@require_safe
def download(request: HttpRequest, key: str) -> HttpResponseBase:
    """Give the results as CSV, a line a relic."""
    check_curates(request)
    change = change_for(request, key)
    rows = _chosen(change, request.GET.get("result", ""))
    response = StreamingHttpResponse(
        _lines(request, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="change-{change.key}.csv"'
    return response


@require_POST
def stop_change(request: HttpRequest, key: str) -> HttpResponse:
    """Let no further relic be changed."""
    check_curates(request)
    change = change_for(request, key)
    attempt(request, lambda: actions.stop(change))
    return redirect("admin:exchange_change_results", change.key)


@require_POST
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """Have the rest done."""
    check_curates(request)
    change = change_for(request, key)
    _begin(request, change)
    return redirect("admin:exchange_change_results", change.key)


@require_POST
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """Have the whole change taken back."""
    check_curates(request)
    change = change_for(request, key)

    def act() -> None:
        actions.begin_change_undo(change, by=user_of(request))
        ring(change)

    attempt(request, act)
    return redirect("admin:exchange_change_results", change.key)


def _begin(request: HttpRequest, change: BulkChange) -> None:
    def act() -> None:
        actions.begin_change(change)
        ring(change)

    attempt(request, act)


def _keep(request: HttpRequest, change: BulkChange, kept: list[Step]) -> None:
    attempt(request, lambda: actions.set_steps(change, kept))


def _without(kept: list[Step], place: str) -> list[Step]:
    return [step for at, step in enumerate(kept) if str(at) != place]


def _told_steps(change: BulkChange) -> list[str]:
    return [told_step(Step.read(told)) for told in change.steps]


def _offered() -> list[tuple[str, list[Target]]]:
    """Give the fields to choose from: the relic's own under the headings of its form."""
    form: Any = admin.site.get_model_admin(Relic)
    known: dict[str, Target] = dict(columns())
    groups = []
    for title, options in form.fieldsets:
        names = [n for row in options["fields"] for n in _names(row)]
        if found := [known.pop(name) for name in names if name in known]:
            groups.append((str(title), found))
    rest = [target for name, target in targets().items() if name not in columns()]
    return [*groups, (_("Tables"), [*known.values(), *rest])]


def _names(row: Any) -> tuple[str, ...]:
    return (row,) if isinstance(row, str) else tuple(row)


def _chosen(change: BulkChange, verdict: str) -> QuerySet[ChangedRecord]:
    rows = change.results.order_by("place")
    undo = ChangedRecord.Undo
    if verdict == "edited":
        return rows.filter(undo__in=[undo.PARTLY, undo.EDITED])
    if verdict == "undo-refused":
        return rows.filter(undo=undo.REFUSED)
    known = verdict in ChangedRecord.Verdict.values
    return rows.filter(verdict=verdict) if known else rows


def _told(request: HttpRequest, rows: list[ChangedRecord]) -> list[dict[str, Any]]:
    """Tell rows in the reader's words; what is restricted of them is written down as read."""
    person = person_of(request)
    keys = [row.relic_key for row in rows]
    relics = {
        relic.key: relic
        for relic in visible(Relic.objects.filter(key__in=keys), person)
    }
    told, reads = [], []
    for row in rows:
        relic = relics.get(row.relic_key)
        lines = []
        if relic is not None and row.before:
            lines = told_lines(row.before, row.after, person, relic)
            reads.append((relic, _names_told(lines)))
        faults = [told_fault(fault) for fault in row.faults]
        told.append({"row": row, "relic": relic, "lines": lines, "faults": faults})
    note_reads(reads, by=user_of(request).pk, as_it_was=True)
    return told


def _names_told(lines: list[Line]) -> set[str]:
    return {line.name for line in lines if line.was or line.now}


def _lines(request: HttpRequest, rows: QuerySet[ChangedRecord]) -> Iterator[str]:
    heads = [
        _("relic"),
        _("name"),
        _("result"),
        pgettext("of a change", "before"),
        pgettext("of a change", "after"),
        _("taken back"),
        _("what is wrong"),
    ]
    yield "\ufeff" + csv_line(heads)
    batch: list[ChangedRecord] = []
    for row in rows.iterator(chunk_size=500):
        batch.append(row)
        if len(batch) == PER_PAGE:
            yield from _batch_lines(request, batch)
            batch = []
    yield from _batch_lines(request, batch)


def _batch_lines(request: HttpRequest, rows: list[ChangedRecord]) -> Iterator[str]:
    for one in _told(request, rows):
        row: ChangedRecord = one["row"]
        was = "; ".join(f"{line.label}: {line.was}" for line in one["lines"])
        now = "; ".join(f"{line.label}: {line.now}" for line in one["lines"])
        undone = str(row.get_undo_display()) if row.undo else ""
        name = str(one["relic"].title) if one["relic"] else ""
        yield csv_line([row.relic_key, name, str(row.get_verdict_display()), was, now,
                        undone, " ".join(one["faults"])])  # fmt: skip


def _context(request: HttpRequest, title: str, **more: Any) -> dict[str, Any]:
    return context(request, title, **{"opts": BulkChange._meta} | more)
