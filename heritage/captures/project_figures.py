"""How far a project is on any day: from what happened and when, never from what is now."""

import datetime as dt
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from django.db.models import Min
from django.utils import timezone

from heritage.catalogue.models import RecordEvent, Relic
from heritage.catalogue.policy import Person, WorksIn, visible

from .acceptance_models import RunDecision
from .models import CaptureFile, Run
from .project_models import Project, ProjectItem

Verb = RecordEvent.Verb
PERCENT = 100.0


class Stage(IntEnum):
    """How far a relic is; each stage holds those before it."""

    PLANNED = 0
    CAPTURED = 1
    PROCESSED = 2
    ACCEPTED = 3
    PUBLISHED = 4


@dataclass
class Story:
    """What happened to one relic of a project, by day.

    switches : days on which its model was accepted (True) or refused, in order; and the
    same of its release and withdrawal
    """

    item: ProjectItem
    captured: dt.date | None = None
    processed: dt.date | None = None
    accepted: list[tuple[dt.date, bool]] = field(default_factory=list)
    published: list[tuple[dt.date, bool]] = field(default_factory=list)

    def is_in(self, day: dt.date) -> bool:
        """Whether the relic was part of the project on this day."""
        gone = self.item.taken_out_on
        return self.item.planned_on <= day and (gone is None or gone > day)

    def stage(self, day: dt.date) -> Stage:
        """Give the farthest stage that holds on this day."""
        if _is_on(self.published, day) and _is_on(self.accepted, day):
            return Stage.PUBLISHED
        if _is_on(self.accepted, day):
            return Stage.ACCEPTED
        if self.processed is not None and self.processed <= day:
            return Stage.PROCESSED
        if self.captured is not None and self.captured <= day:
            return Stage.CAPTURED
        return Stage.PLANNED

    @property
    def due(self) -> dt.date | None:
        return self.item.due_on or self.item.project.due_on

    def is_late(self, day: dt.date) -> bool:
        """Due before this day and not accepted on it."""
        return (
            self.due is not None and self.due < day and self.stage(day) < Stage.ACCEPTED
        )


@dataclass(frozen=True)
class Figures:
    """A project on one day: relics by stage, each counted once, where it stands."""

    day: dt.date
    by_stage: dict[Stage, int]
    late: int

    @property
    def planned(self) -> int:
        return sum(self.by_stage.values())

    def at_least(self, stage: Stage) -> int:
        return sum(n for reached, n in self.by_stage.items() if reached >= stage)

    @property
    def percent_done(self) -> float:
        """Share of the relics whose model is accepted; 0 of none."""
        done = self.at_least(Stage.ACCEPTED)
        return PERCENT * done / self.planned if self.planned else 0.0


def read_stories(project: Project, person: Person) -> list[Story]:
    """Read what happened, since the project began, to each relic the person works on.

    A relic may have gone to another collection after it was planned here.
    """
    own = visible(Relic.objects.filter(WorksIn().q(person)), person)
    items = project.items.filter(relic__in=own).select_related("relic", "project")
    stories = {item.relic_id: Story(item) for item in items}
    begin = _beginning(project.starts_on)
    for relic, at in _first_files(stories, project):
        stories[relic].captured = timezone.localdate(max(at, begin))
    for relic, at in _first_runs(stories, project):
        stories[relic].processed = timezone.localdate(at)
    for relic, at, is_on in _decisions(stories, project):
        stories[relic].accepted.append((timezone.localdate(at), is_on))
    by_key = {story.item.relic.key: story for story in stories.values()}
    for key, at, verb in _events(by_key):
        by_key[key].published.append((timezone.localdate(at), verb == Verb.RELEASED))
    return list(stories.values())


def figures_on(stories: Sequence[Story], day: dt.date) -> Figures:
    """Count the relics by stage on a day."""
    there = [story for story in stories if story.is_in(day)]
    counted = Counter(story.stage(day) for story in there)
    late = sum(story.is_late(day) for story in there)
    return Figures(day, {stage: counted[stage] for stage in Stage}, late)


def _is_on(switches: Sequence[tuple[dt.date, bool]], day: dt.date) -> bool:
    """Tell how the last switch up to this day stands; off before the first."""
    index = bisect_right([when for when, _on in switches], day)
    return index > 0 and switches[index - 1][1]


def _beginning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _first_files(
    relics: Iterable[int], project: Project
) -> Iterator[tuple[int, dt.datetime]]:
    rows = CaptureFile.objects.filter(
        capture__relic__in=relics, capture__captured_on__gte=project.starts_on
    )
    told: Any = rows.order_by().values_list("capture__relic")
    yield from told.annotate(Min("stored_file__deposit__created_at"))


def _first_runs(
    relics: Iterable[int], project: Project
) -> Iterator[tuple[int, dt.datetime]]:
    rows = Run.objects.filter(
        capture__relic__in=relics, capture__captured_on__gte=project.starts_on,
        state=Run.State.SUCCEEDED, type=Run.Type.RECONSTRUCT,
    )  # fmt: skip
    told: Any = rows.order_by().values_list("capture__relic")
    yield from told.annotate(Min("finished_at"))


def _decisions(
    relics: Iterable[int], project: Project
) -> Iterator[tuple[int, dt.datetime, bool]]:
    """Give acceptances; and refusals of what was the master, for only they take it away."""
    rows = RunDecision.objects.filter(
        run__capture__relic__in=relics,
        run__capture__captured_on__gte=project.starts_on,
    )
    rows = rows.select_related("run__capture").order_by("at", "pk")
    for row in rows:
        is_on = row.verdict == RunDecision.Verdict.ACCEPTED
        if is_on or row.replaced_id:
            yield row.run.capture.relic_id, row.at, is_on


def _events(keys: Iterable[str]) -> Iterator[tuple[str, dt.datetime, str]]:
    rows = RecordEvent.objects.filter(
        record_kind=Relic.kind, record_key__in=keys,
        verb__in=[Verb.RELEASED, Verb.WITHDRAWN],
    )  # fmt: skip
    for row in rows.order_by("at", "pk"):
        yield row.record_key, row.at, row.verb
