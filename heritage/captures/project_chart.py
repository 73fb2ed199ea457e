"""A project's course as a chart: stages stacked over time, in the numbers an SVG wants."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .project_figures import Figures, Stage, Story, figures_on

WIDTH, HEIGHT = 720, 240  # of the drawing, in its own units
LEFT, RIGHT, TOP, BOTTOM = 48, 24, 12, 28
SAMPLES = 60  # days told at most
MARKS = 4
DAYS_NAMED = 6


@dataclass(frozen=True)
class Area:
    stage: Stage
    points: str


@dataclass(frozen=True)
class Chart:
    """Areas from the farthest stage up, and where the axes' words stand."""

    areas: Sequence[Area]
    marks: Sequence[tuple[float, int]]  # height, relics
    days: Sequence[tuple[float, dt.date]]
    due: float | None  # where the target date lies
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def sampled_days(first: dt.date, last: dt.date) -> list[dt.date]:
    """Give days from the first to the last, evenly, both among them."""
    span = (last - first).days
    count = min(span, SAMPLES - 1)
    if count < 1:
        return [last]
    return [first + dt.timedelta(round(span * n / count)) for n in range(count + 1)]


def draw_course(
    stories: Sequence[Story], first: dt.date, last: dt.date, due: dt.date | None
) -> Chart | None:
    """Draw at least two days on which there was something to do."""
    days = sampled_days(first, last)
    told = [figures_on(stories, day) for day in days]
    most = max(one.planned for one in told)
    if len(days) < 2 or not most:
        return None
    span = (last - first).days

    def across(day: dt.date) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (day - first).days / span

    def up(count: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * count / most

    step = max(1, -(-most // MARKS))
    named = days[:: max(1, -(-len(days) // DAYS_NAMED))]
    return Chart(
        [Area(stage, _area(told, stage, across, up)) for stage in Stage],
        [(round(up(n), 1), n) for n in range(0, most + 1, step)],
        [(round(across(day), 1), day) for day in named],
        round(across(due), 1) if due and first <= due <= last else None,
    )


def _area(
    told: Sequence[Figures],
    stage: Stage,
    across: Callable[[dt.date], float],
    up: Callable[[float], float],
) -> str:
    """Outline those that stand at this stage, on those that are farther."""
    upper = [(across(one.day), up(one.at_least(stage))) for one in told]
    below = [
        (across(one.day), up(one.at_least(stage) - one.by_stage[stage])) for one in told
    ]
    outline = [*upper, *reversed(below)]
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in outline)
