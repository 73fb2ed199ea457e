"""What follows when a bearer's consents change: what they no longer open goes."""

from itertools import chain

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q
from django.utils.translation import gettext as _

from heritage.catalogue import signals
from heritage.catalogue.models import Bearer, Recording, Transmission

from .release import withdraw


def follow_consents(bearer: Bearer, *, by: AbstractBaseUser | None) -> None:
    """Withdraw the record of who has agreed no longer, and tell the graphs about it."""
    bearer.refresh_from_db()
    if bearer.is_released and bearer.needs_consent and not bearer.has_consent:
        withdraw(bearer, by=by, reason=_("The bearer's consent has ended."))
    tell_about(bearer)


def tell_about(bearer: Bearer) -> None:
    """Let all that a bearer's consent opens or closes be told anew."""
    hangs = chain(
        [bearer.person],
        Transmission.objects.filter(Q(master=bearer) | Q(apprentice=bearer)),
        Recording.objects.filter(bearer=bearer),
    )
    for row in hangs:
        signals.changed.send(type(row), instance=row)
