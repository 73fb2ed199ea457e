"""What an exhibit costs on each class of devices, beside what it may cost."""

from typing import Any

from .devices import devices
from .scene import Seen, fit_scene


def meters_of(seen: Seen, *, room: str = "") -> list[dict[str, Any]]:
    """Give for each class the sums, the budget, and what had to be made coarser.

    Of one room, where the exhibit has several. Raises `UnknownRoom`.
    """
    found = []
    for device in devices().values():
        scene = fit_scene(seen, device, room=room)
        reasons = [thing.why.code for thing in scene.objects]
        found.append(
            {
                "device": device.name,
                "titles": dict(device.titles),
                "sums": scene.sums.model_dump(),
                "budget": scene.device.budget.model_dump(),
                "coarser": reasons.count("budget"),
                "leftOut": reasons.count("left-out"),
            }
        )
    return found
