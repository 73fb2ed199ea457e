"""Answer what visitors ask: grant or refuse files, deal with reported mistakes."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import Any, Final

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from heritage.archive.institution import museum_name
from heritage.catalogue.policy import Person
from heritage.pages.errors import AnsweredAlready, NotACurator
from heritage.pages.granting import granted_address
from heritage.pages.models import ErrorReport, ModelRequest

GOOD_FOR: Final = timedelta(days=30)
log = logging.getLogger(__name__)


def grant_files(asked: ModelRequest, *, by: Any) -> None:
    """Let who asked have the files, at an address that ends.

    Raises `NotACurator`, `AnsweredAlready`.
    """
    asked.grant = asked.grant or asked.wish
    asked.until = asked.until or timezone.localdate() + GOOD_FOR
    _decide(asked, ModelRequest.State.GRANTED, by)


def refuse_files(asked: ModelRequest, *, by: Any) -> None:
    """Raises `NotACurator`, `AnsweredAlready`."""
    asked.grant, asked.until = "", None
    _decide(asked, ModelRequest.State.REFUSED, by)


def close_report(report: ErrorReport, state: ErrorReport.State, *, by: Any) -> None:
    """Raises `NotACurator`, `AnsweredAlready`."""
    _check_curator(report.collection_id, by)
    _settle(report, state, by, ["note"])


def tell_decision(asked: ModelRequest) -> bool:
    """Send the decision in the asker's language; False if no mail went out."""
    if not (settings.EMAIL_HOST and asked.email):
        return False
    with translation.override(asked.language):
        subject = _("Your request for models of “%(relic)s”")
        subject %= {"relic": asked.relic.title}
        text = _letter(asked)
    subject = " ".join(subject.split())  # a title may hold line ends, a header not
    try:
        return bool(send_mail(subject, text, None, [asked.email]))
    except (OSError, SMTPException):
        log.warning("No mail about request %s went out.", asked.key, exc_info=True)
        return False


def _letter(asked: ModelRequest) -> str:
    lines = [_("Thank you for your request.")]
    if asked.state == ModelRequest.State.GRANTED:
        told = _("The files are here until %(day)s: %(address)s")
        day = asked.until.isoformat() if asked.until else ""
        lines.append(told % {"day": day, "address": granted_address(asked)})
    else:
        lines.append(_("We cannot give you these files."))
    return "\n\n".join(filter(None, [*lines, asked.reply, museum_name()]))


def _decide(asked: ModelRequest, state: ModelRequest.State, by: Any) -> None:
    _check_curator(asked.relic.collection_id, by)
    _settle(asked, state, by, ["grant", "until", "reply"])


def _settle(
    row: ModelRequest | ErrorReport, state: str, by: Any, fields: list[str]
) -> None:
    """Move an open row on, once: who comes second hears of it."""
    told = {"state": state, "handled_at": timezone.now(), "handled_by": by}
    is_open = type(row)._default_manager.filter(pk=row.pk, state="open")
    if not is_open.update(**told):
        raise AnsweredAlready
    for name, value in told.items():
        setattr(row, name, value)
    row.save(update_fields=[*told, *fields])


def _check_curator(collection: int, by: Any) -> None:
    person = Person.of(by)
    if not person.is_administrator and collection not in person.curates:
        raise NotACurator
