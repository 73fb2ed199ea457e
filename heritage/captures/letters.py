"""Letters to those who asked for them: which runs have ended, which consents will.

Each letter is noted in the person's row before it goes out, so that it goes out at most
once: what was noted is taken back only when the server surely has not taken the letter.
Whoever is killed in between leaves a letter unsent; the start page tells the same.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Final, NamedTuple

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from heritage.archive.institution import museum_name
from heritage.catalogue.dashboard import ending_bearers
from heritage.catalogue.models import Bearer
from heritage.catalogue.policy import Person, visible
from heritage.lib.languages import marked

from .letter_models import Letters
from .messages import run_error_sentence
from .models import Run

GAPS: Final = {
    Letters.Often.DAILY: timedelta(days=1),
    Letters.Often.SOON: timedelta(minutes=15),
}
# A run's end is written a moment before others see it.
SETTLED: Final = timedelta(minutes=1)
SERVER_AWAY: Final = timedelta(minutes=10)
REFUSED: Final = timedelta(days=1)
CONSENTS_AGAIN, CONSENTS_NONE = timedelta(days=7), timedelta(days=1)
AT_ONCE: Final = 50  # letters of one tick
LISTED: Final = 30  # runs, and consents, of one letter
log = logging.getLogger(__name__)


class ServerAway(Exception):
    """The mail server cannot be reached, or does not let the museum in."""


class News(NamedTuple):
    """What one letter tells: rows that its reader may see, and how many there are."""

    runs: list[Run]
    run_count: int
    bearers: list[Bearer]
    bearer_count: int


def send_letters() -> int:
    """Send what is due; of nothing due one query is asked, without a server none."""
    if not settings.EMAIL_HOST:
        return 0
    now, sent = timezone.now(), 0
    for row in _due(now)[:AT_ONCE]:
        try:
            sent += _tell(row, now)
        except ServerAway:
            # Nobody else's letter would go out either: no other is tried, one by one.
            rows = Letters.objects.filter(next_at__lte=now)
            rows.update(next_at=now + SERVER_AWAY)
            log.warning("The mail server is away: letters wait.", exc_info=True)
            break
    return sent


def _due(now: datetime) -> QuerySet[Letters]:
    since = Run.objects.filter(_ended(now), finished_at__gt=OuterRef("told_until"))
    rows = Letters.objects.exclude(often=Letters.Often.NEVER).exclude(user__email="")
    rows = rows.filter(next_at__lte=now, user__is_active=True, user__is_staff=True)
    news = Exists(since) | Q(consents_at__lte=now)
    return rows.filter(news).select_related("user").order_by("next_at", "pk")


def _ended(now: datetime) -> Q:
    over = (Run.State.SUCCEEDED, Run.State.FAILED)
    return Q(state__in=over, finished_at__lte=now - SETTLED)


def _tell(row: Letters, now: datetime) -> bool:
    """Send one person's letter if there is one. Raises `ServerAway`."""
    news = _news(row, now)
    if not _note(row, news, now) or not (news.runs or news.bearers):
        return False
    with translation.override(row.language):
        letter = EmailMessage(_subject(news), _text(news), to=[row.user.email])
    return _send(letter, row, now)


def _news(row: Letters, now: datetime) -> News:
    person = Person.of(row.user)
    runs = visible(Run.objects.filter(_ended(now)), person)
    runs = runs.filter(finished_at__gt=row.told_until).order_by("finished_at", "pk")
    bearers = ending_bearers(person)
    if not person.is_administrator:
        runs = runs.filter(capture__relic__collection__in=person.works_in)
    if row.consents_at > now:
        bearers = bearers.none()
    return News(
        list(runs.select_related("capture__relic")[:LISTED]), runs.count(),
        list(bearers[:LISTED]), bearers.count(),
    )  # fmt: skip


def _note(row: Letters, news: News, now: datetime) -> bool:
    """Write down what this letter tells; False if somebody else was faster."""
    told = {"told_until": now - SETTLED}
    if news.runs or news.bearers:
        told["next_at"] = now + GAPS[Letters.Often(row.often)]
    if row.consents_at <= now:
        again = CONSENTS_AGAIN if news.bearers else CONSENTS_NONE
        told["consents_at"] = now + again
    same = Letters.objects.filter(
        pk=row.pk, often=row.often, told_until=row.told_until,
        next_at=row.next_at, consents_at=row.consents_at,
    )  # fmt: skip
    return bool(same.update(**told))


def _take_back(row: Letters, now: datetime, wait: timedelta) -> None:
    Letters.objects.filter(pk=row.pk, told_until=now - SETTLED).update(
        told_until=row.told_until, consents_at=row.consents_at, next_at=now + wait
    )


def _send(letter: EmailMessage, row: Letters, now: datetime) -> bool:
    connection = get_connection()
    try:
        connection.open()
    except (OSError, SMTPException) as error:
        _take_back(row, now, SERVER_AWAY)
        raise ServerAway from error
    try:
        return bool(connection.send_messages([letter]))
    except (SMTPResponseException, SMTPRecipientsRefused):
        _take_back(row, now, REFUSED)
        log.warning("The mail server refused a letter to %s.", row.user, exc_info=True)
    except (OSError, SMTPException):
        # It may have been taken before the line broke: it is not sent twice.
        log.warning("A letter to %s may be lost.", row.user, exc_info=True)
    finally:
        _close(connection)
    return False


def _close(connection: object) -> None:
    try:
        connection.close()  # type: ignore[attr-defined]
    except (OSError, SMTPException):
        log.info("The mail server did not say goodbye.", exc_info=True)


def _subject(news: News) -> str:
    if news.run_count:
        told = ngettext(
            "%(count)s computation has ended", "%(count)s computations have ended",
            news.run_count,
        ) % {"count": news.run_count}  # fmt: skip
    else:
        told = _("Consents that end within 90 days")
    # A museum's name may hold line ends, a header not.
    return " ".join(f"{museum_name()}: {told}".split())


def _text(news: News) -> str:
    parts = [*_about_runs(news), *_about_consents(news)]
    ask = _("You have asked for these letters. To change that: %(address)s")
    page = _address(reverse("admin:captures_letters_changelist"))
    return "\n\n".join([*parts, ask % {"address": page}, museum_name()])


def _about_runs(news: News) -> Iterator[str]:
    for run in news.runs:
        title = marked(run.capture.relic.title)
        head = f"{title} · {run.get_type_display()} · {run.get_state_display()}"
        page = _address(reverse("admin:captures_capture_work", args=[run.capture_id]))
        yield "\n".join(filter(None, [head, run_error_sentence(run), page]))
    yield from _others(news.run_count - len(news.runs))


def _about_consents(news: News) -> Iterator[str]:
    if not news.bearers:
        return
    yield _("Consents that end within 90 days")
    for bearer in news.bearers:
        head = f"{marked(bearer.title)} · {bearer.consent_until}"
        page = reverse("admin:catalogue_bearer_change", args=[bearer.pk])
        yield f"{head}\n{_address(page)}"
    yield from _others(news.bearer_count - len(news.bearers))


def _others(count: int) -> Iterator[str]:
    if count:
        told = ngettext("and %(count)s more", "and %(count)s more", count)
        start = _address(reverse("admin:index"))
        yield f"{told % {'count': count}}\n{start}"


def _address(path: str) -> str:
    return settings.BASE_IRI + path
