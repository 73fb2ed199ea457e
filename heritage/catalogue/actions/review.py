"""Send a record to review, find it fit, talk about it, propose changes beside it."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.pages import note_rows
from heritage.catalogue.errors import NotPermitted, WrongState
from heritage.catalogue.models import (
    Approval,
    Comment,
    ProposedEdit,
    Record,
    RecordEvent,
)
from heritage.catalogue.policy import Person, allows

from .editing import check_writer
from .release import State, Verb, check_curator, check_seen, move


def submit(record: Record, *, by: AbstractBaseUser | None) -> None:
    """Send a draft to review. Raises `NotPermitted`, `WrongState`."""
    check_writer(record, by)
    move(record, (State.DRAFT,), State.REVIEW, verb=Verb.SUBMITTED, by=by)


def send_back(record: Record, *, by: AbstractBaseUser | None, reason: str = "") -> None:
    """Give a record in review back to those who draft. Raises as `submit`."""
    check_curator(record, by)
    move(
        record, (State.REVIEW,), State.DRAFT, verb=Verb.SENT_BACK, by=by, reason=reason
    )


@transaction.atomic
def approve(record: Record, *, by: User, seen_version: int | None = None) -> None:
    """Find this version of a record fit for the public; a later one is looked at anew.

    Raises `NotPermitted`, `WrongState`, and `EditedMeanwhile` where it is not the one seen.
    """
    check_curator(record, by)
    check_seen(record, seen_version)
    if record.state == State.RELEASED:
        raise WrongState(record.title, record.get_state_display())
    _approval, is_new = Approval.objects.get_or_create(
        record_kind=record.kind,
        record_key=record.key,
        edit_version=record.saved_version(),
        by=by,
    )
    if is_new:
        _log(record, Verb.APPROVED, by)


def propose(
    record: Record,
    typed: Mapping[str, list[str]],
    *,
    read: Mapping[str, list[str]],
    seen_version: int,
    by: User,
) -> ProposedEdit:
    """Keep a change beside a released record, as typed, until a curator decides."""
    check_writer(record, by)
    return ProposedEdit.objects.create(
        record_kind=record.kind,
        record_key=record.key,
        by=by,
        typed=dict(typed),
        read=dict(read),
        seen_version=seen_version,
    )


@transaction.atomic
def decide(
    proposal: ProposedEdit,
    record: Record,
    verdict: str,
    *,
    by: User,
    reason: str = "",
) -> None:
    """Close a proposal: taken over (in part or whole, by an edit of its own) or refused.

    Raises `NotPermitted`, and `WrongState` where somebody else was faster.
    """
    check_curator(record, by)
    rows = ProposedEdit.objects.filter(pk=proposal.pk, state=ProposedEdit.State.OPEN)
    decided = {"state": verdict, "decided_by": by, "decided_at": timezone.now()}
    with transaction.atomic():
        if not rows.update(**decided, reason=reason):
            raise WrongState(record.title, _("decided already"))
        note_rows(ProposedEdit, proposal.pk)


def comment(
    record: Record,
    text: str,
    *,
    by: User,
    answers_to: Comment | None = None,
) -> Comment:
    """Say something about a record to those who work on it."""
    if not allows(Person.of(by), record) or not _has_part(record, by):
        raise NotPermitted
    return Comment.objects.create(
        record_kind=record.kind,
        record_key=record.key,
        by=by,
        text=text,
        answers_to=answers_to,
    )


def resolve(thread: Comment, record: Record, *, by: User) -> None:
    """Close a thread, or open it again."""
    check_writer(record, by)
    is_open = thread.resolved_at is None
    thread.resolved_at = timezone.now() if is_open else None
    thread.resolved_by = by if is_open else None
    thread.save(update_fields=["resolved_at", "resolved_by"])


def _has_part(record: Record, by: AbstractBaseUser) -> bool:
    person = Person.of(by)
    return person.is_administrator or record.collection_id in person.reads_in


def _log(record: Record, verb: str, by: Any) -> None:
    RecordEvent.objects.create(
        record_kind=record.kind, record_key=record.key, verb=verb, by=by
    )
