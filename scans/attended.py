"""Run a command in a limited child and tell a person at a terminal how it goes.

A damaged file can crash the libraries that parse it, or make them swell: then the child
dies, and this process still says why in one sentence. Standard library only.
"""

import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scans.child import REFUSED, ChildCrashed, ChildRefused, Limits, run_engine
from scans.events import Event

MEMORY_SHARE = 0.8  # of the machine's: beyond it the kernel kills whom it likes
INTERRUPTED = 130
WANTED = ("stages", "figures", "placed", "not_placed", "dimensions", "warnings")


def attend(arguments: Sequence[str], limits: Limits) -> int:
    """Run `python -m scans ARGUMENTS` to its end; print its answer; give the exit code."""
    listener = _Listener()
    with tempfile.TemporaryDirectory(prefix="scans-") as folder:
        try:
            run_engine(
                arguments,
                limits=limits,
                on_event=listener.hear,
                should_stop=lambda: False,
                log=Path(folder) / "log",
            )
        except (ChildRefused, ChildCrashed) as failure:
            sys.stderr.write(f"error: {failure}\n")
            return REFUSED
        except KeyboardInterrupt:
            sys.stderr.write("Stopped; the same command goes on from the last stage.\n")
            return INTERRUPTED
    sys.stdout.write(json.dumps(listener.answer(), ensure_ascii=False, indent=1) + "\n")
    return 0


def memory_allowed(asked_mb: int) -> int:
    """Bytes a child may use: what was asked for, or most of the machine's memory."""
    if asked_mb:
        return asked_mb * 2**20
    pages, page = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    return int(pages * page * MEMORY_SHARE)


class _Listener:
    def __init__(self) -> None:
        self.last: dict[str, Any] = {}

    def hear(self, event: Event) -> None:
        if event.kind == "warning":
            sys.stderr.write(f"warning: {event.detail['message']}\n")
        elif event.kind == "stage-started":
            left = "" if event.eta_s is None else f", {event.eta_s:.0f} s left"
            sys.stderr.write(f"{event.fraction:4.0%} {event.stage}{left}\n")
        elif event.kind == "done":
            self.last = event.detail

    def answer(self) -> Any:
        if "report" not in self.last:
            return self.last
        report = json.loads(Path(self.last["report"]).read_text(encoding="utf-8"))
        told = {name: report[name] for name in WANTED if name in report}
        return {"report": self.last["report"]} | told
