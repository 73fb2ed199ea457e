"""Ask for the comparison of two masters, with what is known of both."""

from typing import Any

from django.db.models import OuterRef, QuerySet

from heritage.catalogue.models import ConditionCheck

from .judging import is_scale_known, is_surface_known, surface_mm
from .models import ChangeRecord, FieldSheet, Run, Upright
from .rigid import Matrix, inverse, multiplied


def ask_for_comparison(before: Run, after: Run, *, by: Any) -> Run:
    """Write the run down, the earlier master first; who does not ring, the sweep rings for.

    Callers have checked who asks, and both runs.
    """
    run: Run = Run.objects.create(
        capture=after.capture,
        type=Run.Type.COMPARE,
        master_of=after,
        compared_with=before,
        parameters=_known(before, after),
        asked_by_id=by.pk if by else None,
    )
    return run


def standing_checks(key: str | OuterRef) -> QuerySet[ConditionCheck]:
    """Give the condition check of this key, unless it was struck through."""
    rows: QuerySet[ConditionCheck] = ConditionCheck.objects.filter(
        key=key, struck_at__isnull=True
    )
    return rows


def kept_change(run: Run) -> ChangeRecord | None:
    """Give the record of a comparison that is kept as a check which still stands."""
    row: ChangeRecord | None = ChangeRecord.objects.filter(run=run).first()
    return row if row and standing_checks(row.check_key).exists() else None


def _known(before: Run, after: Run) -> dict[str, Any]:
    """What is known of both: how sure they are, how they stand."""
    sheets = [(run, _sheet(run)) for run in (before, after)]
    first_mm, second_mm = (surface_mm(*one) or 0.0 for one in sheets)
    known: dict[str, Any] = {
        "first_mm": first_mm,
        "second_mm": second_mm,
        "are_surfaces_known": all(is_surface_known(run) for run, _ in sheets),
        "free_scale": not all(is_scale_known(*one) for one in sheets),
        "upright": after.report.get("upright", {}).get("used"),
    }
    if start := _start(_standing(before), _standing(after)):
        known["start"] = start
    return known


def _sheet(run: Run) -> FieldSheet | None:
    sheets = FieldSheet.objects.filter(capture=run.capture).select_related("device")
    return sheets.first()


def _standing(run: Run) -> Matrix | None:
    """How a master stands, if a person has said so."""
    rows = Upright.objects.filter(run=run, confirmed_at__isnull=False)
    found: Matrix | None = rows.values_list("matrix", flat=True).first()
    return found


def _start(first: Matrix | None, second: Matrix | None) -> Matrix | None:
    """Lead from one master to the other through how both stand."""
    if first is None or second is None:
        return None
    return multiplied(inverse(second), first)
