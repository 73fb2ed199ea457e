"""What people do to records: admin, API, import and commands all come through here."""

from .acts import (
    ask_guards,
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
from .review import approve, comment, decide, propose, resolve, send_back, submit
from .undo import bring_back, undo

__all__ = [
    "approve",
    "ask_guards",
    "bring_back",
    "comment",
    "decide",
    "editing",
    "find_gaps",
    "follow_status",
    "guard_acts",
    "propose",
    "record_act",
    "record_edit",
    "release",
    "resolve",
    "return_to_draft",
    "save_edit",
    "send_back",
    "settle",
    "strike_act",
    "submit",
    "undo",
    "withdraw",
    "withdraw_consent",
]
