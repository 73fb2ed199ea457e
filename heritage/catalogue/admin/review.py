"""The page beside a record's form: what hinders its release, who said what, what changed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from heritage.catalogue import actions
from heritage.catalogue.actions.release import eyes_on
from heritage.catalogue.changes import find_changes, find_row_changes, last_public
from heritage.catalogue.doors import Door
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import (
    Comment,
    MuseumSettings,
    ProposedEdit,
    Record,
    SafetyCheck,
)
from heritage.catalogue.policy import Person, person_of
from heritage.catalogue.reads import note_read
from heritage.catalogue.safety import look_at
from heritage.lib.whole_numbers import parse_whole

State = Record.State
HISTORY_SHOWN = 30


class ReviewAdmin:
    """Adds the review page, which those who write in the collection may open."""

    def get_urls(self) -> list[URLPattern]:
        admin: Any = self
        name = f"{admin.opts.app_label}_{admin.opts.model_name}_review"
        view = admin.admin_site.admin_view(self.review_view)
        own = [path("<path:object_id>/review/", view, name=name)]
        return [*own, *super().get_urls()]  # type: ignore[misc]

    def review_page(self, record: Record) -> str:
        opts = record._meta
        return reverse(
            f"admin:{opts.app_label}_{opts.model_name}_review", args=[record.pk]
        )

    def review_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        admin: Any = self
        record = admin.get_object(request, unquote(object_id))
        if record is None:
            raise Http404
        person = person_of(request)
        if not person.is_administrator and record.collection_id not in person.reads_in:
            raise PermissionDenied
        if request.method == "POST":
            _act(request, record)
            return redirect(self.review_page(record))
        context = {
            **admin.admin_site.each_context(request),
            **_told_of(record, person),
            "title": _("Review"),
            "opts": admin.opts,
            "original": record,
            "change_url": reverse(
                f"admin:{admin.opts.app_label}_{admin.opts.model_name}_change",
                args=[record.pk],
            ),
        }
        compared = {change.field for change in context["changes"]}
        note_read(record, compared, by=request.user)
        return TemplateResponse(request, "catalogue/review.html", context)


def may_curate(record: Record, person: Person) -> bool:
    return person.is_administrator or record.collection_id in person.curates


def _told_of(record: Record, person: Person) -> dict[str, Any]:
    was = last_public(record)
    about: Any = record
    history = about.history.select_related("history_user")
    checks = SafetyCheck.objects.about(record).select_related("by")
    threads = Comment.objects.about(record).filter(answers_to=None)
    writes = person.is_administrator or record.collection_id in person.works_in
    return {
        "gaps": actions.find_gaps(record),
        "findings": look_at(record),
        "eyes_found": len(eyes_on(record, record.edit_version)),
        "eyes_needed": MuseumSettings.now().release_eyes,
        "proposals": open_proposals(record).select_related("by"),
        "changes": [
            *find_changes(record, was, record, person),
            *find_row_changes(record, was, person),
        ]
        if was
        else [],
        "compared_with": was,
        "threads": threads.select_related("by").prefetch_related("answers__by"),
        "history": history[:HISTORY_SHOWN],
        "last_check": checks.last(),
        "curates": may_curate(record, person),
        "writes": writes,
        "can_submit": writes and record.state == State.DRAFT,
        "in_review": record.state == State.REVIEW,
        "can_release": may_curate(record, person) and not record.is_released,
    }


def open_proposals(record: Record) -> Any:
    return ProposedEdit.objects.about(record).filter(state=ProposedEdit.State.OPEN)


def _act(request: HttpRequest, record: Record) -> None:
    """Do what the pressed button says; tell what hindered it."""
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    try:
        done = act(request, record, request.user)
    except (CatalogueError, ValidationError) as error:
        told = error.messages if isinstance(error, ValidationError) else [str(error)]
        messages.error(request, " ".join(told))
    else:
        messages.success(request, done)


def _submit(request: HttpRequest, record: Record, by: Any) -> str:
    actions.submit(record, by=by)
    return _("Sent to review.")


def _send_back(request: HttpRequest, record: Record, by: Any) -> str:
    actions.send_back(record, by=by, reason=request.POST.get("reason", "")[:500])
    return _("Sent back.")


def _approve(request: HttpRequest, record: Record, by: Any) -> str:
    actions.approve(record, by=by, seen_version=_seen(request))
    return _("Recorded: you found this version fit.")


def _release(request: HttpRequest, record: Record, by: Any) -> str:
    looked_at, note = request.POST.getlist("looked_at"), request.POST.get("note", "")
    seen = _seen(request)
    actions.release(
        record, by=by, looked_at=looked_at, note=note[:500], seen_version=seen
    )
    return _("Released.")


def _undo(request: HttpRequest, record: Record, by: Any) -> str:
    actions.undo(record, seen_version=_seen(request), by=by, door=Door.ADMIN)
    return _("The last change is taken back.")


def _bring_back(request: HttpRequest, record: Record, by: Any) -> str:
    history: Any = record
    rows = history.history.filter(pk=_number(request, "version"))
    version = rows.first()
    if version is None:
        raise Http404
    seen = _seen(request)
    actions.bring_back(record, version, seen_version=seen, by=by, door=Door.ADMIN)
    return _("That version's fields are back, as a version of their own.")


def _comment(request: HttpRequest, record: Record, by: Any) -> str:
    text = request.POST.get("text", "").strip()[:4000]
    if not text:
        raise ValidationError(_("Write something first."))
    answered = _thread(request, record) if request.POST.get("thread") else None
    actions.comment(record, text, by=by, answers_to=answered)
    return _("Written down.")


def _resolve(request: HttpRequest, record: Record, by: Any) -> str:
    actions.resolve(_thread(request, record), record, by=by)
    return _("Noted.")


ACTS: dict[str, Callable[[HttpRequest, Record, Any], str]] = {
    "submit": _submit,
    "send-back": _send_back,
    "approve": _approve,
    "release": _release,
    "undo": _undo,
    "bring-back": _bring_back,
    "comment": _comment,
    "resolve": _resolve,
}


def _thread(request: HttpRequest, record: Record) -> Comment:
    threads = Comment.objects.about(record).filter(answers_to=None)
    found: Comment | None = threads.filter(pk=_number(request, "thread")).first()
    if found is None:
        raise Http404
    return found


def _seen(request: HttpRequest) -> int:
    return _number(request, "seen_version")


def _number(request: HttpRequest, name: str) -> int:
    return parse_whole(request.POST.get(name)) or 0
