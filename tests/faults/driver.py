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

# Calls between which a process may die with something half done.
CALLS = {
    "open", "write", "read", "close", "fsync", "rename", "replace", "mkdir", "rmdir",
    "unlink", "scandir", "flock", "update", "execute", "executemany", "commit",
}  # fmt: skip
FILLING = {"open", "write", "fsync", "mkdir"}  # what a full disk refuses
FACES = "what may have to go"
RELIC_NAMES = ("鼎", "簋", "尊")


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


def do_deposit(folder: Path) -> str:
    from heritage.archive.actions.deposit import deposit_files

    source = folder / "source"
    source.mkdir(exist_ok=True)
    sizes = {"a.ply": 2_500_000, "b.ply": 10, "sub/c.ply": 0, "sub/d.ply": 10}
    for name, size in sizes.items():
        (source / name).parent.mkdir(exist_ok=True)
        if not (source / name).exists():
            (source / name).write_bytes(os.urandom(size) if size > 10 else b"x" * size)
    return deposit_files([(name, source / name) for name in sizes], by=None).key


def do_version(folder: Path) -> str:
    from heritage.archive.actions.preserve import preserve_due
    from heritage.archive.models import PreservedRecord
    from heritage.catalogue.models import Relic

    relic = Relic.objects.get()
    relic.name_zh = RELIC_NAMES[(RELIC_NAMES.index(relic.name_zh) + 1) % 3]
    relic.save()
    PreservedRecord.objects.update(preserved_at=None)
    preserve_due()
    return ""


def do_package(folder: Path) -> str:
    from django.core.management import call_command

    from heritage.archive.models import PreservedRecord

    row = PreservedRecord.objects.get(kind="relic")
    with Path(os.devnull).open("w") as silence:
        call_command(
            "make_package", str(folder / "p.tar"), "--record", str(row), stdout=silence
        )
    return ""


def do_replicate(folder: Path) -> str:
    from heritage.archive.actions.check import fill_replica
    from heritage.archive.models import Deposit, PreservedRecord

    PreservedRecord.objects.update(replicated_version=0)
    newest = Deposit.objects.filter(state="sealed").order_by("-pk").values("pk")[:1]
    Deposit.objects.filter(pk__in=list(newest.values_list("pk", flat=True))).update(
        replicated_version=0
    )
    for _step in fill_replica():
        pass
    return ""


def nothing() -> None:
    """Make nothing ready."""


def ask_for_erasure() -> None:
    """Keep a file that must go, beside one that stays, here and in the replica."""
    import io

    from heritage.archive.actions.check import fill_replica
    from heritage.archive.actions.deposit import deposit_files
    from heritage.archive.actions.erase import ask_erasure

    items = [(n, io.BytesIO(os.urandom(300_000))) for n in ("face.ply", "other.ply")]
    kept = deposit_files(items, by=None, note=FACES)
    for _step in fill_replica():
        pass
    asker, _confirmer = two_people()
    ask_erasure([kept.files.get(name="face.ply")], ground="PIPL 47", by=asker)


def do_erase(folder: Path) -> str:
    from heritage.archive.actions.erase import confirm_erasure
    from heritage.archive.models import Erasure

    erasure = Erasure.objects.filter(state="asked").latest("pk")
    confirm_erasure(erasure, by=two_people()[1])
    return ""


def two_people() -> tuple[Any, Any]:
    from django.contrib.auth.models import User

    names = ("asker", "confirmer")
    known = {user.username: user for user in User.objects.filter(username__in=names)}
    for name in names:
        if name not in known:
            known[name] = User.objects.create_superuser(name)
    return known["asker"], known["confirmer"]


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


def check_erasures() -> list[str]:
    """What two people agreed to erase is in neither store, and both are in order."""
    from heritage.archive.models import Deposit, Erasure, StoredFile
    from heritage.archive.ocfl_check import errors_of
    from tests.heritage.archive.local import archive, replica

    decided = Erasure.objects.exclude(state="asked")
    faults = [f"{one}: {one.state} for ever" for one in decided.exclude(state="done")]
    second = replica()
    assert second is not None
    roots = (archive().root, second.root)
    for file in StoredFile.objects.filter(erased_by__in=decided):
        faults += [f"{file} lies in {r}" for r in roots if (r / file.path).exists()]
    for deposit in Deposit.objects.filter(files__erased_by__in=decided):
        objects = [root / deposit.object_path for root in roots]
        faults += [f"{deposit}: {f}" for one in objects for f in errors_of(one)]
    return faults


def check_everything() -> list[str]:
    """Look at every object of archive and replica, and for objects that nobody knows."""
    from heritage.archive.actions.check import fill_replica
    from heritage.archive.models import Deposit, PreservedRecord
    from heritage.archive.ocfl_check import errors_of
    from tests.heritage.archive.local import archive, replica

    sealed = Deposit.objects.filter(state=Deposit.State.SEALED)
    faults = [fault for deposit in sealed for fault in check_deposit(deposit)]
    known = {d.object_path for d in sealed}
    known |= {row.object_path for row in PreservedRecord.objects.all()}
    root = archive().root
    held = {
        p.parent.relative_to(root).as_posix() for p in root.rglob("0=ocfl_object_1.1")
    }
    if held != known:
        faults.append(f"objects differ from rows: {sorted(held ^ known)}")
    for _step in fill_replica():
        pass
    second = replica()
    assert second is not None
    for path in known:
        faults += [f"replica: {f}" for f in errors_of(second.root / path)]
    return faults


def check_deposit(deposit: Any) -> list[str]:
    from heritage.archive import ocfl
    from heritage.archive.ocfl_check import errors_of
    from tests.heritage.archive.local import archive

    folder = archive().root / deposit.object_path
    faults = [f"{deposit.key}: {fault}" for fault in errors_of(folder)]
    rows = set(deposit.files.filter(erased_by=None).values_list("name", "sha512"))
    if rows != {(c.name, c.sha512) for c in ocfl.read_contents(folder)}:
        faults.append(f"{deposit.key}: rows and inventory differ")
    if len(rows) != 4 and deposit.note != FACES:
        faults.append(f"{deposit.key}: {len(rows)} files")
    return faults


def check_records() -> list[str]:
    from heritage.archive.models import PreservedRecord
    from heritage.archive.ocfl_check import errors_of
    from tests.heritage.archive.local import archive

    return [
        f"{row}: {fault}"
        for row in PreservedRecord.objects.filter(kind="relic")
        for fault in errors_of(archive().root / row.object_path)
    ]


if __name__ == "__main__":
    sys.exit(main())
