"""Kill the real web and tick processes at random moments, cut connections, race deposits.

    python -m tests.faults.live web|tick|cut|race|some TIMES SEED

Runs in a museum of its own (HERITAGE_DATA, already migrated). The web server is
gunicorn as in the Procfile; its worker gets SIGKILL while a request is under way, and
its master begins another. After each trial a child recovers as the tick would, and
looks whether what was answered for is there, whole, and nothing else. Prints a JSON
summary.
"""

import hashlib
import io
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

import django
import psutil

from tests.faults.browser import Browser
from tests.faults.driver import check_everything, check_records, in_child

PATIENCE_S = 60.0
SETTLES_S = 600.0  # on a machine that computes much else
ROUND_S = 2.0  # of the tick, with the work that a trial gives it
FOUND = 302  # what a form is answered with that was taken
SIZES = {"a.ply": 3_000_000, "b.ply": 10, "sub/c.ply": 300_000, "sub/d.ply": 10}
ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    kind, times, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    django.setup()
    museum = Museum(random.Random(seed))  # noqa: S311 - it must repeat
    trials = {
        "web": museum.web,
        "tick": museum.tick,
        "cut": museum.cut,
        "race": museum.race,
        "some": museum.some,
    }
    trials[kind](times)
    museum.faults += in_child(check_everything) or []
    told = {"outcome": museum.outcome, "faults": museum.faults}
    sys.stdout.write(json.dumps(told) + "\n")
    return 1 if museum.faults else 0


