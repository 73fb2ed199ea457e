"""The chain of digests that seals a ledger: a change of one entry breaks all after it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

from django.utils.translation import gettext as _

from .models import Ledger, LedgerEntry

SEALED = (
    "number", "kind", "about", "relic_key", "cells", "struck", "reason", "voucher", "by",
)  # fmt: skip


@dataclass(frozen=True)
class Break:
    """A place where the ledger is not as it was written."""

    number: int
    sentence: str


def seal(entry: LedgerEntry) -> str:
    """Give the SHA-512 over the digest before and all that an entry says, in hex."""
    told = {name: getattr(entry, name) for name in SEALED}
    told["ledger"] = entry.ledger.key
    told["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha512(f"{entry.previous}\n{text}".encode()).hexdigest()


def find_breaks_among(
    ledger: Ledger, entries: Iterable[LedgerEntry]
) -> Iterator[Break]:
    """Look at some entries, each with the one before it: as much work as they are many."""
    ordered = sorted(entries, key=lambda entry: entry.number)
    before = ledger.entries.filter(number__in=[entry.number - 1 for entry in ordered])
    digests = {0: "", **dict(before.values_list("number", "digest"))}
    for entry in ordered:
        entry.ledger = ledger
        if entry.number - 1 not in digests:
            yield Break(entry.number - 1, _("entry %d is missing") % (entry.number - 1))
        yield from _breaks_at(entry, digests.get(entry.number - 1))


def find_breaks(ledger: Ledger) -> Iterator[Break]:
    """Look at every entry in order; what is missing at the end counts as well."""
    previous, number = "", 0
    for entry in ledger.entries.order_by("number").iterator():
        entry.ledger = ledger
        for absent in range(number + 1, entry.number):
            yield Break(absent, _("entry %d is missing") % absent)
        before = previous if entry.number == number + 1 else None
        yield from _breaks_at(entry, before)
        previous, number = entry.digest, entry.number
    if (number, previous) != (ledger.last_number, ledger.last_digest):
        yield Break(number, _("the end is missing: %d entries were written") % ledger.last_number)  # fmt: skip


def _breaks_at(entry: LedgerEntry, before: str | None) -> Iterator[Break]:
    """`before`: the digest of the entry before it, None where that one is missing."""
    if before is not None and entry.previous != before:
        yield Break(entry.number, _("entry %d does not follow the one before it") % entry.number)  # fmt: skip
    if seal(entry) != entry.digest:
        yield Break(entry.number, _("entry %d is not as it was written") % entry.number)  # fmt: skip
