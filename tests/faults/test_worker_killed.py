"""The worker is killed at random moments of runs: each ends as if it was left alone."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.heritage.captures import puppet
from tests.heritage.captures.museum import Museum, await_that
from tests.heritage.captures.museums import museum_of

from . import worker_puppet

pytestmark = [pytest.mark.faults]

SEED = 20261121
RUNS = 20
KILLS = 2  # of a run: a third in one stage ends it, with a reason
SCANS = {"front.ply": b"points 1", "back.ply": b"points 2"}


@pytest.fixture
def museum(tmp_path: Path) -> Iterator[Museum]:
    with museum_of("sqlite", tmp_path) as museum:
        yield museum


def test_killed_at_random_moments_every_run_ends_as_if_left_alone(
    museum: Museum,
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - it must repeat
    capture = museum.ask(puppet.make_capture, SCANS)
    ends = [left_alone(museum, capture) for _run in range(3)]
    alone, last_s = ends[0][0], min(seconds for _digests, seconds in ends)
    amid = 0
    for _run in range(RUNS):
        run = museum.ask(puppet.start, capture)
        for kill in range(KILLS):
            with museum.worker() as worker:
                await_begun(museum, run, attempt=kill + 1)
                threading.Event().wait(chance.uniform(0, last_s / KILLS))
                worker.kill()
            amid += museum.ask(puppet.look, run)["state"] == "running"
            museum.ask(puppet.let_lapse, run)
        with museum.worker():
            museum.await_state("succeeded", run)
        assert museum.ask(puppet.digests, run) == alone
    assert amid > RUNS * KILLS * 0.4  # moments are spread over the work, not after it
    assert museum.ask(worker_puppet.recover_and_look) == []


def left_alone(museum: Museum, capture: str) -> tuple[dict[str, str], float]:
    """Give what a run makes that nobody disturbs, and how long that takes."""
    run = museum.ask(puppet.start, capture)
    with museum.worker():
        await_begun(museum, run, attempt=1)
        began = time.monotonic()
        museum.await_state("succeeded", run)
    return museum.ask(puppet.digests, run), time.monotonic() - began


def await_begun(museum: Museum, run: str, *, attempt: int) -> None:
    """Wait until a worker has taken the run up, or an earlier one has ended it."""

    def is_begun() -> bool:
        seen = museum.ask(puppet.look, run)
        return bool(seen["attempt"] >= attempt or seen["state"] == "succeeded")

    await_that(is_begun, museum.log)
