"""Choose a level of detail for each object so that a scene stays in its budget.

Greedy, by importance (the order given): first everybody gets the coarsest level, then
each in turn the next one, and so on, while the sums hold. So the first objects are the
finest, and nobody is left out for the sake of somebody's detail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from .devices import Cost

Code = Literal["best-level", "budget", "left-out", "no-model"]
BEST: Final = "best-level"
BUDGET: Final = "budget"
LEFT_OUT: Final = "left-out"
NO_MODEL: Final = "no-model"


@dataclass(frozen=True)
class Level:
    profile: str
    cost: Cost


@dataclass(frozen=True)
class Choice:
    """An index into the object's levels, None for none, and the reason.

    `facts`: for `budget` and `left-out` which figure would pass its limit, and by what.
    """

    index: int | None
    code: Code
    facts: dict[str, str | int] = field(default_factory=dict)


def choose(objects: Sequence[Sequence[Level]], budget: Cost) -> list[Choice]:
    """Give one choice per object; `objects` holds each one's levels, coarse to fine."""
    choices = [Choice(None, NO_MODEL)] * len(objects)
    spent = Cost()
    for step in range(max(map(len, objects), default=0)):
        for number, levels in enumerate(objects):
            if step >= len(levels) or choices[number].index != (
                step - 1 if step else None
            ):
                continue
            before = levels[step - 1].cost if step else Cost()
            after = spent - before + levels[step].cost
            figure = after.breaks(budget)
            if figure:
                choices[number] = _refused(
                    choices[number], levels[step], figure, after, budget
                )
            else:
                choices[number], spent = Choice(step, BEST), after
    return choices


def total(objects: Sequence[Sequence[Level]], choices: Sequence[Choice]) -> Cost:
    spent = Cost()
    for levels, choice in zip(objects, choices, strict=True):
        if choice.index is not None:
            spent += levels[choice.index].cost
    return spent


def _refused(
    choice: Choice, level: Level, figure: str, after: Cost, budget: Cost
) -> Choice:
    facts: dict[str, str | int] = {
        "level": level.profile,
        "figure": figure,
        "needed": getattr(after, figure),
        "limit": getattr(budget, figure),
    }
    return Choice(choice.index, LEFT_OUT if choice.index is None else BUDGET, facts)
