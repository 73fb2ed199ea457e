"""Automatic arrangements: where each thing stands on the floor, and the signs between.

Metres; right-handed, Y up; visitors come from +Z and look towards -Z. Each gives a spot
for every thing, in the order given; nothing stands in anything else.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

Age = tuple[tuple[str, str], ...]  # a period's names by language
AISLE_M = 1.5
ROW_GAP_M = 1.1
PANEL_STEP_M = 2.3
PANEL_WALL_M = 2.2
AISLE_TURN_DEG = 55.0
AGE_GAP_M = 1.6  # between two periods of the time tunnel
FRONT_GAP = 0.2  # of the circle, left open towards the door


@dataclass(frozen=True)
class Footprint:
    """What an arrangement must know of a thing: the side of the square it takes up.

    `year` orders the time tunnel, `age` names the period it stands in.
    """

    side_m: float
    is_panel: bool = False
    year: int | None = None
    age: Age = ()


@dataclass(frozen=True)
class Spot:
    x_m: float
    z_m: float
    turn_deg: float


@dataclass(frozen=True)
class Sign:
    """A name on the floor where a part of the exhibit begins."""

    names: dict[str, str]
    x_m: float
    z_m: float


@dataclass
class Arrangement:
    spots: list[Spot]
    signs: list[Sign] = field(default_factory=list)


def along_aisle(things: Sequence[Footprint]) -> Arrangement:
    """Two rows along an aisle, turned a little to who comes; panels on the wall behind."""
    places: dict[int, Spot] = {}
    objects, panels = _parted(things)
    widest = _widest(things, objects)
    step, side = widest + ROW_GAP_M, AISLE_M + widest / 2
    for place, number in enumerate(objects):
        row, right = divmod(place, 2)
        sign = 1 if right else -1
        places[number] = Spot(sign * side, -row * step, -sign * AISLE_TURN_DEG)
    back = -step * max(math.ceil(len(objects) / 2) - 1, 0) - widest / 2
    places |= _hung(panels, back - PANEL_WALL_M)
    return Arrangement(_in_order(places))


def along_wall(things: Sequence[Footprint]) -> Arrangement:
    """One row along the wall, all facing the room; panels behind and between them."""
    places: dict[int, Spot] = {}
    objects, panels = _parted(things)
    x = -sum(things[n].side_m + ROW_GAP_M for n in objects) / 2
    for number in objects:
        width = things[number].side_m + ROW_GAP_M
        places[number] = Spot(x + width / 2, 0.0, 0.0)
        x += width
    places |= _hung(panels, -_widest(things, objects) / 2 - PANEL_WALL_M)
    return Arrangement(_in_order(places))


def in_circle(things: Sequence[Footprint]) -> Arrangement:
    """A ring that faces its middle, open towards the door; panels behind."""
    objects, panels = _parted(things)
    widest = _widest(things, objects)
    count = len(objects)
    apart = min(2 * math.pi * (1 - FRONT_GAP) / max(count - 1, 1), math.pi)
    # As wide as the chord between the two nearest needs: neighbours, or first and last.
    nearest = min(apart, 2 * math.pi - apart * max(count - 1, 1))
    chord = widest + ROW_GAP_M
    radius = max(chord / (2 * math.sin(nearest / 2)), AISLE_M + widest / 2)
    places: dict[int, Spot] = {}
    for place, number in enumerate(objects):
        # From the door's left hand round to its right.
        angle = math.pi + (place - (count - 1) / 2) * -apart if count > 1 else math.pi
        x, z = radius * math.sin(angle), radius * math.cos(angle)
        places[number] = Spot(x, z, math.degrees(angle) - 180.0)
    places |= _hung(panels, -radius - widest / 2 - PANEL_WALL_M)
    return Arrangement(_in_order(places))


def through_time(things: Sequence[Footprint]) -> Arrangement:
    """A tunnel that leads back from the oldest to the newest, a sign before each age."""
    objects, panels = _parted(things)
    objects.sort(key=lambda n: (things[n].year is None, things[n].year or 0, n))
    widest = _widest(things, objects)
    step, side = widest + ROW_GAP_M, AISLE_M + widest / 2
    places: dict[int, Spot] = {}
    signs: list[Sign] = []
    z = 0.0
    for age, members in groupby(objects, key=lambda n: things[n].age):
        if age:
            signs.append(Sign(dict(age), 0.0, z + step / 2 + AGE_GAP_M / 4))
        numbers = list(members)
        for place, number in enumerate(numbers):
            row, right = divmod(place, 2)
            sign = 1 if right else -1
            places[number] = Spot(sign * side, z - row * step, -sign * AISLE_TURN_DEG)
        z -= math.ceil(len(numbers) / 2) * step + AGE_GAP_M
    places |= _hung(panels, z + step - widest / 2 - PANEL_WALL_M + AGE_GAP_M)
    return Arrangement(_in_order(places), signs)


ARRANGEMENTS: dict[str, Callable[[Sequence[Footprint]], Arrangement]] = {
    "aisle": along_aisle,
    "wall": along_wall,
    "circle": in_circle,
    "timeline": through_time,
}


def _parted(things: Sequence[Footprint]) -> tuple[list[int], list[int]]:
    numbers = range(len(things))
    objects = [number for number in numbers if not things[number].is_panel]
    return objects, [number for number in numbers if things[number].is_panel]


def _hung(panels: Sequence[int], z_m: float) -> dict[int, Spot]:
    middle = (len(panels) - 1) / 2
    return {
        number: Spot((place - middle) * PANEL_STEP_M, z_m, 0.0)
        for place, number in enumerate(panels)
    }


def _widest(things: Sequence[Footprint], numbers: Sequence[int]) -> float:
    return max((things[number].side_m for number in numbers), default=0.0)


def _in_order(places: Mapping[int, Spot]) -> list[Spot]:
    return [places[number] for number in sorted(places)]
