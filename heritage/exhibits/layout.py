"""Where things stand in the room: metres, right-handed, Y up, visitors come from +Z.

A curator's place is kept. An exhibit where nobody has placed anything yet is laid out
as two rows along an aisle, with the crafts' panels on the wall behind.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

EYE_M = 1.35  # where the middle of a small object should be: between child and adult
LOWEST_STAND_M, HIGHEST_STAND_M = 0.15, 1.15
STAND_EDGE_M = 0.12
SMALLEST_STAND_M = 0.34
AISLE_M = 1.5
ROW_GAP_M = 1.1
PANEL_STEP_M = 2.3
PANEL_WALL_M = 2.2
AISLE_TURN_DEG = 55.0


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


def lay_out(things: Sequence[Thing]) -> list[Place]:
    if any(thing.x_m or thing.z_m for thing in things):
        return [_place(thing, thing.x_m, thing.z_m, thing.turn_deg) for thing in things]
    return _along_the_aisle(things)


def _along_the_aisle(things: Sequence[Thing]) -> list[Place]:
    objects = [thing for thing in things if not thing.is_panel]
    panels = [thing for thing in things if thing.is_panel]
    widest = max((_footprint(thing) for thing in objects), default=0.0)
    step, side = widest + ROW_GAP_M, AISLE_M + widest / 2
    back = -step * max(math.ceil(len(objects) / 2) - 1, 0) - widest / 2 - PANEL_WALL_M
    places: dict[int, Place] = {}
    for number, thing in enumerate(objects):
        row, right = divmod(number, 2)
        sign = 1 if right else -1
        turn = thing.turn_deg - sign * AISLE_TURN_DEG
        places[id(thing)] = _place(thing, sign * side, -row * step, turn)
    for number, thing in enumerate(panels):
        x = (number - (len(panels) - 1) / 2) * PANEL_STEP_M
        places[id(thing)] = _place(thing, x, back, thing.turn_deg)
    return [places[id(thing)] for thing in things]


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


def _footprint(thing: Thing) -> float:
    return max(_side(thing.width_m * thing.scale), _side(thing.depth_m * thing.scale))


def _round(value: float) -> float:
    return round(value, 6) + 0.0  # no minus zero
