"""Ring for runs that wait: the run row is the truth, a task in the queue only a bell.

A bell may get lost (the process dies between commit and enqueue, the queue is emptied)
or ring twice; the sweep makes up for the first, the lease for the second.
"""

from django.db import transaction

from heritage.lib import bells
from heritage.lib.bells import AHEAD

from .clouds import clouds_there
from .lease import close_hopeless, free_runs
from .models import Capture, Run
from .tasks import compute_run, thin_clouds
from .usable import named_scans


def ring(run: Run) -> None:
    """Ring for a run: in this transaction if the queue is in the database, else after."""
    key = run.key
    # A delivery takes little and somebody waits for it: it goes before the others.
    is_quick = run.type != Run.Type.RECONSTRUCT
    bell = compute_run.using(priority=AHEAD if is_quick else 0)
    if bells.is_in_database(compute_run):
        bell.enqueue(key)
    else:
        transaction.on_commit(lambda: bell.enqueue(key))


def ring_for_clouds(capture: Capture) -> None:
    """Ring for the thin clouds of a capture, once its files stand: they are made ahead."""
    key = capture.key
    if named_scans(capture) and not clouds_there(capture):
        transaction.on_commit(lambda: _ring_once_for_clouds(key))


def sweep() -> int:
    """Ring again for runs that nobody will hear of otherwise; tell for how many."""
    close_hopeless()
    rung = keys_rung()
    silent = [run for run in free_runs().only("key", "type") if run.key not in rung]
    for run in silent:
        ring(run)
    return len(silent)


def keys_rung() -> set[str]:
    """Give the keys of the runs whose bell is still in the queue."""
    return bells.keys_rung(compute_run)


def _ring_once_for_clouds(key: str) -> None:
    """Ring unless a bell waits: it is heard once the files are what they are by then."""
    if not bells.is_rung(thin_clouds, key):
        thin_clouds.enqueue(key)
