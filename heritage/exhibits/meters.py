"""What an exhibit costs on each class of devices, beside what it may cost."""

from typing import Any

from heritage.catalogue.policy import Person

from .addresses import Absolute
from .devices import devices
from .models import Exhibit
from .scene import build_scene

FIGURES = ("triangles", "draws", "gpu_bytes")


def meters_of(
    exhibit: Exhibit, person: Person, absolute: Absolute
) -> list[dict[str, Any]]:
    """Give for each class the sums, the budget, and what had to be made coarser."""
    found = []
    for device in devices().values():
        scene = build_scene(exhibit, device, person, absolute=absolute)
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
