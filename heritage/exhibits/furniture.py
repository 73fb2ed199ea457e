"""What a room draws besides the models: pages/static/pages/gallery.js and headset.js."""

from typing import Final

from .devices import MIB, Cost

# Floor, walls, all plinths, all soft shadows; in a headset two beams, a ring to go to, the
# dimmed edge, a card to read and a plate.
ROOM = Cost(triangles=2_000, draws=12, gpu_bytes=8 * MIB)
# A label with its part of plinths and shadows; a panel; a name on the floor: their maps are
# 512 × 307, 1024 × 683 and 512 × 160 pixels, with mips.
LABEL: Final = Cost(triangles=18, draws=1, gpu_bytes=MIB)
PANEL: Final = Cost(triangles=2, draws=1, gpu_bytes=4 * MIB)
SIGN: Final = Cost(triangles=2, draws=1, gpu_bytes=MIB // 2)
DOOR: Final = Cost(triangles=4, draws=2, gpu_bytes=MIB // 2)
DOORS: Final = 2  # at most: to the room before and to the next
# The panorama's map without mips, on the inside of a ball (panorama.js).
BACKDROP: Final = Cost(triangles=2_208, draws=1, gpu_bytes=32 * MIB)
MARKER_TRIANGLES: Final = (
    80  # of a hotspot's small ball; those of one object are one draw
)


def markers(count: int) -> Cost:
    """What this many hotspots on one object take."""
    if not count:
        return Cost()
    return Cost(triangles=MARKER_TRIANGLES * count, draws=1)


def room_itself(*, has_backdrop: bool, doors: int) -> Cost:
    """What a room takes with nothing in it."""
    spent = ROOM + BACKDROP if has_backdrop else ROOM
    for _door in range(doors):
        spent += DOOR
    return spent
