"""Choose what a device shows of each thing, so that a scene stays in its budget.

Greedy, by importance (the order given). First each thing in turn gets its label and its
coarsest level; where that does not fit, its label alone; where even that does not, nothing
stands in its place. Then each gets the next level, and so on, while the sums hold. So the
first things are the finest, and nobody is left out for the sake of somebody's detail.
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
NOTHING: Final = Cost()


@dataclass(frozen=True)
class Level:
    profile: str
    cost: Cost


@dataclass(frozen=True)
class Offer:
    """What there is of a thing: levels from coarse to fine, and what comes with it.

    label : of its label or panel; beside : of what goes with any of its models
    """

    levels: Sequence[Level] = ()
    label: Cost = NOTHING
    beside: Cost = NOTHING

    def cost_of(self, index: int | None) -> Cost:
        """What it takes with its label, and with this level, if any."""
        if index is None:
            return self.label
        return self.label + self.beside + self.levels[index].cost


@dataclass(frozen=True)
class Choice:
    """An index into the thing's levels, None for none, and the reason.

    is_there : its label stands; without it nothing does
    facts    : for `budget` and `left-out` which figure would pass its limit, and by what
    """

    index: int | None
    code: Code
    facts: dict[str, str | int] = field(default_factory=dict)
    is_there: bool = True


def choose(
    offers: Sequence[Offer], budget: Cost, *, spent: Cost = NOTHING
) -> list[Choice]:
    """Give one choice for each thing; `spent` is what the room itself takes."""
    choices: list[Choice] = []
    for offer in offers:
        choices.append(_first_choice(offer, spent, budget))
        spent += _cost(offer, choices[-1])
    for step in range(1, max((len(offer.levels) for offer in offers), default=0)):
        for number, offer in enumerate(offers):
            if step >= len(offer.levels) or choices[number].index != step - 1:
                continue
            after = spent - offer.cost_of(step - 1) + offer.cost_of(step)
            figure = after.breaks(budget)
            if figure:
                facts = _facts(offer.levels[step], figure, after, budget)
                choices[number] = Choice(step - 1, BUDGET, facts)
            else:
                choices[number], spent = Choice(step, BEST), after
    return choices


def total(offers: Sequence[Offer], choices: Sequence[Choice]) -> Cost:
    """What is drawn for all of them together."""
    spent = NOTHING
    for offer, choice in zip(offers, choices, strict=True):
        spent += _cost(offer, choice)
    return spent


def _first_choice(offer: Offer, spent: Cost, budget: Cost) -> Choice:
    """Its label with the coarsest level, its label alone, or nothing."""
    is_there = not (spent + offer.label).breaks(budget)
    if not offer.levels:
        return Choice(None, NO_MODEL, is_there=is_there)
    after = spent + offer.cost_of(0)
    figure = after.breaks(budget)
    if not figure:
        return Choice(0, BEST)
    facts = _facts(offer.levels[0], figure, after, budget)
    return Choice(None, LEFT_OUT, facts, is_there=is_there)


def _cost(offer: Offer, choice: Choice) -> Cost:
    return offer.cost_of(choice.index) if choice.is_there else NOTHING


def _facts(
    level: Level, figure: str, after: Cost, budget: Cost
) -> dict[str, str | int]:
    return {
        "level": level.profile,
        "figure": figure,
        "needed": getattr(after, figure),
        "limit": getattr(budget, figure),
    }
