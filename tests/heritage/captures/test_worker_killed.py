"""Workers that are killed, stopped or cancelled while an engine runs."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool

import pytest

from . import puppet
from .museum import Museum, await_that, is_alive
from .museums import museum_of
from .standin import STAGES

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("workers")]
SCANS = {"front.ply": b"points 1", "back.ply": b"points 2"}


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("servers", marks=pytest.mark.servers)],
)
def standing_museum(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Museum]:
    with museum_of(request.param, tmp_path_factory.mktemp("museum")) as museum:
        yield museum


@pytest.fixture
def museum(standing_museum: Museum) -> Iterator[Museum]:
    yield standing_museum
    standing_museum.tidy()


@pytest.fixture
def capture(museum: Museum) -> str:
    return museum.ask(puppet.make_capture, SCANS)


def test_a_run_whose_worker_is_killed_in_every_stage_ends_as_if_left_alone(
    museum: Museum, capture: str
) -> None:
    alone = museum.ask(puppet.start, capture)
    with museum.worker("--queue", "heavy", "--until-empty") as worker:
        assert worker.wait() == 0, museum.log()
    run = museum.ask(puppet.start, capture)
    shares = []
    for stage in STAGES:
        museum.hold(stage)
        with museum.worker() as worker:
            engine = museum.await_stage(stage, run)
            worker.kill()
        await_that(lambda pid=engine: not is_alive(pid))  # type: ignore[misc]
        museum.let_go(stage)
        shares.append(museum.ask(puppet.look, run)["fraction"])
        museum.ask(puppet.let_lapse, run)
    with museum.worker():
        museum.await_state("succeeded", run)
        await_that(lambda: not museum.ask(puppet.look, run)["folder_exists"])
    seen = museum.ask(puppet.look, run)
    assert seen["attempt"] == len(STAGES) + 1
    assert [name for name, _ in seen["stages"]] == list(STAGES)
    assert shares == sorted(shares)
    assert shares[0] < shares[-1]
    assert museum.ask(puppet.digests, run) == museum.ask(puppet.digests, alone)


def test_a_run_whose_asker_was_killed_before_it_rang_is_computed(
    museum: Museum, capture: str
) -> None:
    with pytest.raises(BrokenProcessPool):
        museum.ask(puppet.start_and_die_before_ringing, capture)
    museum.close()
    run = museum.ask(puppet.newest, capture)
    assert museum.ask(puppet.look, run)["state"] == "waiting"
    assert museum.ask(puppet.bells) == 0
    with museum.worker():
        museum.await_state("succeeded", run)


def test_clouds_made_ahead_wait_behind_images_and_are_rung_for_once(
    museum: Museum, capture: str
) -> None:
    waiting = museum.ask(puppet.ring_thinning_first, capture)
    assert waiting == ["read_image", "thin_clouds"]


def test_sigterm_puts_the_run_back_without_counting_it(
    museum: Museum, capture: str
) -> None:
    run = museum.ask(puppet.start, capture)
    museum.hold("surface")
    with museum.worker() as worker:
        engine = museum.await_stage("surface", run)
        # Ctrl-C at the terminal, and the process manager's SIGTERM after it.
        os.kill(worker.pid, signal.SIGINT)
        assert worker.stop() == 0, museum.log()
    seen = museum.ask(puppet.look, run)
    assert (seen["state"], seen["lapsed_in_stage"]) == ("waiting", 0)
    assert not is_alive(engine)


def test_a_cancelled_run_ends_and_its_engine_with_it(
    museum: Museum, capture: str
) -> None:
    run = museum.ask(puppet.start, capture)
    museum.hold("register")
    with museum.worker():
        engine = museum.await_stage("register", run)
        museum.ask(puppet.cancel, run)
        museum.await_state("cancelled", run)
        assert not is_alive(engine)
        await_that(lambda: not museum.ask(puppet.look, run)["folder_exists"])


def test_a_run_that_kills_three_workers_in_one_stage_fails(
    museum: Museum, capture: str
) -> None:
    run = museum.ask(puppet.start, capture)
    for _ in range(3):
        museum.hold("surface")
        with museum.worker() as worker:
            museum.await_stage("surface", run)
            worker.kill()
        museum.ask(puppet.let_lapse, run)
    with museum.worker():
        museum.await_state("failed", run)
    seen = museum.ask(puppet.look, run)
    assert (seen["error_code"], seen["attempt"]) == ("lapsed-too-often", 3)
    assert seen["stage"] == "surface"


def test_two_workers_compute_a_run_once(museum: Museum, capture: str) -> None:
    run = museum.ask(puppet.start, capture)
    museum.hold("read")
    with museum.worker(), museum.worker():
        museum.await_stage("read", run)
        museum.let_go("read")
        museum.await_state("succeeded", run)
    assert museum.ask(puppet.look, run)["attempt"] == 1


def test_processes_are_heard_while_they_live_and_leave_no_trace_when_they_end(
    museum: Museum,
) -> None:
    with (
        museum.worker("--queue", "quick") as quick,
        museum.worker("--queue", "heavy") as heavy,
        museum.process("tick") as tick,
    ):
        wanted = {"quick": quick.pid, "heavy": heavy.pid, "tick": tick.pid}
        names = {f":{pid}": role for role, pid in wanted.items()}
        await_that(lambda: names.items() <= _by_process(museum).items(), museum.log)
        assert os.getpriority(os.PRIO_PROCESS, heavy.pid) == 10
        for process in (quick, heavy, tick):
            assert process.stop() == 0, museum.log()
    assert not names.keys() & _by_process(museum).keys()


def _by_process(museum: Museum) -> dict[str, str]:
    heard = museum.ask(puppet.heard)
    return {name[name.rindex(":") :]: role for name, role in heard.items()}