class Museum:
    """The museum under trial, and what became of it."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.outcome: Counter[str] = Counter()
        self.faults: list[str] = []
        self.session, self.relic = in_child(prepare)
        self.number = 0

    def some(self, times: int) -> None:
        """Try a little of everything that the web process may meet."""
        self.web(times)
        self.cut(times)
        self.race(1)

    def web(self, times: int) -> None:
        """Kill the web worker during uploads, exports and hand-overs."""
        with served(self.session) as site:
            lasts = {act: self._measure(site, act) for act in ACTS}
            for _trial in range(times):
                act = self.chance.choice(sorted(ACTS))
                self._web_trial(site, act, self.chance.uniform(0, 1.2 * lasts[act]))

    def tick(self, times: int) -> None:
        """Kill the tick while it preserves, copies, checks and takes in."""
        for trial in range(times):
            in_child(lambda: lay_work(f"drop-{trial}"))  # noqa: B023
            with ticking() as process:
                await_work(process)
                wait(self.chance.uniform(0, ROUND_S))
                process.kill()
            self.outcome["killed"] += 1
            self._judge("tick", [])
        with ticking():
            settle = time.monotonic() + SETTLES_S
            while not in_child(all_taken) and time.monotonic() < settle:
                in_child(make_still)
                wait(0.2)
        self._judge("tick", [])
        self.faults += in_child(lambda: check_drops(times)) or []

    def cut(self, times: int) -> None:
        """Close the connection after each percentage of the body."""
        with served(self.session) as site:
            for trial in range(times):
                share = (trial + 1) / (times + 1)
                sent = self._set()
                site.cut(sent.name, sent.files, share=share, rudely=bool(trial % 2))
                site.rest()
                self.outcome["cut"] += 1
                self._judge(f"cut at {share:.0%}", [sent])
                if in_child(lambda: count_of(sent.name)):  # noqa: B023
                    self.faults.append(f"cut at {share:.0%}: taken for whole")

    def race(self, times: int) -> None:
        """Send the same set twice at once, by two browsers and by two commands."""
        with served(self.session) as site:
            for _trial in range(times):
                sent = self._set()
                answers: list[int | None] = []

                def send(sent: Sent = sent, told: list[int | None] = answers) -> None:
                    told.append(site.upload(sent.name, sent.files))

                run_all([threading.Thread(target=send) for _side in range(2)])
                sent.is_accepted = answers == [FOUND, FOUND]
                self.outcome["both" if sent.is_accepted else "not both"] += 1
                self._judge("race", [sent])
                held = in_child(lambda: count_of(sent.name))  # noqa: B023
                if held != 2:
                    self.faults.append(f"race: {held} deposits for {answers}")
        for _trial in range(times):
            self._race_commands(self._set())

    def _race_commands(self, sent: "Sent") -> None:
        """Hand the same folder in to the same record, by two processes at once."""
        folder = Path(os.environ["HERITAGE_DATA"]) / sent.name
        for name, data in sent.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
        told = in_children([lambda: deposit_by_command(folder, self.relic)] * 2)
        sent.is_accepted = told == ["", ""]
        self.outcome["both" if sent.is_accepted else "not both"] += 1
        if not sent.is_accepted:
            self.faults.append(f"race of commands: {told}")
        self._judge("race of commands", [sent])
        held = in_child(lambda: count_of(sent.name))
        if held != 2:
            self.faults.append(f"race of commands: {held} deposits")

    def _measure(self, site: Browser, act: str) -> float:
        """Tell how long an act takes when it is left alone; the second time counts."""
        for _time in range(2):
            ready = self._make_ready(act)
            began = time.monotonic()
            answer = ACTS[act](site, ready, self.relic)
            took = time.monotonic() - began
            if answer not in {200, FOUND}:
                self.faults.append(f"{act}, left alone, was answered {answer}")
        return took

    def _web_trial(self, site: Browser, act: str, after_s: float) -> None:
        ready = self._make_ready(act)
        answer: list[int | None] = []
        request = threading.Thread(
            target=lambda: answer.append(ACTS[act](site, ready, self.relic))
        )
        request.start()
        wait(after_s)
        site.kill_worker()
        request.join(SETTLES_S)
        if request.is_alive():
            raise TimeoutError(f"{act} is neither answered nor broken off")
        self.outcome["answered" if answer[0] else "broken off"] += 1
        ready.is_accepted |= answer[0] == FOUND
        self._judge(f"{act} after {after_s:.3f} s", [ready])

    def _make_ready(self, act: str) -> "Sent":
        """Make a set, and lay it into the inbox unless the act is to send it."""
        sent = self._set()
        if act != "upload":
            sent.key, sent.pk = in_child(lambda: put_in(sent))
            sent.is_accepted = True
        return sent

    def _judge(self, what: str, sent: list["Sent"]) -> None:
        self.number += 1
        found = in_child(lambda: recover_and_check(sent))
        if found is None:
            found = ["recovery died"]
        self.faults += [f"{self.number} {what}: {fault}" for fault in found]

    def _set(self) -> "Sent":
        """Make a set that nobody has sent before."""
        self.number += 1
        files = {name: self.chance.randbytes(size) for name, size in SIZES.items()}
        files["sub/d.ply"] = files["b.ply"]  # the same bytes twice in a set
        return Sent(f"set-{self.number}", files)


class Sent:
    """A set that somebody sends; it is accepted once the museum has said so."""

    def __init__(self, name: str, files: dict[str, bytes]) -> None:
        self.name, self.files = name, files
        self.is_accepted = False
        self.key, self.pk = "", 0
        self.digests = {
            n: hashlib.sha512(data).hexdigest() for n, data in files.items()
        }


ACTS: dict[str, Callable[[Browser, Sent, str], int | None]] = {
    "upload": lambda site, sent, relic: site.upload(sent.name, sent.files),
    "export": lambda site, sent, relic: site.export(sent.pk),
    "assign": lambda site, sent, relic: site.hand_over(sent.key, relic),
}


@contextmanager
def served(session: str) -> Iterator[Browser]:
    """Start gunicorn as the Procfile does; one worker, begun anew from a loaded master."""
    command = [
        sys.executable, "-m", "gunicorn", "tests.faults.preloaded", "--bind", "127.0.0.1:0",
        "--worker-class", "gthread", "--workers", "1", "--threads", "4",
        "--no-control-socket", "--preload", "--log-level", "info",
    ]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        told = Listening(process.stderr)
        yield Browser(told.await_port(), session, psutil.Process(process.pid))
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE_S)


class Listening:
    """Reads what a server says, all of it or its pipe would fill, for its port."""

    def __init__(self, said: IO[str]) -> None:
        self._said, self._found = said, threading.Event()
        self._port, self._lines = 0, list[str]()
        threading.Thread(target=self._read, daemon=True).start()

    def await_port(self) -> int:
        if not self._found.wait(SETTLES_S) or not self._port:
            raise TimeoutError("the server does not listen: " + "".join(self._lines))
        return self._port

    def _read(self) -> None:
        for line in self._said:
            if "Listening at" in line and not self._port:
                self._port = int(line.split("127.0.0.1:")[1].split()[0])
                self._found.set()
            if not self._port:
                self._lines.append(line)
        self._found.set()  # it has ended, listening or not


def await_work(process: subprocess.Popen[bytes]) -> None:
    """Wait until a process has come so far as to open the database."""
    seen, deadline = psutil.Process(process.pid), time.monotonic() + SETTLES_S
    while time.monotonic() < deadline:
        if any(".sqlite3" in file.path for file in seen.open_files()):
            return
        wait(0.01)


@contextmanager
def ticking() -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "tick"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SETTLES_S)
        if thread.is_alive():
            raise TimeoutError("a request is neither answered nor broken off")


def prepare() -> tuple[str, str]:
    """Make a relic and an administrator who is logged in; give session and key."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from heritage.archive.actions.preserve import preserve_due
    from tests.heritage.factories import make_collection, make_relic, make_user

    relic = make_relic(make_collection(), name_zh="鼎")
    user = make_user(is_superuser=True, is_staff=True)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    preserve_due()
    return str(session.session_key), relic.key


def put_in(sent: Sent) -> tuple[str, int]:
    """Lay a set into the inbox beforehand; give its key and its number."""
    from heritage.archive.actions.deposit import deposit_files

    items = [(file, io.BytesIO(data)) for file, data in sent.files.items()]
    deposit = deposit_files(items, by=None, note=sent.name, inbox_name=sent.name)
    return deposit.key, deposit.pk


