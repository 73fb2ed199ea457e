"""What would come of a change: the first relics counted, a page of them told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from heritage.catalogue.models import Relic
from heritage.catalogue.policy import Person, visible
from heritage.catalogue.reads import note_reads
from heritage.exchange.models import BulkChange
from heritage.exchange.words import told_fault

from .chosen import Chosen, read_chosen
from .looking import Look, look_at
from .steps import Step
from .targets import TERMS
from .telling import Line, told_lines

LOOKED_AT: Final = 200
SHOWN: Final = 25


@dataclass
class Sample:
    """One relic: what would differ, as which acts, or why it is refused."""

    relic: Relic | None
    key: str
    lines: list[Line] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        return "refused" if self.faults else "changed" if self.lines else "unchanged"


@dataclass
class Preview:
    """Counts of the first, and one page; `next` is the place where the following begins."""

    looked_at: int
    counts: Counter[str]
    reasons: list[tuple[str, int]]
    samples: list[Sample]
    next: int | None


def preview(change: BulkChange, *, start: int, by: Any, person: Person) -> Preview:
    """Look at relics as they are now; nothing is written but who read what is restricted."""
    steps = [Step.read(told) for told in change.steps]
    first = list(islice(read_chosen(change), LOOKED_AT))
    samples = _samples(first, steps, by, person)
    if start + SHOWN <= len(first) or len(first) == change.rows:
        shown = samples[start : start + SHOWN]
    else:
        page = list(islice(read_chosen(change, start), SHOWN))
        shown = _samples(page, steps, by, person)
    reads = ((s.relic, {line.name for line in s.lines}) for s in shown if s.relic)
    note_reads(reads, by=by.pk)
    reasons = Counter(fault for one in samples for fault in one.faults)
    ends = start + SHOWN
    return Preview(
        len(first), Counter(one.verdict for one in samples), reasons.most_common(),
        shown, ends if ends < change.rows else None,
    )  # fmt: skip


def _samples(
    chosen: Sequence[Chosen], steps: Sequence[Step], by: Any, person: Person
) -> list[Sample]:
    rows = Relic.objects.select_related("collection", "period").prefetch_related(*TERMS)
    found = visible(rows, person).in_bulk([one.pk for one in chosen])
    return [_sample(one, found.get(one.pk), steps, by, person) for one in chosen]


def _sample(
    one: Chosen, relic: Relic | None, steps: Sequence[Step], by: Any, person: Person
) -> Sample:
    if relic is None:
        return Sample(None, one.key, faults=[told_fault(("gone", {}))])
    if relic.edit_version != one.version:
        facts = {"seen": one.version, "now": relic.edit_version}
        return Sample(relic, one.key, faults=[told_fault(("edited", facts))])
    look = look_at(relic, steps, by=by, person=person)
    return _told(relic, look, person)


def _told(relic: Relic, look: Look, person: Person) -> Sample:
    is_yours = all(code != "not-yours" for code, _facts in look.faults)
    return Sample(
        relic,
        relic.key,
        told_lines(*look.values, person, relic) if is_yours else [],
        [str(act._meta.verbose_name) for act in look.acts],
        [told_fault(fault) for fault in look.faults],
    )
