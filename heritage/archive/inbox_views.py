"""The inbox's pages: see what waits, match it, hand it on, or say that it belongs nowhere."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import PurePosixPath
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from .actions.deposit import Item, deposit_files
from .actions.hand_in import assign, discard, waiting
from .asking import Question, ask
from .destinations import Target, destination
from .drop import drop_folder
from .errors import ArchiveError, EmptyDeposit, NoDestination
from .inbox import read_inbox
from .match_table import LARGEST_BYTES, Table, read_table
from .models import Deposit, DropItem, StoredFile
from .picture_response import picture_response

DROPS_SHOWN = 30
View = Callable[..., HttpResponse]


def for_hands(view: View) -> View:
    """Let those through who may hand in."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not destination().may_hand_in(_person(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


@require_http_methods(["GET", "HEAD", "POST"])
@for_hands
def inbox(request: HttpRequest) -> HttpResponse:
    """Show what waits; a table that is sent along decides the matches that are shown."""
    table = _sent_table(request) if request.method == "POST" else None
    rows = read_inbox(table)
    context = admin.site.each_context(request) | {
        "title": _("Inbox"),
        "opts": Deposit._meta,
        "rows": rows,
        "more": max(0, waiting().count() - len(rows)),
        "problems": [*table.problems, *table.unused()] if table else [],
        "drops": DropItem.objects.all()[:DROPS_SHOWN],
        "is_watched": drop_folder() is not None,
    }
    return render(request, "archive/inbox.html", context)


@require_POST
@for_hands
def send(request: HttpRequest) -> HttpResponse:
    """Take files into the inbox: one deposit for each folder they came in."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for path, file in _sent_files(request):
        folder, _slash, rest = path.partition("/")
        groups[folder].append((rest or folder, file))
    if not groups:
        messages.error(request, str(EmptyDeposit()))
    for name, items in groups.items():
        _keep(request, name, items)
    return redirect("admin:archive_inbox")


@require_POST
@for_hands
def hand_over(request: HttpRequest) -> HttpResponse:
    """Give the chosen ones to their records; each that cannot be says why."""
    given = 0
    for key in request.POST.getlist("chosen"):
        deposit = Deposit.objects.filter(key=key).first()
        if deposit is None:
            continue
        try:
            assign(deposit, _target(request, key), by=_person(request))
        except ArchiveError as error:
            messages.error(request, f"{deposit.note or deposit.key}: {error}")
        else:
            given += 1
    if given:
        text = ngettext(
            "%(count)d given to its record.", "%(count)d given to their records.", given
        )
        messages.success(request, text % {"count": given})
    return redirect("admin:archive_inbox")


@require_http_methods(["GET", "HEAD", "POST"])
@for_hands
def throw_out(request: HttpRequest, key: str) -> HttpResponse:
    """Take one out of the inbox that belongs to no record, with the reason."""
    rows = waiting() if request.method != "POST" else Deposit.objects.all()
    deposit = get_object_or_404(rows, key=key)
    # Of one that another has just given away or thrown out nothing more is shown.
    shown = StoredFile.objects.filter(deposit__in=waiting().filter(pk=deposit.pk))

    def act(reason: str) -> str:
        discard(deposit, reason=reason, by=_person(request))
        return reverse("admin:archive_inbox")

    question = Question(
        _("Take %(name)s out of the inbox")
        % {"name": deposit.inbox_name or deposit.key},
        _(
            "It belongs to no record. Its bytes are kept, out of sight; an administrator can bring it back."
        ),
        _("Take out"),
        act,
        _("Reason"),
        [str(name) for name in shown.values_list("name", flat=True)[:100]],
        back=reverse("admin:archive_inbox"),
    )
    return ask(request, deposit, question)


@require_safe
@for_hands
def records(request: HttpRequest) -> JsonResponse:
    """Find records by number or name, for the field of the page."""
    text = request.GET.get("q", "").strip()
    found = destination().search(text, by=_person(request)) if text else []
    rows = [{"value": target.key, "title": target.title} for target in found]
    return JsonResponse({"records": rows}, json_dumps_params={"ensure_ascii": False})


@require_safe
@for_hands
def thumbnail(request: HttpRequest, key: str) -> HttpResponse:
    """Draw a picture of something that waits."""
    rows = StoredFile.objects.filter(deposit__in=waiting())
    return picture_response(get_object_or_404(rows, key=key))


def _sent_files(request: HttpRequest) -> Iterator[tuple[str, Any]]:
    """Give each file with its path; browsers send bare names, our script paths beside."""
    uploads = request.FILES.getlist("files")
    paths = request.POST.getlist("paths")
    if len(paths) != len(uploads):  # which belongs to which, nobody knows
        paths = [""] * len(uploads)
    for path, file in zip(paths, uploads, strict=True):
        yield path.strip("/") or file.name or "", cast("Any", file)


def _sent_table(request: HttpRequest) -> Table | None:
    sent = request.FILES.get("table")
    if sent is None:
        messages.error(request, _("Choose a table first."))
        return None
    try:
        # One byte beyond the limit is enough to be refused for it.
        return read_table(sent.read(LARGEST_BYTES + 1))
    except ArchiveError as error:
        messages.error(request, str(error))
        return None


def _keep(request: HttpRequest, name: str, items: list[Item]) -> None:
    try:
        deposit_files(
            items, by=_person(request), note=name[:200], inbox_name=name[:200]
        )
    except ArchiveError as error:
        messages.error(request, f"{name}: {error}")


def _target(request: HttpRequest, key: str) -> Target:
    """Find the record that was written beside it, among those the person may choose."""
    reference = request.POST.get(f"record-{key}", "").strip()
    found = destination().find(reference) if reference else []
    if len(found) != 1:
        raise NoDestination(
            reference or PurePosixPath("–").name, [t.key for t in found]
        )
    return found[0]


def _person(request: HttpRequest) -> Any:
    return request.user
