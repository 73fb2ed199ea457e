"""Kill archive work at chosen moments, recover, and look whether anything was lost.

    python -m tests.faults.driver kill|full TIMES SEED

Runs in a museum of its own (HERITAGE_DATA). Each trial forks a child that does one
piece of work and kills itself with SIGKILL at its n-th call into the system or the
database: before a write, a rename, a sync, a statement. How many there are is counted
beforehand, so that the moments spread over the whole work and a seed repeats them.
With `full` the call fails instead, as on a full disk, and the child goes on.
Another child recovers as the next process would, and checks. Prints a JSON summary.
"""

import errno
import json
import os
import random
import signal
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

from heritage.archive.errors import ArchiveError
from tests.faults.acts import (
    ask_for_erasure,
    do_deposit,
    do_erase,
    do_package,
    do_replicate,
    do_version,
    nothing,
)
from tests.faults.looking import (
    check_deposit,
    check_erasures,
    check_everything,
    check_records,
)

# Calls between which a process may die with something half done.
CALLS = {
    "open", "write", "read", "close", "fsync", "rename", "replace", "mkdir", "rmdir",
    "unlink", "scandir", "flock", "update", "execute", "executemany", "commit",
}  # fmt: skip
FILLING = {"open", "write", "fsync", "mkdir"}  # what a full disk refuses


def main() -> int:
    fault, times, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    django.setup()
    chance = random.Random(seed)  # noqa: S311 - it must repeat
    folder = Path(os.environ["HERITAGE_DATA"])
    in_child(prepare)
    acts = {
        name: Act(name, folder, fault)
        for name in ("deposit", "version", "package", "replicate", "erase")
    }
    counts = {}
    for name, act in acts.items():
        in_child(act.make_ready)
        counts[name] = in_child(act.count)
    outcome: Counter[str] = Counter()
    faults: list[str] = []
    for number in range(times):
        name = chance.choice(sorted(acts))
        moment = chance.randint(1, counts[name])
        in_child(acts[name].make_ready)
        told = in_child(lambda: acts[name].run(at=moment))  # noqa: B023
        outcome["stopped" if told is None else "finished"] += 1
        found = in_child(lambda: recover_and_check(told))  # noqa: B023
        faults += [f"{number} {name} at {moment}: {lost}" for lost in found or []]
        if found is None:
            faults.append(f"{number} {name} at {moment}: recovery died")
    faults += in_child(check_everything) or []
    sys.stdout.write(
        json.dumps({"outcome": outcome, "moments": counts, "faults": faults}) + "\n"
    )
    return 1 if faults else 0


def in_child(work: Callable[[], Any]) -> Any:
    """Do work in a fork; give what it returned, or None if it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        status = 1
        try:
            os.write(writing, json.dumps(work()).encode())
            status = 0
        finally:
            if status:
                traceback.print_exc()
                sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        raw = pipe.read()
    _pid, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("a child failed by itself")
    return json.loads(raw) if raw else None


class Act:
    """One kind of work, with its calls counted."""

    def __init__(self, name: str, folder: Path, fault: str) -> None:
        self._calls = CALLS if fault == "kill" else FILLING
        self._strike = kill if fault == "kill" else fail
        self._work: Callable[[Path], str] = {
            "deposit": do_deposit,
            "version": do_version,
            "package": do_package,
            "replicate": do_replicate,
            "erase": do_erase,
        }[name]
        self._folder = folder
        self.make_ready = ask_for_erasure if name == "erase" else nothing

    def count(self) -> int:
        counter = Counter[str]()
        _watch(self._calls, lambda: counter.update(calls=1))
        self._work(self._folder)
        sys.setprofile(None)
        return counter["calls"]

    def run(self, *, at: int) -> str | None:
        left = at

        def tick() -> None:
            nonlocal left
            left -= 1
            if left == 0:
                self._strike()

        _watch(self._calls, tick)
        try:
            return self._work(self._folder)
        except (ArchiveError, OSError):
            return None
        finally:
            sys.setprofile(None)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _watch(calls: set[str], tick: Callable[[], None]) -> None:
    def profile(frame: Any, event: str, argument: Any) -> None:
        if event == "c_call" and getattr(argument, "__name__", "") in calls:
            tick()

    sys.setprofile(profile)


def prepare() -> None:
    from heritage.archive.actions.preserve import preserve_due
    from tests.heritage.factories import make_collection, make_relic

    relic = make_relic(make_collection(), name_zh="鼎")
    preserve_due()
    assert relic.key


def recover_and_check(told: str | None) -> list[str]:
    """Do what the tick does after a start, a day later; then check what is new."""
    from django.utils import timezone

    from heritage.archive import due
    from heritage.archive.models import Deposit
    from heritage.archive.places import incoming, leftovers, remove

    due.finish_deposits()
    due.go_on_erasing()
    due.preserve_changes()
    for path in leftovers(before=timezone.now() + timedelta(days=1)):
        remove(path)
    faults = []
    if incoming().is_dir() and any(incoming().iterdir()):
        faults.append(f"left over: {sorted(p.name for p in incoming().iterdir())}")
    if Deposit.objects.filter(state=Deposit.State.RECEIVING).exists():
        faults.append("a deposit is received for ever")
    if told and not Deposit.objects.filter(key=told, state="sealed").exists():
        faults.append("an accepted deposit is not there")
    newest = Deposit.objects.filter(state=Deposit.State.SEALED).order_by("-pk")[:1]
    for deposit in newest:
        faults += check_deposit(deposit)
    return faults + check_erasures() + check_records()


if __name__ == "__main__":
    sys.exit(main())
