"""Let what was placed on an earlier master follow to a later one, or take that back."""

from django.contrib.auth.models import AbstractBaseUser
from django.utils import timezone

from heritage.captures.models import MasterMotion
from heritage.captures.permission import check_curator


def confirm_motion(
    motion: MasterMotion, *, is_right: bool, by: AbstractBaseUser
) -> None:
    """Follow a way between two masters from now on, or no longer.

    Nothing that was placed is changed by it: it is shown where it follows to, and is where
    it was once this is taken back. Raises `NotPermitted`.
    """
    check_curator(motion.after.capture, by)
    motion.confirmed_at = timezone.now() if is_right else None
    motion.confirmed_by_id = by.pk if is_right else None
    motion.save(update_fields=["confirmed_at", "confirmed_by"])
