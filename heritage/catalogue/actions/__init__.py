"""What people do to records: admin, API, import and commands all come through here."""

from .acts import record_act, record_edit, strike_act
from .release import find_gaps, release, return_to_draft, withdraw

__all__ = [
    "find_gaps",
    "record_act",
    "record_edit",
    "release",
    "return_to_draft",
    "strike_act",
    "withdraw",
]
