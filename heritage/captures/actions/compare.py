"""Compare two masters of a relic; keep what was found as a check of its condition."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from heritage.captures import bell
from heritage.captures.change_words import told_change
from heritage.captures.comparison import ask_for_comparison, kept_change
from heritage.captures.errors import AlreadyComputing, NotComparable, RunHasNoModel
from heritage.captures.hand_models import ChangeRecord
from heritage.captures.models import Capture, Run
from heritage.captures.permission import check_curator, check_member
from heritage.captures.quality.sheet import measured_run
from heritage.catalogue.actions.acts import record_act
from heritage.catalogue.models import ConditionCheck

State = Run.State


def compare_runs(first: Run, second: Run, *, by: AbstractBaseUser | None) -> Run:
    """Ask for the difference between two runs' masters, the earlier one first.

    Raises `NotPermitted`, `NotComparable`, `AlreadyComputing`.
    """
    check_member(second.capture, by)
    before, after = measured_run(first), measured_run(second)
    done = {before.state, after.state} == {State.SUCCEEDED}
    is_one = before.capture.relic_id == after.capture.relic_id
    if not done or not is_one or before.pk == after.pk:
        raise NotComparable
    with transaction.atomic():
        Capture.objects.select_for_update().get(pk=after.capture_id)
        same = Run.objects.filter(
            type=Run.Type.COMPARE, master_of=after, compared_with=before,
            state__in=[State.WAITING, State.RUNNING], stop_asked=False,
        )  # fmt: skip
        if same.exists():
            raise AlreadyComputing
        run = ask_for_comparison(before, after, by=by)
        bell.ring(run)
        return run


def keep_as_condition(run: Run, *, by: AbstractBaseUser | None) -> ChangeRecord:
    """Write what a comparison found into the relic's condition checks; once.

    Once more where that check was struck through.

    Completeness and preservation stay as the last check has them: a map is no verdict.
    They are as they are today, not as on the day of the capture.
    Raises `NotPermitted`, `RunHasNoModel`.
    """
    check_curator(run.capture, by)
    if run.state != State.SUCCEEDED or run.type != Run.Type.COMPARE:
        raise RunHasNoModel(run.get_state_display())
    with transaction.atomic():
        Run.objects.select_for_update().get(pk=run.pk)
        kept = kept_change(run)
        if kept is not None:
            return kept
        relic = run.capture.relic
        check = ConditionCheck(
            relic=relic,
            decided_on=timezone.localdate(),
            completeness=relic.completeness,
            completeness_note=told_change(run)[:500],
            preservation=relic.preservation,
            evidence=f"{run.type} {run.key}",
        )
        record_act(check, by=by)
        told = {"check_key": check.key, "by_id": by.pk if by else None}
        told["at"] = timezone.now()
        made: ChangeRecord
        made, _ = ChangeRecord.objects.update_or_create(run=run, defaults=told)
        return made
