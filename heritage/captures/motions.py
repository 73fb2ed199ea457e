"""Find the way from a master's frame to that of the one that replaces it.

Two runs that placed the same scans tell it themselves: through any of these, one frame
leads to the other, and they must agree. Other masters are laid on each other by a
comparison, which is refused where too little of them agrees; since a round body may be
laid in several ways, a curator looks before anything follows it.
"""

import logging
import math
from collections import deque
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from heritage.archive.errors import ArchiveError

from .comparison import ask_for_comparison
from .hand import read_poses
from .models import Run, Upright
from .motion_models import MasterMotion
from .rigid import Matrix, inverse, multiplied

log = logging.getLogger(__name__)
Basis = MasterMotion.Basis
State = Run.State
# Of what scans of one run lie apart: their poses in two runs differ by no more.
AGREE_RMS = 3.0
_USERS: list[Callable[[Run], bool]] = []
FINEST_M = 1e-4  # a tenth of a millimetre: nearer than anybody places a hotspot


def declare_placed(lies_on: Callable[[Run], bool]) -> None:
    """Let a room say whether anything of its own was placed on a master."""
    _USERS.append(lies_on)


def note_motion(before: Run, after: Run, *, by: Any) -> None:
    """Keep the way from one master to the next.

    Where scans do not tell it and something lies on the first, a comparison is asked for.
    """
    if _is_known(before, after):
        return
    matrix = _through_scans(before, after)
    if matrix is not None:
        MasterMotion.objects.create(
            before=before, after=after, matrix=matrix, basis=Basis.SCANS,
            confirmed_at=timezone.now(), confirmed_by=by,
        )  # fmt: skip
        return
    runs = Run.objects.filter(type=Run.Type.COMPARE, compared_with=before)
    known = runs.filter(master_of=after).exclude(
        state__in=[State.FAILED, State.CANCELLED]
    )
    done = known.filter(state=State.SUCCEEDED).first()
    if done is not None:
        note_compared(done)
    elif not known.exists() and any(lies_on(before) for lies_on in _USERS):
        ask_for_comparison(before, after, by=by)


def note_compared(run: Run) -> None:
    """Keep the way that a comparison has found; nothing follows it until it is confirmed."""
    change = run.report.get("change") or {}
    if "motion" not in change or _is_known(run.compared_with, run.master_of):
        return
    MasterMotion.objects.get_or_create(
        before=run.compared_with,
        after=run.master_of,
        defaults={
            "matrix": change["motion"],
            "basis": Basis.SURFACE,
            "uncertainty_mm": change.get("uncertainty", {}).get("alignment_mm"),
            "agreeing_share": change.get("agreeing_share"),
        },
    )


def way_between(first: int, last: int) -> Matrix | None:
    """Lead from one master's frame to another's, by primary keys, over confirmed ways."""
    ways: dict[int, list[tuple[int, Matrix]]] = {}
    for row in _confirmed_about(first):
        ways.setdefault(row.before_id, []).append((row.after_id, row.matrix))
        ways.setdefault(row.after_id, []).append((row.before_id, inverse(row.matrix)))
    found: dict[int, Matrix] = {first: _identity()}
    waiting = deque([first])
    while waiting and last not in found:
        here = waiting.popleft()
        for there, matrix in ways.get(here, []):
            if there not in found:
                found[there] = multiplied(matrix, found[here])
                waiting.append(there)
    return found.get(last)


def standing_of_last(run: Run) -> Matrix | None:
    """Give how this run's master stands if it is to stand as the relic's last one did."""
    master = run.master_of or run
    known = Upright.objects.filter(
        run__capture__relic=master.capture.relic_id, confirmed_at__isnull=False
    )
    last = (
        known.exclude(run=master).select_related("run").order_by("confirmed_at").last()
    )
    if last is None:
        return None
    way = way_between(last.run_id, master.pk) or _through_scans(last.run, master)
    return multiplied(last.matrix, inverse(way)) if way else None


def _is_known(one: Run | None, other: Run | None) -> bool:
    """Tell whether two masters are joined already: one way serves both directions."""
    there, back = Q(before=one, after=other), Q(before=other, after=one)
    return MasterMotion.objects.filter(there | back).exists()


def _confirmed_about(master: int) -> list[MasterMotion]:
    relic = Run.objects.filter(pk=master).values("capture__relic")
    rows = MasterMotion.objects.filter(confirmed_at__isnull=False)
    return list(rows.filter(after__capture__relic__in=relic))


def _through_scans(before: Run, after: Run) -> Matrix | None:
    """Lead over from one frame to the other by scans of both; None where they disagree."""
    try:
        old, new = read_poses(before), read_poses(after)
    except (OSError, ArchiveError):
        log.warning(
            "The poses of %s or %s cannot be read.", before, after, exc_info=True
        )
        return None
    shared = sorted(_same_scans(before, after) & old.keys() & new.keys())
    ways = [multiplied(new[name], inverse(old[name])) for name in shared]
    reach = _reach_m(before)
    if not ways or not reach:
        return None
    rms = max(_rms_m(before), _rms_m(after))
    limit = max(FINEST_M, AGREE_RMS * rms)
    best = min(ways, key=lambda way: max(_apart_m(way, other, reach) for other in ways))
    is_well = all(_apart_m(best, other, reach) <= limit for other in ways)
    return best if is_well else None


def _same_scans(before: Run, after: Run) -> set[str]:
    first, second = (_made_of(run) for run in (before, after))
    return {name for name, made in first.items() if second.get(name) == made}


def _made_of(run: Run) -> dict[str, tuple[Any, ...]]:
    """Give what makes a scan's frame: its bytes, its unit, what was taken off all."""
    rows = run.report.get("inputs", [])
    taken_off = run.report.get("figures", {}).get("offset_m")
    return {
        one["name"]: (one.get("sha512"), one.get("unit"), taken_off) for one in rows
    }


def _rms_m(run: Run) -> float:
    found = run.report.get("figures", {}).get("registration_rms_m")
    return float(found) if isinstance(found, int | float) else 0.0


def _reach_m(run: Run) -> float:
    """Give how far the object reaches, to tell what a turn does at its edge."""
    sizes = run.report.get("dimensions", {})
    return math.hypot(
        *(sizes.get(f"{k}_m") or 0.0 for k in ("height", "width", "depth"))
    )


def _apart_m(one: Matrix, other: Matrix, reach_m: float) -> float:
    """Give how far two ways lie apart at most, on an object of that reach."""
    off = multiplied(inverse(one), other)
    shift = math.hypot(*(off[k][3] for k in range(3)))
    turned = sum((off[i][j] - float(i == j)) ** 2 for i in range(3) for j in range(3))
    return shift + math.sqrt(turned / 2) * reach_m


def _identity() -> Matrix:
    return [[float(i == j) for j in range(4)] for i in range(4)]
