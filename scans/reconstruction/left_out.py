"""Scans that fit nowhere, and what each came nearest to."""

from dataclasses import dataclass

from scans.reconstruction.matching import Match


@dataclass(frozen=True)
class NotPlaced:
    """A scan that fits nowhere, and the scan it came nearest to."""

    name: str
    nearest: str
    overlap: float
    conflict: float


def not_placed(
    names: list[str], matches: list[Match], index: int, placed: list[int]
) -> NotPlaced:
    """Say of a scan that was left out what it came nearest to."""

    def other(found: Match) -> int:
        return found.second if found.first == index else found.first

    about = [m for m in matches if index in (m.first, m.second) and other(m) in placed]
    if not about:
        return NotPlaced(names[index], "", 0.0, 0.0)
    best = max(about, key=lambda m: m.evidence.overlap - m.evidence.conflict)
    return NotPlaced(
        name=names[index],
        nearest=names[other(best)],
        overlap=round(best.evidence.overlap, 4),
        conflict=round(best.evidence.conflict, 4),
    )
