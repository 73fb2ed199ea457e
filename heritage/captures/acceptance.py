"""Make a run's outputs the relic's model. Callers have checked who asks."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from heritage.catalogue.models import Dimension, RecordEvent, Relic

from .models import Run, Upright

CM_A_METRE = 100.0
KINDS = ("height", "width", "depth")
Matrix = list[list[float]]


def accept(run: Run, *, by: Any) -> None:
    """Show this run's model from now on, and measure the relic by it."""
    relic = run.capture.relic
    with transaction.atomic():
        # Two acceptances at once would each leave the other's run accepted.
        Relic.objects.select_for_update().get(pk=relic.pk)
        others = Run.objects.filter(capture__relic=relic, is_accepted=True)
        others.exclude(pk=run.pk).update(is_accepted=False)
        run.is_accepted = True
        run.save(update_fields=["is_accepted"])
        _measure(relic, run)
        _log(relic, RecordEvent.Verb.ACCEPTED, by=by)


def set_upright(run: Run, matrix: Matrix, *, by: Any) -> None:
    """Keep how a reconstruction stands, as a person has confirmed it."""
    with transaction.atomic():
        Upright.objects.update_or_create(
            run=run,
            defaults={
                "matrix": matrix,
                "confirmed_at": timezone.now(),
                "confirmed_by": by,
            },
        )
        _log(run.capture.relic, RecordEvent.Verb.SET_UPRIGHT, by=by)


def _measure(relic: Relic, run: Run) -> None:
    """Write the model's size; a run that measured nothing leaves no older size behind."""
    figures = run.report.get("dimensions", {})
    uncertainty = figures.get("uncertainty_m")
    for kind in KINDS:
        rows = Dimension.objects.filter(relic=relic, kind=kind, origin="scan")
        value_m = figures.get(f"{kind}_m")
        if not value_m:
            rows.delete()
            continue
        Dimension.objects.update_or_create(
            relic=relic,
            kind=kind,
            origin=Dimension.Origin.SCAN,
            defaults={
                "value": _cm(value_m),
                "unit": "cm",
                "uncertainty": None if uncertainty is None else _cm(uncertainty),
                "run_key": run.key,
                "literal": "",
            },
        )


def _cm(value_m: float) -> float:
    # A micrometre is finer than any scanner: the rest is noise of floating point.
    return round(value_m * CM_A_METRE, 4)


def _log(relic: Relic, verb: str, *, by: Any) -> None:
    RecordEvent.objects.create(
        record_kind=relic.kind, record_key=relic.key, verb=verb, by=by
    )
