"""Answers that cost a lot to build, kept for as long as nothing was committed."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from .moments import moment_now

Answer = TypeVar("Answer")


class Kept(threading.local, Generic[Answer]):
    """The last answers of a thread, by name; the one asked for longest ago goes first."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.answers: OrderedDict[Hashable, tuple[Hashable, Answer]] = OrderedDict()

    def get(self, name: Hashable, build: Callable[[], Answer]) -> Answer:
        """Give what was built for this name, or build it anew; None is never kept.

        Within a transaction it is built each time. `name` holds what else it depends on:
        what a day ends by itself is kept under that day.
        """
        # Before it is built: what changes meanwhile counts as new.
        moment = moment_now()
        if moment is None:
            return build()
        known = self.answers.get(name)
        if known is not None and known[0] == moment:
            self.answers.move_to_end(name)
            return known[1]
        answer = build()
        if answer is None:
            return answer
        self.answers[name] = moment, answer
        while len(self.answers) > self.size:
            self.answers.popitem(last=False)
        return answer
