"""Panoramas behind the rooms, as one person may see them."""

from collections.abc import Sequence

from heritage.catalogue.policy import Person
from heritage.images.addresses import picture_address

from .addresses import Absolute
from .models import ExhibitRoom

# 4096 × 2048 pixels: 11 a degree, and 32 MiB: what a headset still holds.
SIDE_PX = 4096


def backdrops_of(
    rooms: Sequence[ExhibitRoom], person: Person, absolute: Absolute
) -> dict[str, str]:
    """Give the addresses of the panoramas by the room's key; none that may not be seen."""
    found = {}
    for room in rooms:
        if room.backdrop:
            address = picture_address(room.backdrop, person, side_px=SIDE_PX)
            if address:
                found[room.key] = absolute(address)
    return found
