"""What a released relic's page said earlier: each version since it was last withdrawn.

A withdrawal takes all that was said before it away, also when the relic comes back. What
other records say of it is of today, and not shown here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from heritage.catalogue.models import Record, RecordEvent, Relic
from heritage.catalogue.policy import STRANGER, person_of
from heritage.catalogue.reach import NoSuchRecord, find_record
from heritage.catalogue.spoken import span_label
from heritage.pages.facts import Fact, fact, kept, label_of, title_for

MOST: Final = 50


@dataclass(frozen=True)
class Version:
    number: int
    at: datetime
    relic: Relic  # as it was then; what it names is read by the rules of today


@require_safe
def relic_versions(request: HttpRequest, key: str) -> HttpResponse:
    relic = find_record(Relic, key, person_of(request))
    versions, is_all = released_versions(relic)
    asked = request.GET.get("version", "")
    chosen = next((one for one in versions if str(one.number) == asked), None)
    if asked and chosen is None:
        raise NoSuchRecord(Relic.kind, key)
    context = {
        "section": "relics",
        "record": relic,
        "versions": versions,
        "is_all": is_all,
        "chosen": chosen,
        "facts": version_facts(chosen.relic) if chosen else [],
    }
    return render(request, "pages/versions.html", context)


def released_versions(relic: Relic) -> tuple[list[Version], bool]:
    """Give the versions that were public, newest first, and whether these are all.

    They go back to the last withdrawal.
    """
    found: dict[int, Version] = {}
    for row in _released_rows(relic).iterator() if relic.is_released else ():
        if len(found) == MOST and row.edit_version not in found:
            return list(found.values()), False
        found.setdefault(
            row.edit_version, Version(row.edit_version, row.history_date, row.instance)
        )
    return list(found.values()), True


def _released_rows(relic: Relic) -> QuerySet[Any]:
    history: Any = relic.history
    released = history.filter(state=Record.State.RELEASED)
    rows: QuerySet[Any] = released.order_by("-history_date")
    gone = RecordEvent.objects.filter(
        record_kind=Relic.kind, record_key=relic.key, verb=RecordEvent.Verb.WITHDRAWN
    )
    last = gone.order_by("-at").values_list("at", flat=True).first()
    return rows if last is None else rows.filter(history_date__gt=last)


def version_facts(relic: Relic) -> list[Fact]:
    """Tell what a version said in the relic's own fields that everybody may read."""
    return kept(
        [
            fact(_("Register number"), relic.register_no),
            fact(_("Category"), label_of(relic, "category")),
            fact(_("Grade"), label_of(relic, "grade")),
            fact(
                _("Period"),
                _named(relic, "period"),
                span_label(relic.begin_year, relic.end_year),
            ),
            fact(_("Dating as written"), relic.period_text),
            fact(_("Maker"), _named(relic, "maker")),
            fact(_("Made at"), _named(relic, "made_at")),
            fact(_("Completeness"), label_of(relic, "completeness")),
            fact(_("Preservation"), label_of(relic, "preservation")),
            fact(_("Holder"), _named(relic, "holder"), note=relic.credit),
            fact(_("Rights"), relic.get_rights_display()),
        ]
    )


def _named(relic: Relic, name: str) -> str:
    """Name what a field led to, if it is still there: it may have been deleted since."""
    field: Any = Relic._meta.get_field(name)
    rows = field.related_model.objects.filter(pk=getattr(relic, field.attname))
    return title_for(rows.first(), STRANGER)
