"""What a museum's own process can be asked about what killed workers have left."""

from datetime import timedelta

import time_machine
from django.conf import settings
from django.utils import timezone

from heritage.archive import due as archive_due
from heritage.archive.models import Deposit
from heritage.archive.places import incoming
from heritage.captures import due as captures_due
from heritage.captures.models import Run
from tests.faults.looking import errors_in

LATER = timedelta(days=2)  # beyond every grace


def recover_and_look() -> list[str]:
    """Do what the tick does two days later; tell what is lost, half made or left over."""
    with time_machine.travel(timezone.now() + LATER):
        archive_due.finish_deposits()
        captures_due.discard_orphaned_outputs()
        archive_due.finish_deposits()
        captures_due.remove_work_folders()
        archive_due.remove_leftovers()
    faults = [f"{run}: {run.state}" for run in Run.objects.exclude(state="succeeded")]
    named = set(Run.objects.values_list("outputs", flat=True))
    for deposit in Deposit.objects.exclude(state=Deposit.State.REFUSED):
        faults += errors_in(deposit)
        if deposit.kind == Deposit.Kind.DERIVED and deposit.pk not in named:
            faults.append(f"{deposit} is nobody's")
    faults += [f"left over: {path}" for path in incoming().iterdir()]
    faults += [f"left over: {path}" for path in settings.WORK_ROOT.glob("run-*")]
    return faults