def in_children(works: list[Callable[[], Any]]) -> list[Any]:
    """Do works in forks at the same time; give what each returned."""
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(in_child, works))


def deposit_by_command(folder: Path, record: str) -> str:
    """Hand a folder in as `manage.py deposit` does; give its error, or nothing."""
    from django.core.management import CommandError, call_command

    try:
        call_command("deposit", str(folder), "--to", record, stdout=io.StringIO())
    except CommandError as error:
        return str(error)
    return ""


def count_of(name: str) -> int:
    from heritage.archive.models import Deposit

    return Deposit.objects.filter(note=name, state="sealed").count()


def recover_and_check(sent: list[Sent]) -> list[str]:
    """Look before and after doing what the tick does, a day later."""
    from django.conf import settings
    from django.utils import timezone

    from heritage.archive import due
    from heritage.archive.models import Deposit
    from heritage.archive.places import incoming, leftovers, remove

    faults = [f for one in sent for f in check_sent(one, is_over=False)]
    due.finish_deposits()
    due.go_on_assigning()
    due.preserve_changes()
    for path in leftovers(before=timezone.now() + timedelta(days=1)):
        remove(path)
    uploads = Path(settings.FILE_UPLOAD_TEMP_DIR)
    for path in uploads.iterdir():
        os.utime(path, (0, 0))
    due.remove_stale_uploads()
    left = [path.name for folder in (incoming(), uploads) for path in folder.iterdir()]
    if left:
        faults.append(f"left over: {left}")
    if Deposit.objects.filter(state=Deposit.State.RECEIVING).exists():
        faults.append("a deposit is received for ever")
    if Deposit.objects.exclude(going_to="").exists():
        faults.append("a deposit is given for ever")
    return (
        faults
        + [f for one in sent for f in check_sent(one, is_over=True)]
        + check_records()
    )


def check_sent(sent: Sent, *, is_over: bool) -> list[str]:
    """What is visible of a set is all of it; what was accepted is visible, in one place."""
    from heritage.archive.models import Deposit
    from heritage.captures.models import CaptureFile

    deposits = list(Deposit.objects.filter(note=sent.name, state="sealed"))
    faults = [
        f"{d}: half of a set is visible" for d in deposits if not is_whole(d, sent)
    ]
    if sent.is_accepted and not deposits:
        faults.append(f"{sent.name} was accepted and is not there")
    for deposit in deposits if is_over else []:
        held = CaptureFile.objects.filter(stored_file__deposit=deposit).count()
        if held != (0 if deposit.inbox_name else len(sent.digests)):
            faults.append(
                f"{deposit}: {held} files in a capture, {deposit.inbox_name!r}"
            )
    return faults


def is_whole(deposit: Any, sent: Sent) -> bool:
    rows = dict(deposit.files.values_list("name", "sha512"))
    on_disk = {
        file.name: hashlib.sha512(file.absolute_path().read_bytes()).hexdigest()
        for file in deposit.files.all()
    }
    return bool(rows == on_disk == sent.digests)


def lay_work(name: str) -> None:
    """Give the tick something of everything to do."""
    from django.conf import settings

    from heritage.archive.actions.take_in import take_in
    from heritage.archive.models import Deposit, PreservedRecord
    from heritage.catalogue.models import Relic

    folder = Path(settings.DROP_FOLDER) / name
    for file, size in SIZES.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(os.urandom(size))
    relic = Relic.objects.get()
    relic.name_en = name
    relic.save()
    PreservedRecord.objects.update(preserved_at=None, replicated_version=0)
    Deposit.objects.update(checked_at=None)
    take_in()
    make_still()


def make_still() -> None:
    """Let what lies in the watched folder have lain there for an hour."""
    from django.utils import timezone

    from heritage.archive.models import DropItem

    DropItem.objects.filter(still_since__isnull=False).update(
        still_since=timezone.now() - timedelta(hours=1)
    )


def all_taken() -> bool:
    from heritage.archive.models import DropItem

    return not DropItem.objects.exclude(state="taken").exists()


def check_drops(times: int) -> list[str]:
    """Everything that was dropped is kept once, and lies in `taken` as it was."""
    from django.conf import settings

    from heritage.archive.models import Deposit

    faults = []
    for trial in range(times):
        name = f"drop-{trial}"
        kept = list(Deposit.objects.filter(note=name, state="sealed"))
        folders = list(Path(settings.DROP_FOLDER).glob(f"taken/*/{name}"))
        if (len(kept), len(folders)) != (1, 1):
            faults.append(f"{name}: {len(kept)} deposits, {len(folders)} folders")
            continue
        files = {file: (folders[0] / file).read_bytes() for file in SIZES}
        if not is_whole(kept[0], Sent(name, files)):
            faults.append(f"{name}: not as it was dropped")
    return faults


if __name__ == "__main__":
    sys.exit(main())
