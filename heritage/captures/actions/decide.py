"""Accept a run as the record's master, or refuse it: by name, with date and reason."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.captures.acceptance import (
    accept,
    note_decision,
    take_measures_away,
)
from heritage.captures.acceptance_models import RunDecision
from heritage.captures.errors import ReasonMissing, RunHasNoModel, WrongParameter
from heritage.captures.judging import profiles_of
from heritage.captures.models import Run
from heritage.captures.permission import check_curator
from heritage.catalogue.models import Relic

Verdict = RunDecision.Verdict


def decide_run(
    run: Run,
    *,
    verdict: str,
    by: AbstractBaseUser | None,
    profile: str = "",
    reason: str = "",
) -> RunDecision:
    """Accept or refuse a run that succeeded; the decision is kept for ever.

    A refusal needs a reason, and so does accepting what misses the profile or the target
    accuracy. Raises `NotPermitted`, `RunHasNoModel`, `ReasonMissing`, `WrongParameter`.
    """
    check_curator(run.capture, by)
    run = run.adds_to or run
    run.refresh_from_db()
    if run.state != Run.State.SUCCEEDED or run.type == Run.Type.COMPARE:
        raise RunHasNoModel(run.get_state_display())
    if verdict not in Verdict.values or profile not in {"", *profiles_of(run)}:
        raise WrongParameter(profile or verdict)
    reason = reason.strip()
    if verdict == Verdict.ACCEPTED:
        return accept(run, by=by, profile=profile, reason=reason)
    if not reason:
        raise ReasonMissing(is_refused=True)
    return _refuse(run, by=by, profile=profile, reason=reason)


def _refuse(
    run: Run, *, by: AbstractBaseUser | None, profile: str, reason: str
) -> RunDecision:
    """Refuse a run; was it the master, the relic has none until another is accepted."""
    with transaction.atomic():
        Relic.objects.select_for_update().get(pk=run.capture.relic_id)
        run.refresh_from_db(fields=["is_accepted"])
        was_master = run.is_accepted
        if was_master:
            run.is_accepted = False
            run.save(update_fields=["is_accepted"])
            take_measures_away(run, by=by, reason=reason)
        return note_decision(
            run, Verdict.REFUSED, by=by, profile=profile, reason=reason,
            replaced=run if was_master else None,
        )  # fmt: skip
