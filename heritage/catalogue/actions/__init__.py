"""What people do to records: admin, API, import and commands all come through here."""

from .release import find_gaps, release, return_to_draft, withdraw

__all__ = ["find_gaps", "release", "return_to_draft", "withdraw"]
