"""Read a ledger as one reads a book: lines, with what was struck through still there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from heritage.catalogue.models import Relic

from .lines import line_of
from .models import COLUMNS, Ledger, LedgerEntry

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Text:
    """One text that stood, or stands, in a cell."""

    text: str
    struck_by: LedgerEntry | None = None


@dataclass
class Line:
    """One relic's line: of each cell all texts, the one that holds last."""

    entered: LedgerEntry
    cells: dict[str, list[Text]]
    corrections: list[LedgerEntry] = field(default_factory=list)
    struck_off: LedgerEntry | None = None

    @property
    def number(self) -> int:
        return self.entered.number

    @property
    def entries(self) -> list[LedgerEntry]:
        struck = [self.struck_off] if self.struck_off else []
        return [self.entered, *self.corrections, *struck]

    def text(self, column: str) -> str:
        return self.cells[column][-1].text

    def row(self) -> list[list[Text]]:
        return [self.cells[name] for name in COLUMNS]


@dataclass(frozen=True)
class Drift:
    """Where the register says something else than the ledger, by now."""

    line: Line
    relic: Relic
    changes: dict[str, tuple[str, str]]  # column: what stands, what it should be


def read_book(ledger: Ledger) -> list[Line]:
    """Give all lines in the order in which they were entered."""
    return sorted(_lines(ledger.entries.all()), key=lambda line: line.number)


def read_line(ledger: Ledger, relic_key: str) -> Line | None:
    rows = ledger.entries.filter(relic_key=relic_key)
    return next(_lines(rows), None)


def find_drift(ledger: Ledger, lines: Iterable[Line]) -> list[Drift]:
    """Compare lines that stand with the register as it is now."""
    standing = {one.entered.relic_key: one for one in lines if one.struck_off is None}
    rows = Relic.objects.filter(
        key__in=standing, collection=ledger.collection_id
    ).select_related("period")
    found = []
    for relic in rows.prefetch_related("materials", "dimensions"):
        line, now = standing[relic.key], line_of(relic)
        changes = {
            name: (line.text(name), now[name])
            for name in COLUMNS
            if line.text(name) != now[name]
        }
        if changes:
            found.append(Drift(line, relic, changes))
    return sorted(found, key=lambda drift: drift.line.number)


def _lines(rows: Iterable[LedgerEntry]) -> Iterator[Line]:
    ordered = sorted(rows, key=lambda entry: (entry.relic_key, entry.number))
    for _key, entries in groupby(ordered, key=lambda entry: entry.relic_key):
        first, *later = entries
        line = Line(first, {n: [Text(first.cells.get(n, ""))] for n in COLUMNS})
        for entry in later:
            _add(line, entry)
        yield line


def _add(line: Line, entry: LedgerEntry) -> None:
    if entry.kind == Kind.STRUCK:
        line.struck_off = entry
        return
    line.corrections.append(entry)
    for name, text in entry.cells.items():
        was = line.cells[name].pop()
        line.cells[name] += [Text(was.text, struck_by=entry), Text(text)]
