"""The rooms of an exhibit: which thing is in which, and where each lies in the whole.

A room is a scene of its own, with its own budget: one walks through one at a time. The
whole exhibit, which engines load at once, has the rooms beside each other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .arrangements import Sign
from .errors import UnknownRoom
from .layout import Place, Thing, lay_out
from .models import Exhibit, ExhibitItem, ExhibitRoom

BETWEEN_M = 6.0  # from what stands in one room to what stands in the next
PANEL_HALF_M = 0.9
SIGN_BEFORE_M = 1.6  # a room's name lies on the floor before what stands in front


@dataclass(frozen=True)
class Part:
    """What is shown in one room; `room` is None where the exhibit is one room."""

    room: ExhibitRoom | None
    layout: str
    numbers: tuple[int, ...]  # of the exhibit's items, in their order

    @property
    def key(self) -> str:
        return self.room.key if self.room else ""


def part_out(
    exhibit: Exhibit, rooms: Sequence[ExhibitRoom], items: Sequence[ExhibitItem]
) -> list[Part]:
    """Tell what is in which room; what is in none is in the first."""
    if not rooms:
        return [Part(None, exhibit.layout, tuple(range(len(items))))]
    known = {room.pk for room in rooms}
    first = rooms[0].pk

    def room_of(item: ExhibitItem) -> int:
        return item.room_id if item.room_id in known else first

    return [
        Part(
            room,
            room.layout,
            tuple(n for n, item in enumerate(items) if room_of(item) == room.pk),
        )
        for room in rooms
    ]


def chosen(parts: Sequence[Part], key: str) -> list[Part]:
    """Give the one room that is asked for, or all. Raises `UnknownRoom`."""
    if not key:
        return list(parts)
    found = [part for part in parts if part.key == key]
    if not found:
        raise UnknownRoom(key)
    return found


@dataclass(frozen=True)
class Laid:
    """Where everything stands: by the item's number; `origins` by the room's key."""

    places: dict[int, Place]
    signs: list[Sign]
    origins: dict[str, float]


def lay_out_parts(parts: Sequence[Part], things: Sequence[Thing]) -> Laid:
    """Lay out each room by itself, and the rooms beside each other from left to right."""
    laid = Laid({}, [], {})
    right = None
    for part in parts:
        places, signs = lay_out([things[n] for n in part.numbers], part.layout)
        left, width = _extent(places)
        origin = 0.0 if right is None else round(right + BETWEEN_M - left, 6)
        right = origin + left + width
        laid.origins[part.key] = origin
        laid.places.update(
            zip(part.numbers, (_moved(p, origin) for p in places), strict=True)
        )
        laid.signs.extend(replace(s, x_m=s.x_m + origin) for s in signs)
        if part.room and len(parts) > 1:
            laid.signs.append(_name_of(part.room, places, origin))
    return laid


def _extent(places: Iterable[Place]) -> tuple[float, float]:
    edges = [edge for place in places for edge in _edges(place)] or [0.0]
    return min(edges), max(edges) - min(edges)


def _edges(place: Place) -> Iterator[float]:
    stand = place.stand
    half = max(stand.width_m, stand.depth_m) / 2 if stand else PANEL_HALF_M
    yield place.position[0] - half
    yield place.position[0] + half


def _moved(place: Place, x_m: float) -> Place:
    x, y, z = place.position
    return replace(place, position=(round(x + x_m, 6), y, z))


def _name_of(room: ExhibitRoom, places: Sequence[Place], origin: float) -> Sign:
    front = max((place.position[2] for place in places), default=0.0)
    left, width = _extent(places)
    names = {"zh-Hans": room.name_zh, "en": room.name_en}
    told = {tag: name for tag, name in names.items() if name}
    return Sign(told, origin + left + width / 2, front + SIGN_BEFORE_M)
