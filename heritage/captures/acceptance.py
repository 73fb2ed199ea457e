"""Make a run's outputs the relic's model. Callers have checked who asks."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.catalogue.models import Dimension, RecordEvent, Relic

from .acceptance_models import RunDecision
from .errors import ReasonMissing
from .judging import judge_run
from .models import Run, Upright
from .motions import note_motion

CM_A_METRE = 100.0
KINDS = ("height", "width", "depth")
Matrix = list[list[float]]


def accept(run: Run, *, by: Any, profile: str = "", reason: str = "") -> RunDecision:
    """Show this run's model from now on, and measure the relic by it.

    Raises `ReasonMissing` where it misses what was asked for and nobody says why it may.
    """
    if not reason and not judge_run(run, profile).is_well:
        raise ReasonMissing(is_refused=False)
    relic = run.capture.relic
    with transaction.atomic():
        # Two acceptances at once would each leave the other's run accepted.
        Relic.objects.select_for_update().get(pk=relic.pk)
        accepted = Run.objects.filter(capture__relic=relic, is_accepted=True)
        others = accepted.exclude(pk=run.pk)
        replaced = others.first()
        others.update(is_accepted=False)
        run.is_accepted = True
        run.save(update_fields=["is_accepted"])
        _measure(relic, run)
        _log(relic, RecordEvent.Verb.ACCEPTED, by=by)
        _lead_over(relic, run, by=by)
        return note_decision(
            run, RunDecision.Verdict.ACCEPTED, by=by, profile=profile, reason=reason,
            replaced=replaced,
        )  # fmt: skip


def _lead_over(relic: Relic, run: Run, *, by: Any) -> None:
    """Find the way from the last master to this one, for what was placed on that."""
    earlier = RunDecision.objects.filter(
        run__capture__relic=relic, verdict=RunDecision.Verdict.ACCEPTED
    )
    after = run.master_of or run
    for row in earlier.select_related("run__master_of"):
        before = row.run.master_of or row.run
        if before.pk != after.pk:
            note_motion(before, after, by=by)
            return


def accept_upright(run: Run, *, by: Any) -> bool:
    """Accept a model that was set upright, unless it was refused; tell whether it is.

    How a model stands is no verdict on its figures: of one that nobody has judged, the
    decision says that it came about so.
    """
    master = run.master_of or run
    rows = RunDecision.objects.filter(Q(run=master) | Q(run__master_of=master))
    last = rows.first()
    if last is not None and last.verdict == RunDecision.Verdict.REFUSED:
        return False
    profile, reason = (last.profile, last.reason) if last else ("", "")
    if not reason and not judge_run(run, profile).is_well:
        reason = _("shown by setting it upright; its figures were not judged")
    accept(run, by=by, profile=profile, reason=reason)
    return True


def take_measures_away(run: Run, *, by: Any, reason: str) -> None:
    """Let the relic no longer be as large as a model that was refused."""
    relic = run.capture.relic
    Dimension.objects.filter(relic=relic, origin="scan", run_key=run.key).delete()
    _log(relic, RecordEvent.Verb.REFUSED, by=by, reason=reason)


def note_decision(
    run: Run, verdict: str, *, by: Any, profile: str, reason: str, replaced: Run | None
) -> RunDecision:
    """Write a decision down with the figures that it was made by."""
    judged = judge_run(run, profile)
    made: RunDecision = RunDecision.objects.create(
        run=run,
        verdict=verdict,
        by=by,
        checker=(by.get_full_name() or by.get_username()) if by else "",
        profile=judged.profile,
        reason=reason,
        target_accuracy_mm=judged.target_mm,
        accuracy_mm=judged.accuracy_mm,
        figures={"passed": judged.passed, "lines": judged.lines},
        replaced=replaced,
    )
    return made


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


def _log(relic: Relic, verb: str, *, by: Any, reason: str = "") -> None:
    RecordEvent.objects.create(
        record_kind=relic.kind, record_key=relic.key, verb=verb, by=by, reason=reason
    )
