"""Growth as a chart: two areas, one on the other, in the numbers an SVG wants."""

from collections.abc import Sequence
from dataclasses import dataclass

from .storage import Growth

WIDTH, HEIGHT = 720, 220  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 80, 32, 12, 28
MARKS = 4
MONTHS_NAMED = 6


@dataclass(frozen=True)
class Chart:
    """Points of the areas, and where the axes' words stand."""

    originals: str
    computed: str
    marks: Sequence[tuple[float, int]]  # height, bytes
    months: Sequence[tuple[float, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def draw_growth(growth: Sequence[Growth]) -> Chart | None:
    """Draw at least two months; one alone has not grown."""
    if len(growth) < 2:
        return None
    most = max(1, *(one.originals_bytes + one.computed_bytes for one in growth))
    step = (WIDTH - LEFT - RIGHT) / (len(growth) - 1)
    across = [LEFT + number * step for number in range(len(growth))]

    def up(size_bytes: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * size_bytes / most

    base = [up(0)] * len(growth)
    middle = [up(one.originals_bytes) for one in growth]
    top = [up(one.originals_bytes + one.computed_bytes) for one in growth]
    named = range(0, len(growth), max(1, -(-len(growth) // MONTHS_NAMED)))
    return Chart(
        _area(across, base, middle),
        _area(across, middle, top),
        [(round(up(most * n / MARKS), 1), most * n // MARKS) for n in range(MARKS + 1)],
        [(round(across[n], 1), growth[n].month) for n in named],
    )


def _area(across: list[float], lower: list[float], upper: list[float]) -> str:
    outline = [*zip(across, upper, strict=True)]
    outline += reversed([*zip(across, lower, strict=True)])
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in outline)
