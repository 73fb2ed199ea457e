"""Whose detail comes first: as the curator ranks things, then by how large one sees them.

Things that a curator has given the same number are ranked by the angle that they fill for
somebody who stands right before them: their bounds, at the scale and height at which they
are placed. Equal in that too, they keep the order in which they were put in.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .layout import Place, Thing

EYE_M: Final = 1.6  # of a standing visitor, as pages/static/pages/walk.js has it
NEAREST_M: Final = 0.8  # from the edge of what something stands on to who looks at it


@dataclass(frozen=True)
class Rank:
    """Where a thing comes in the dealing out.

    turn     : from 1
    view_deg : the angle that it fills from right before it
    is_tied  : the curator has given others of its room the same number
    """

    turn: int
    view_deg: float
    is_tied: bool


@dataclass(frozen=True)
class Claim:
    """What a thing's turn follows from: its room's place, its number, its size on view."""

    room: int
    number: int
    view_deg: float


def ranks(claims: Sequence[Claim]) -> list[Rank]:
    """Give each thing's rank, in the order given."""
    numbers = [(claim.room, claim.number) for claim in claims]
    order = sorted(
        range(len(claims)), key=lambda n: (*numbers[n], -claims[n].view_deg, n)
    )
    alike = Counter(numbers)
    turns = {number: turn for turn, number in enumerate(order, 1)}
    return [
        Rank(turns[n], claim.view_deg, alike[numbers[n]] > 1)
        for n, claim in enumerate(claims)
    ]


def view_deg(thing: Thing, place: Place) -> float:
    """Give the angle that a thing fills from right before it, to a tenth of a degree."""
    size = (thing.width_m, thing.height_m, thing.depth_m)
    half = math.hypot(*size) * place.scale / 2
    depth = place.stand.depth_m if place.stand else thing.depth_m * place.scale
    middle = place.position[1] + thing.height_m * place.scale / 2
    away = math.hypot(depth / 2 + NEAREST_M, EYE_M - middle)
    return round(math.degrees(2 * math.atan2(half, away)), 1)
