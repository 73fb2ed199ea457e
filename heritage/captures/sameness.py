"""Whether a model's shape is that of the relic's accepted one, as far as was compared.

Another relic's files may be as large as the register says; their surface then lies on
that of the accepted model in few places only. It is a finding and no verdict: a relic that
was broken or put together since looks no different.
"""

from dataclasses import dataclass

from django.db.models import Q

from .comparison import ask_for_comparison
from .models import Run
from .quality.sheet import measured_run

State = Run.State
HALF = 0.5  # where less agrees, most of the surface speaks against it
NOTHING_IN_COMMON = "nothing-in-common"  # what the engine could not lay on each other


@dataclass(frozen=True)
class Sameness:
    """How a model compares with the relic's accepted one.

    share : of the surface that agrees, 0 to 1; None while that is not known
    is_under_way : a comparison is being computed
    """

    accepted: Run
    share: float | None
    is_under_way: bool = False

    @property
    def is_doubtful(self) -> bool:
        return self.share is not None and self.share < HALF

    @property
    def percent(self) -> int | None:
        return None if self.share is None else round(100 * self.share)


def compare_shape(run: Run) -> Sameness | None:
    """Tell what the last comparison says; None where no other master was accepted."""
    own = measured_run(run)
    rows = Run.objects.filter(capture__relic=run.capture.relic_id, is_accepted=True)
    accepted = rows.select_related("master_of", "capture").first()
    if accepted is None or measured_run(accepted).pk == own.pk:
        return None
    master = measured_run(accepted)
    pair = Q(compared_with=master, master_of=own) | Q(
        compared_with=own, master_of=master
    )
    told = Run.objects.filter(pair, type=Run.Type.COMPARE).order_by(
        "-created_at", "-pk"
    )
    for one in told:
        if not one.is_over:
            return Sameness(accepted, None, is_under_way=True)
        share = _share(one)
        if share is not None:
            return Sameness(accepted, share)
    return Sameness(accepted, None)


def ask_for_shape(run: Run) -> Run | None:
    """Have a new model's shape compared with the accepted one; the sweep rings for it.

    Of the capture that was accepted it would say nothing: the files are the same.
    """
    found = compare_shape(run)
    if found is None or found.share is not None or found.is_under_way:
        return None
    if found.accepted.capture_id == run.capture_id:
        return None
    return ask_for_comparison(measured_run(found.accepted), run, by=run.asked_by)


def _share(compared: Run) -> float | None:
    if compared.state == State.SUCCEEDED:
        found = (compared.report.get("change") or {}).get("agreeing_share")
    elif compared.error_code == NOTHING_IN_COMMON:
        percent = compared.error_facts.get("percent")
        found = percent / 100 if isinstance(percent, int | float) else None
    else:
        found = None
    return float(found) if isinstance(found, int | float) else None
