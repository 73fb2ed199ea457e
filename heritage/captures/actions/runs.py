"""Start a run, cancel it, make its model the relic's."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from heritage.captures import bell
from heritage.captures.errors import (
    AlreadyComputing,
    NoRoom,
    NothingUsable,
    PicksStale,
    RunIsOver,
    UnitNotStated,
    WrongParameter,
)
from heritage.captures.models import Capture, Run
from heritage.captures.permission import check_member
from heritage.captures.stage_shelf import make_room
from heritage.captures.ties import is_stale
from heritage.captures.usable import files_in_use, lacks_only_unit, named_scans

# Stage outputs and the master against their inputs: measured at 3 to 8 times.
ROOM_FACTOR = 10
ROOM_LEAST_BYTES = 512 * 1024**2
SAFE_NAME = re.compile(r"[a-z][a-z0-9_.-]*\Z", re.IGNORECASE)
State = Run.State


def start_run(
    capture: Capture,
    *,
    by: AbstractBaseUser | None,
    is_exact: bool = True,
    recipe: str = "",
    parameters: Mapping[str, Any] | None = None,
    left_out: Collection[str] = (),
    said: Mapping[str, Any] | None = None,
) -> Run:
    """Ask for a reconstruction of the capture's usable scans.

    `left_out` names scans, as `scan_names` does, that this run goes without; `said` is
    what else a person has said of them, as the engine reads it. Raises `NotPermitted`,
    `UnitNotStated`, `NothingUsable`, `WrongParameter`, `PicksStale`, `NoRoom` or
    `AlreadyComputing`.
    """
    check_member(capture, by)
    for name in [*filter(None, [recipe]), *(parameters or {})]:
        if not SAFE_NAME.match(name):
            raise WrongParameter(name)
    _check_files(capture, left_out)
    if is_stale(capture, said or {}):
        raise PicksStale
    with transaction.atomic():
        Capture.objects.select_for_update().get(pk=capture.pk)
        if _unfinished(capture).exists():
            raise AlreadyComputing
        run = Run.objects.create(
            capture=capture,
            is_exact=is_exact,
            recipe=recipe,
            parameters=dict(parameters or {}),
            constraints={
                **(said or {}),
                **({"leave_out": sorted(left_out)} if left_out else {}),
            },
            asked_by_id=by.pk if by else None,
        )
        bell.ring(run)
    return run


def restart_in_unit(run: Run, unit: str, *, by: AbstractBaseUser | None) -> Run:
    """Compute a run once more, its files read in another unit.

    Raises what `start_run` raises; then the capture keeps the unit it had.
    """
    capture = run.capture
    check_member(capture, by)
    if unit not in Capture.Unit.values or not unit:
        raise WrongParameter(unit)
    with transaction.atomic():
        capture.unit = unit
        capture.save(update_fields=["unit", "modified_at"])
        return start_run(
            capture,
            by=by,
            is_exact=run.is_exact,
            recipe=run.recipe,
            parameters=run.parameters,
            left_out=run.constraints.get("leave_out", ()),
            said=run.constraints,
        )


def cancel_run(run: Run, *, by: AbstractBaseUser | None) -> None:
    """Cancel a waiting run at once; ask the worker of a running one to stop it."""
    check_member(run.capture, by)
    rows = Run.objects.filter(pk=run.pk)
    now = timezone.now()
    done = rows.filter(state=State.WAITING).update(
        state=State.CANCELLED, stop_asked=True, finished_at=now
    ) or rows.filter(state=State.RUNNING).update(stop_asked=True)
    run.refresh_from_db()
    if not done:
        raise RunIsOver(run.get_state_display())


def check_room(input_bytes: int) -> None:
    """Refuse with `NoRoom` what the work folder has no room for."""
    needed = ROOM_LEAST_BYTES + ROOM_FACTOR * input_bytes
    root = Path(settings.WORK_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    free = make_room(needed)
    if free < needed:
        raise NoRoom(needed_bytes=needed, free_bytes=free)


def _check_files(capture: Capture, left_out: Collection[str]) -> None:
    usable = [one for one in named_scans(capture) if one[0] not in left_out]
    files = files_in_use(capture)
    # Before "nothing usable": this one the curator can put right with one choice.
    if not capture.unit:
        unitless = [file.stored_file.name for file in files if lacks_only_unit(file)]
        if unitless:
            raise UnitNotStated(unitless)
    if not usable:
        raise NothingUsable
    check_room(sum(file.stored_file.size_bytes for _, file in usable))


def _unfinished(capture: Capture) -> Any:
    return Run.objects.filter(
        capture=capture,
        type=Run.Type.RECONSTRUCT,
        state__in=[State.WAITING, State.RUNNING],
        stop_asked=False,
    )
