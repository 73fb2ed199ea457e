"""Long work in short slices: the clock's loop has other things to do as well."""

import time
from collections.abc import Callable, Iterator


class Paced:
    """Goes on with an iterator of small steps for a while, then leaves it where it is.

    Killed in between nothing is lost but the step in hand: what is done is written
    down by the steps themselves, and `begin` asks again what is due.
    """

    def __init__(
        self,
        begin: Callable[[], Iterator[None]],
        *,
        slice_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._begin, self._slice_s, self._clock = begin, slice_s, clock
        self._steps: Iterator[None] | None = None

    def advance(self) -> int:
        """Take steps until the slice is over or none is left; gives how many."""
        until = self._clock() + self._slice_s
        steps = self._steps or self._begin()
        self._steps = None  # an error in a step ends this round; the next begins anew
        taken = 0
        for _step in steps:
            taken += 1
            if self._clock() >= until:
                self._steps = steps
                break
        return taken
