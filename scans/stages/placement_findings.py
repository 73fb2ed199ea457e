"""What a person should know of how scans fit together."""

import numpy as np

from scans.geometry.scan import Finding
from scans.reconstruction.left_out import NotPlaced
from scans.reconstruction.registration import Registration

Facts = dict[str, str | int | float]


def of_registration(found: Registration) -> list[Finding]:
    """List what registering left out or could not know."""
    several = [members for members in found.groups if len(members) > 1]
    free = [scan.name for scan in found.scans if scan.undetermined]
    told = [lost(entry) for entry in found.not_placed]
    if len(several) > 1:
        told.append(groups_apart(several))
    # Of poses that files state, those that nothing checks are named one by one.
    if free and not found.given:
        told.append(undetermined(free))
    return told + [doubled(*pair) for pair in found.doubled]


def lost(entry: NotPlaced) -> Finding:
    """A scan that fits nowhere."""
    facts: Facts = {
        "file": entry.name,
        "nearest": entry.nearest,
        "overlap": entry.overlap,
        "conflict": entry.conflict,
    }
    message = (
        f"{entry.name} fits nowhere and was left out; it came nearest to "
        f"{entry.nearest or 'none'}. Add scans between them, or leave it away."
    )
    return Finding("scan-not-placed", message, facts)


def groups_apart(groups: list[list[str]]) -> Finding:
    """Several groups that do not connect."""
    files = "; ".join(", ".join(members) for members in groups)
    message = (
        f"The scans fall into {len(groups)} groups that do not connect: {files}. "
        "The first was reconstructed. Add scans between them, or reconstruct each by "
        "itself if they show different objects."
    )
    return Finding("groups-apart", message, {"groups": len(groups), "files": files})


def undetermined(names: list[str]) -> Finding:
    """Scans that could be turned or shifted without anything telling."""
    files = ", ".join(names)
    message = (
        f"Neither shape nor colour tells how these scans lie to the others: {files}. "
        "The object looks alike from several sides. Scan it again with marks beside it, "
        "or give points that two scans have in common."
    )
    return Finding("rotation-undetermined", message, {"files": files})


def doubled(first: str, second: str) -> Finding:
    """One scan that was handed in twice."""
    message = (
        f"{first} and {second} hold the same points: a scan was handed in twice. "
        "Leave one of them out."
    )
    return Finding("doubled-scan", message, {"file": first, "other": second})


def moved(first: str, second: str) -> Finding:
    """An object that was moved on its table."""
    message = (
        f"The object was moved against its table or clamp between {first} and {second}. "
        "The scans were placed by the object."
    )
    return Finding("moved-fixture", message, {"first": first, "second": second})


def off(name: str, shift_m: float, turn_rad: float) -> Finding:
    """A stated pose that the points contradict."""
    mm, degrees = round(1000 * shift_m, 2), round(float(np.degrees(turn_rad)), 2)
    message = (
        f"The pose that {name} states is off by {mm} mm and {degrees} degrees from "
        "where its points fit. Check the export."
    )
    return Finding(
        "given-pose-off", message, {"file": name, "mm": mm, "degrees": degrees}
    )


def unchecked(name: str) -> Finding:
    """A stated pose that nothing checks."""
    message = (
        f"{name} shares no surface with the other scans; its stated pose was taken as "
        "it is."
    )
    return Finding("given-pose-unchecked", message, {"file": name})


def unused() -> Finding:
    """Stated poses that do not fit together."""
    message = (
        "The poses that the files state do not fit what the scans show; the scans were "
        "placed by what they show. Check the export."
    )
    return Finding("given-poses-unused", message, {})
