"""Look at what a mapping would make of a table, before anything is written."""

from collections import Counter
from dataclasses import dataclass, field

from .cells import identifier_of, read_row
from .checking import find_faults
from .fields import fields, label_of
from .mapping import Plan
from .models import Load
from .places import staged_path
from .reading import Flag
from .staging import Staged, read_rows
from .words import DOUBTS, told_fault, told_value

SHOWN = 20
LOOKED_AT = 500


@dataclass(frozen=True)
class Sample:
    """One row: what the table says, and what the record would."""

    number: int
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]
    doubts: list[str]
    faults: list[str]


@dataclass
class Preview:
    looked_at: int = 0
    refused: int = 0
    samples: list[Sample] = field(default_factory=list)
    doubts: list[tuple[str, str, int]] = field(
        default_factory=list
    )  # field, doubt, rows
    unmapped: list[str] = field(default_factory=list)
    repeated: int = 0  # identifiers that stand more than once


def preview(load: Load, plan: Plan) -> Preview:
    """Read the first rows by a mapping; count doubts by field, show some rows."""
    found = Preview(unmapped=plan.unmapped(load.columns))
    counted: Counter[tuple[str, str]] = Counter()
    names: Counter[str] = Counter()
    for row in read_rows(staged_path(load), 0, LOOKED_AT):
        said = read_row(plan, row)
        values = {
            k: v for k, v in said.values.items() if k not in ("key", "edit_version")
        }
        faults = [
            told_fault(f) for f in find_faults(values, is_new="key" not in said.values)
        ]
        counted.update((flag.field, flag.code) for flag in said.flags)
        names[identifier_of(plan, row)] += 1
        found.looked_at += 1
        found.refused += bool(faults)
        if len(found.samples) < SHOWN:
            after = [
                (label_of(key), told_value(key, value)) for key, value in values.items()
            ]
            doubts = [told_flag(flag) for flag in said.flags]
            found.samples.append(
                Sample(row.number, _before(plan, row), after, doubts, faults)
            )
    found.doubts = [
        (_name(at), str(DOUBTS[code]), rows)
        for (at, code), rows in counted.most_common()
    ]
    found.repeated = sum(count - 1 for count in names.values())
    return found


def told_flag(flag: Flag) -> str:
    return f"{_name(flag.field)}: {DOUBTS[flag.code]} “{flag.literal}”"


def _name(key: str) -> str:
    return label_of(key) if key in fields() else key


def _before(plan: Plan, row: Staged) -> list[tuple[str, str]]:
    return [(name, row.cells[name][:200]) for name in row.cells if name in plan.mapped]
