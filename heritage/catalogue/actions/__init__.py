"""What people do to records: admin, API, import and commands all come through here."""

from .acts import (
    follow_status,
    guard_acts,
    record_act,
    record_edit,
    settle,
    strike_act,
    withdraw_consent,
)
from .editing import editing, save_edit
from .release import find_gaps, release, return_to_draft, withdraw

__all__ = [
    "editing",
    "find_gaps",
    "follow_status",
    "guard_acts",
    "record_act",
    "record_edit",
    "release",
    "return_to_draft",
    "save_edit",
    "settle",
    "strike_act",
    "withdraw",
    "withdraw_consent",
]
