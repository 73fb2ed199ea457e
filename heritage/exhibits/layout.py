"""Where things stand in the room: metres, right-handed, Y up, visitors come from +Z.

A curator's place is kept. An exhibit where nobody has placed anything yet is arranged by
itself, by the arrangement that its curator chose.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .arrangements import ARRANGEMENTS, Age, Footprint, Sign

EYE_M = 1.35  # where the middle of a small object should be: between child and adult
LOWEST_STAND_M, HIGHEST_STAND_M = 0.15, 1.15
STAND_EDGE_M = 0.12
SMALLEST_STAND_M = 0.34
BY_HAND = "hand"
DEFAULT = "aisle"


@dataclass(frozen=True)
class Thing:
    """What is to be placed: its size at scale 1, and what a curator has said."""

    width_m: float
    height_m: float
    depth_m: float
    x_m: float
    y_m: float
    z_m: float
    turn_deg: float
    scale: float
    is_panel: bool = False
    year: int | None = None
    age: Age = ()


@dataclass(frozen=True)
class Stand:
    width_m: float
    depth_m: float
    height_m: float


@dataclass(frozen=True)
class Place:
    """position: of the model's origin (the middle of its base); rotation: x, y, z, w."""

    position: tuple[float, float, float]
    rotation: tuple[float, float, float, float]
    scale: float
    stand: Stand | None


def lay_out(
    things: Sequence[Thing], arrangement: str = DEFAULT
) -> tuple[list[Place], list[Sign]]:
    """Give each thing's place, and the signs between them.

    Of the default arrangement one placed thing means that all places are meant.
    """
    is_placed = any(thing.x_m or thing.z_m for thing in things)
    if arrangement == BY_HAND or (arrangement == DEFAULT and is_placed):
        kept = [_place(one, one.x_m, one.z_m, one.turn_deg) for one in things]
        return kept, []
    arranged = ARRANGEMENTS[arrangement]([_footprint(thing) for thing in things])
    places = [
        _place(thing, spot.x_m, spot.z_m, thing.turn_deg + spot.turn_deg)
        for thing, spot in zip(things, arranged.spots, strict=True)
    ]
    return places, arranged.signs


def _place(thing: Thing, x: float, z: float, turn_deg: float) -> Place:
    half = math.radians(turn_deg) / 2
    stand = None if thing.is_panel else _stand(thing)
    y = thing.y_m if stand is None or thing.y_m > 0 else stand.height_m
    return Place(
        position=(_round(x), _round(y), _round(z)),
        rotation=(0.0, _round(math.sin(half)), 0.0, _round(math.cos(half))),
        scale=thing.scale,
        stand=stand,
    )


def _stand(thing: Thing) -> Stand:
    height = thing.y_m
    if height <= 0:
        wanted = EYE_M - thing.height_m * thing.scale / 2
        height = min(max(wanted, LOWEST_STAND_M), HIGHEST_STAND_M)
    return Stand(
        width_m=_round(_side(thing.width_m * thing.scale)),
        depth_m=_round(_side(thing.depth_m * thing.scale)),
        height_m=_round(height),
    )


def _side(length: float) -> float:
    return max(length + 2 * STAND_EDGE_M, SMALLEST_STAND_M)


def _footprint(thing: Thing) -> Footprint:
    sides = _side(thing.width_m * thing.scale), _side(thing.depth_m * thing.scale)
    return Footprint(max(sides), thing.is_panel, thing.year, thing.age)


def _round(value: float) -> float:
    return round(value, 6) + 0.0  # no minus zero
