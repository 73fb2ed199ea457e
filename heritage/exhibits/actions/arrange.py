"""Keep how an exhibit's things stand, as a person has arranged them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser

from heritage.catalogue.actions.editing import editing
from heritage.catalogue.rows_of import keep_rows
from heritage.exhibits.errors import NotAnArrangement, UnknownRoom
from heritage.exhibits.models import Exhibit, ExhibitItem, ExhibitRoom

# What a room may measure and a thing be enlarged to: beyond, somebody has slipped.
FARTHEST_M, HIGHEST_M, SMALLEST, LARGEST = 200.0, 20.0, 0.01, 100.0
LIMITS: dict[str, tuple[float, float]] = {
    "x_m": (-FARTHEST_M, FARTHEST_M),
    "y_m": (0.0, HIGHEST_M),
    "z_m": (-FARTHEST_M, FARTHEST_M),
    "turn_deg": (-360.0, 360.0),
    "scale": (SMALLEST, LARGEST),
}


def arrange(
    exhibit: Exhibit,
    places: Sequence[Mapping[str, Any]],
    *,
    layout: str,
    mood: str,
    seen_version: int,
    by: AbstractBaseUser,
    door: str,
    room: str = "",
) -> Exhibit:
    """Set the places of these things, by their keys, and how the room is arranged.

    `room`: its key, in an exhibit that has several.

    Raises `EditedMeanwhile` when somebody else has saved the exhibit since the version
    that was seen, `NotPermitted`, `NotAnArrangement` or `UnknownRoom`; then nothing is
    saved.
    """
    if layout not in Exhibit.Layout.values or mood not in Exhibit.Mood.values:
        raise NotAnArrangement(layout)
    read = [(str(place.get("key")), _figures(place)) for place in places]
    with editing(exhibit, seen_version=seen_version, by=by, door=door) as fresh:
        keep_rows(fresh)
        rows = {row.key: row for row in ExhibitItem.objects.filter(exhibit=fresh)}
        for key, figures in read:
            row = rows.get(key)
            if row is None:
                raise NotAnArrangement(key)
            for name, value in figures.items():
                setattr(row, name, value)
            row.save()
        hall: Exhibit | ExhibitRoom = _room(fresh, room) if room else fresh
        hall.layout, hall.mood = layout, mood
        if isinstance(hall, ExhibitRoom):
            hall.save()
    return fresh


def _room(exhibit: Exhibit, key: str) -> ExhibitRoom:
    room: ExhibitRoom | None = exhibit.rooms.filter(key=key).first()
    if room is None:
        raise UnknownRoom(key)
    return room


def _figures(place: Mapping[str, Any]) -> dict[str, float]:
    return {name: _figure(place, name) for name in LIMITS}


def _figure(place: Mapping[str, Any], name: str) -> float:
    least, most = LIMITS[name]
    try:
        value = float(place[name])
    except (KeyError, TypeError, ValueError) as error:
        raise NotAnArrangement(name) from error
    if not math.isfinite(value) or not least <= value <= most:
        raise NotAnArrangement(name)
    return value
