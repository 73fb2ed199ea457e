"""Kill the real web and tick processes at random moments, cut connections, race deposits.

    python -m tests.faults.live web|tick|cut|race|some TIMES SEED

Runs in a museum of its own (HERITAGE_DATA, already migrated). The web server is
gunicorn as in the Procfile; its worker gets SIGKILL while a request is under way, and
its master begins another. After each trial a child recovers as the tick would, and
looks whether what was answered for is there, whole, and nothing else. Prints a JSON
summary.
"""

import json
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import django

from tests.faults.browser import Browser
from tests.faults.driver import in_child
from tests.faults.judging import check_drops, count_of, recover_and_check
from tests.faults.looking import check_everything
from tests.faults.preparing import (
    all_taken,
    deposit_by_command,
    lay_work,
    make_still,
    prepare,
    put_in,
)
from tests.faults.served import (
    SETTLES_S,
    await_work,
    run_all,
    served,
    ticking,
    wait,
)
from tests.faults.sets import SIZES, Sent

ROUND_S = 2.0  # of the tick, with the work that a trial gives it
FOUND = 302  # what a form is answered with that was taken
ACTS: dict[str, Callable[[Browser, Sent, str], int | None]] = {
    "upload": lambda site, sent, relic: site.upload(sent.name, sent.files),
    "export": lambda site, sent, relic: site.export(sent.pk),
    "assign": lambda site, sent, relic: site.hand_over(sent.key, relic),
}


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

    def _race_commands(self, sent: Sent) -> None:
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

    def _make_ready(self, act: str) -> Sent:
        """Make a set, and lay it into the inbox unless the act is to send it."""
        sent = self._set()
        if act != "upload":
            sent.key, sent.pk = in_child(lambda: put_in(sent))
            sent.is_accepted = True
        return sent

    def _judge(self, what: str, sent: list[Sent]) -> None:
        self.number += 1
        found = in_child(lambda: recover_and_check(sent))
        if found is None:
            found = ["recovery died"]
        self.faults += [f"{self.number} {what}: {fault}" for fault in found]

    def _set(self) -> Sent:
        """Make a set that nobody has sent before."""
        self.number += 1
        files = {name: self.chance.randbytes(size) for name, size in SIZES.items()}
        files["sub/d.ply"] = files["b.ply"]  # the same bytes twice in a set
        return Sent(f"set-{self.number}", files)


def in_children(works: list[Callable[[], Any]]) -> list[Any]:
    """Do works in forks at the same time; give what each returned."""
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(in_child, works))


if __name__ == "__main__":
    sys.exit(main())
