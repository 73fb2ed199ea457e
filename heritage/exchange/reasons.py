"""Why the register refuses something: kept in both languages, told in the reader's."""

from collections.abc import Mapping
from typing import Final

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError

from heritage.catalogue.errors import CatalogueError
from heritage.lib.languages import choose, in_both

# The database, and what rooms above keep the register from: a move of what the ledger holds.
REFUSALS: Final = (IntegrityError, DataError, CatalogueError)
LONGEST: Final = 500

Reason = str | dict[str, str]


def reason_of(error: Exception) -> Reason:
    """Give the reason by language tag; as it is where no language matters."""
    by_tag = in_both(lambda: _sentence(error)[:LONGEST])
    first, *others = by_tag.values()
    return by_tag if any(other != first for other in others) else first


def told_reason(reason: str | Mapping[str, str]) -> str:
    """Say it in the reader's language; a plain text as it stands."""
    if isinstance(reason, str):
        return reason
    return choose(reason.get("zh-Hans", ""), reason.get("en", ""))


def _sentence(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    return str(error)
