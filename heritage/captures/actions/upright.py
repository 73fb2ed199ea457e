"""Set a reconstruction upright: confirm what was proposed, or turn it by hand."""

import contextlib
import math
from collections.abc import Sequence

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from heritage.captures import bell
from heritage.captures.acceptance import Matrix, accept_upright, set_upright
from heritage.captures.errors import NotRigid, RunHasNoModel, RunIsOver
from heritage.captures.models import Run
from heritage.captures.permission import check_curator

from .runs import cancel_run

CLOSE = 1e-6  # metres and cosines: a thousandth of what a scanner resolves
State = Run.State


def confirm_upright(
    run: Run, *, matrix: Sequence[Sequence[float]], by: AbstractBaseUser | None
) -> Run | None:
    """Settle how the model stands, and make it the relic's model if none objects.

    What the run's files already show is accepted at once (gives None). Another
    transform starts a delivery, which is accepted when it succeeds. A model that was
    refused is only set upright.
    """
    check_curator(run.capture, by)
    run = run.adds_to or run
    run.refresh_from_db()
    if run.state != State.SUCCEEDED:
        raise RunHasNoModel(run.get_state_display())
    wanted = parse_rigid(matrix)
    master = run.master_of or run
    with transaction.atomic():
        _supersede(master, by=by)
        if _is_close(wanted, run.report["upright"]["used"]):
            set_upright(master, wanted, by=by)
            accept_upright(run, by=by)
            return None
        delivery = Run.objects.create(
            capture=run.capture,
            type=Run.Type.DELIVER,
            master_of=master,
            is_exact=master.is_exact,
            parameters={"upright": wanted},
            asked_by_id=by.pk if by else None,
        )
        bell.ring(delivery)
    return delivery


def parse_rigid(matrix: Sequence[Sequence[float]]) -> Matrix:
    """Read a 4x4 transform that only turns and moves; raise `NotRigid` otherwise."""
    try:
        rows = [[float(value) for value in row] for row in matrix]
    except (TypeError, ValueError) as error:
        raise NotRigid from error
    if [len(row) for row in rows] != [4, 4, 4, 4] or not _is_finite(rows):
        raise NotRigid
    if not _is_close([rows[3]], [[0.0, 0.0, 0.0, 1.0]]) or not _is_rotation(rows):
        raise NotRigid
    return rows


def _is_finite(rows: Matrix) -> bool:
    return all(math.isfinite(value) for row in rows for value in row)


def _is_rotation(rows: Matrix) -> bool:
    axes = [row[:3] for row in rows[:3]]
    products = [
        [sum(x * y for x, y in zip(a, b, strict=True)) for b in axes] for a in axes
    ]
    unit = [[float(i == j) for j in range(3)] for i in range(3)]
    return _is_close(products, unit) and _determinant(axes) > 0


def _determinant(axes: Matrix) -> float:
    (a, b, c), (d, e, f), (g, h, i) = axes
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def _is_close(one: Matrix, other: Matrix) -> bool:
    return all(
        abs(x - y) <= CLOSE
        for row, line in zip(one, other, strict=True)
        for x, y in zip(row, line, strict=True)
    )


def _supersede(master: Run, *, by: AbstractBaseUser | None) -> None:
    """A later decision stands: deliveries of an earlier one are cancelled."""
    for delivery in master.deliveries.filter(
        type=Run.Type.DELIVER,
        state__in=[State.WAITING, State.RUNNING],
        stop_asked=False,
    ):
        with contextlib.suppress(RunIsOver):
            cancel_run(delivery, by=by)
