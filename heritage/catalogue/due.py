"""What time does to records: releases and withdrawals of a set day, ended consents."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from operator import or_

from django.apps import apps
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.left_behind import lay_in_inbox, left_behind
from heritage.lib.due import due

from .actions import release, settle, withdraw
from .actions.consents import tell_about
from .actions.recordings import NOTE_PREFIX, attach_deposit
from .doors import Door, through
from .errors import CatalogueError, NotEnoughEyes, NotPermitted, NotReady
from .models import SCOPES, Bearer, Consent, FormDraft, Record, RecordingItem

State = Record.State
UNSAVED_KEPT, SAVED_KEPT = timedelta(days=90), timedelta(days=30)
_told: set[str] = set()
log = logging.getLogger(__name__)


@due
@through(Door.TIME)
def release_records() -> int:
    """Release drafts whose day has come, once: not those taken back since."""
    today = timezone.localdate()
    never_since = Q(released_at__isnull=True) | Q(released_at__date__lt=F("release_on"))
    still_to_show = Q(withdraw_on__isnull=True) | Q(withdraw_on__gt=today)
    count = 0
    for records in _every_kind():
        waiting = (State.DRAFT, State.REVIEW)
        drafts = records.filter(state__in=waiting, release_on__lte=today)
        for record in drafts.filter(never_since & still_to_show):
            count += _release(record)
    return count


@due
@through(Door.TIME)
def withdraw_records() -> int:
    """Withdraw what was to be shown until today only."""
    count = 0
    for records in _every_kind():
        for record in records.filter(
            state=State.RELEASED, withdraw_on__lte=timezone.localdate()
        ):
            reason = _("The day set for withdrawal has come.")
            count += _withdraw(record, reason)
    return count


@due
@through(Door.TIME)
def withdraw_bearers_without_consent() -> int:
    """Withdraw bearers whose consent has ended."""
    ended: QuerySet[Bearer] = Bearer.objects.filter(
        state=State.RELEASED, consent_until__lt=timezone.localdate()
    ).exclude(status=Bearer.Status.DECEASED)
    reason = _("The bearer's consent has ended.")
    return sum(_withdraw(bearer, reason) for bearer in ended)


@due
@through(Door.TIME)
def close_what_no_consent_covers() -> int:
    """Close what a consent opened that has run out while others still hold."""
    ended = Consent.objects.filter(
        Q(until__lt=timezone.localdate()) & _opens_something(),
        struck_at__isnull=True,
        withdrawn_on__isnull=True,
    ).exclude(bearer__status=Bearer.Status.DECEASED)
    bearers = Bearer.objects.filter(pk__in=ended.values("bearer"))
    return sum(_close(bearer) for bearer in bearers)


@due
def forget_unsaved_text() -> int:
    """Let go of what was typed and not saved for a season, and of marks of what was saved.

    The marks are kept for a while: a browser may still hand in its copy of a form that
    was saved, and is told so.
    """
    now = timezone.now()
    old = Q(is_done=False, saved_at__lt=now - UNSAVED_KEPT)
    old |= Q(is_done=True, saved_at__lt=now - SAVED_KEPT)
    return FormDraft.objects.filter(old).delete()[0]


@due
def adopt_recordings() -> int:
    """Give files to recordings whose process died before it could, or to the inbox."""
    count = 0
    for item, deposit in left_behind(RecordingItem.objects.all(), NOTE_PREFIX):
        try:
            attach_deposit(item, deposit, by=deposit.created_by)
        except NotPermitted:  # the item was opened to the public meanwhile
            lay_in_inbox(deposit)
        count += 1
    return count


def _opens_something() -> Q:
    """Match consents whose scope is still open: most that ran out closed it long ago."""
    rules = (Q(**{f"covers_{s}": True, f"bearer__open_{s}": True}) for s in SCOPES)
    return reduce(or_, rules)


@transaction.atomic
def _close(bearer: Bearer) -> bool:
    if settle(bearer, Consent):
        tell_about(bearer)
        return True
    return False


def _every_kind() -> Iterator[QuerySet[Record]]:
    for model in apps.get_models():
        if issubclass(model, Record):
            yield model._default_manager.all()


def _release(record: Record) -> bool:
    try:
        release(record, by=None)
    except (NotReady, NotEnoughEyes) as gap:
        if record.key not in _told:
            _told.add(record.key)  # once a process, not every half a minute
            log.warning("%s", gap)
    except CatalogueError:
        return False  # somebody else was faster
    else:
        return True
    return False


def _withdraw(record: Record, reason: str) -> bool:
    try:
        withdraw(record, by=None, reason=reason)
    except CatalogueError:
        return False  # somebody else was faster
    return True
