"""What the exchange leaves in a relic's history, said as sentences."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heritage.catalogue.policy import Person, visible
from heritage.catalogue.told_reasons import Reason

from .models import BulkChange, Load

WRITTEN: Final = re.compile(r"(change|undo change|load|undo load|doubt) (\w+)")
SENTENCES: Final[dict[str, Promise]] = {
    "change": _("Changed together with others, by the change %(key)s."),
    "undo change": _("The change %(key)s was taken back."),
    "load": _("Entered by the load %(key)s."),
    "undo load": _("The load %(key)s was taken back."),
    "doubt": _("A doubt was settled (%(key)s)."),
}


def told_reasons(reasons: Collection[str], person: Person) -> dict[str, Reason]:
    """Say those that the exchange has written; each leads to what was done."""
    found = {
        reason: match for reason in reasons if (match := WRITTEN.fullmatch(reason))
    }
    keys = {match[2] for match in found.values()}
    pages = _pages(keys, person) if keys else {}
    return {
        reason: Reason(
            str(SENTENCES[match[1]]) % {"key": match[2]}, pages.get(match[2], "")
        )
        for reason, match in found.items()
    }


def _pages(keys: Iterable[str], person: Person) -> dict[str, str]:
    """Give by key the results of changes and loads that this person may read."""
    changes = visible(BulkChange.objects.filter(key__in=keys), person)
    loads = visible(Load.objects.filter(key__in=keys), person)
    if not person.is_administrator:
        loads = loads.filter(collection__in=person.curates)
    of_changes = changes.values_list("key", flat=True)
    of_loads = loads.values_list("key", flat=True)
    return {key: reverse("admin:exchange_results", args=[key]) for key in of_loads} | {
        key: reverse("admin:exchange_change_results", args=[key]) for key in of_changes
    }
