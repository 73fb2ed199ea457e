"""Cards of the start page about work under way and bytes at rest."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.archive.models import Deposit, PreservedRecord
from heritage.captures.models import Run
from heritage.catalogue.dashboard import SHOWN, Card, declare
from heritage.catalogue.policy import Person, visible

RECENT_DAYS = 14  # a failure that is older is no news


def declare_cards() -> None:
    for card in (running_jobs, failed_jobs, failed_deposits, overdue_fixity):
        declare(card)


def running_jobs(person: Person, user_id: int) -> Card | None:
    waiting = Q(state__in=(Run.State.WAITING, Run.State.RUNNING))
    return _runs("running", _("Running jobs"), person, waiting)


def failed_jobs(person: Person, user_id: int) -> Card | None:
    since = timezone.now() - timedelta(days=RECENT_DAYS)
    failed = Q(state=Run.State.FAILED, capture__modified_at__gte=since)
    return _runs(
        "failed-jobs", _("Jobs that failed lately"), person, failed, is_urgent=True
    )


def failed_deposits(person: Person, user_id: int) -> Card | None:
    """Tell who handed in what was refused; administrators hear of all."""
    refused = Deposit.objects.filter(state=Deposit.State.REFUSED)
    if not person.is_administrator:
        refused = refused.filter(created_by=user_id)
    count = refused.count()
    if not count:
        return None
    listed = reverse("admin:archive_deposit_changelist") + "?state__exact=refused"
    return Card(
        "deposits", _("Deposits that were refused"), count, (), listed, is_urgent=True
    )


def overdue_fixity(person: Person, user_id: int) -> Card | None:
    """Tell administrators of objects that nobody has looked at for too long."""
    if not person.is_administrator:
        return None
    long_ago = timezone.now() - timedelta(days=settings.FIXITY_DAYS)
    late = Q(checked_at__lt=long_ago) | Q(checked_at=None)
    count = sum(
        model.objects.exclude(object_path="").filter(late).count()
        for model in (Deposit, PreservedRecord)
    )
    if not count:
        return None
    return Card("fixity", _("Objects whose check is overdue"), count, is_urgent=True)


def _runs(
    slug: str, title: str, person: Person, wanted: Q, *, is_urgent: bool = False
) -> Card | None:
    runs: Any = visible(Run.objects.filter(wanted), person)
    if not person.is_administrator:
        runs = runs.filter(capture__relic__collection__in=person.works_in)
    count = runs.count()
    lines = tuple(
        (
            str(run.capture.relic),
            reverse("admin:captures_capture_work", args=[run.capture_id]),
        )
        for run in runs.select_related("capture__relic")[:SHOWN]
    )
    return Card(slug, title, count, lines, is_urgent=is_urgent) if count else None
