"""Who may do what to the archive itself: rights given in the admin, to a person or group."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext_lazy as _

from .errors import NoRight

RETIRE = "archive.retire_deposit"
ASK_ERASURE = "archive.ask_erasure"
CONFIRM_ERASURE = "archive.confirm_erasure"
WORDS = {
    RETIRE: _("may retire files and bring them back"),
    ASK_ERASURE: _("may ask for a lawful erasure"),
    CONFIRM_ERASURE: _("may confirm a lawful erasure"),
}


def has_right(by: AbstractBaseUser | None, right: str) -> bool:
    """Tell whether a person has a right; an account that is closed has none."""
    return bool(by is not None and getattr(by, "has_perm", lambda _right: False)(right))


def check_right(by: AbstractBaseUser | None, right: str) -> None:
    """Raise `NoRight`, which names the right that is missing."""
    if not has_right(by, right):
        raise NoRight(str(WORDS[right]))
