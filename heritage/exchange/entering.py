"""Enter a batch of rows: read and compared beforehand, written in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import Model, QuerySet

from heritage.archive.pages import note_rows
from heritage.archive.records import note_change
from heritage.catalogue.errors import CatalogueError
from heritage.catalogue.models import ExternalIdentifier, Relic

from .cells import Reading, read_row
from .checking import Fault, find_faults
from .lease import save
from .mapping import Plan
from .merging import merge
from .models import Doubt, Load, LoadedRow, SourceRecord
from .names import Names
from .plain import plain, row_key, with_rows
from .staging import Staged
from .writing import New, build, change, create

Verdict = LoadedRow.Verdict
# The database, and what rooms above keep the register from: a move of what the ledger holds.
REFUSALS = (IntegrityError, DataError, CatalogueError)
GIVEN_ONCE = ("census", "culture-data", "isli", "wikidata")


@dataclass
class Entry:
    """One row on its way in."""

    place: int
    identifier: str
    row: Staged
    said: Reading
    faults: list[Fault] = field(default_factory=list)
    known: SourceRecord | None = None  # what this table said of it before
    relic: Relic | None = None
    verdict: str = ""
    changes: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    new: New | None = None


class Entering:
    """Enters batch after batch of one load."""

    def __init__(self, load: Load, plan: Plan) -> None:
        self.load = load
        self.plan = plan
        self.by = load.created_by
        self.names = Names(load.collection, self.by)
        self.reason = f"load {load.key}"
        self.batch: list[Entry] = []
        self.last: dict[tuple[str, str], int] = {}  # of numbers with ~2, ~3 added

    def prepare(self, rows: Sequence[tuple[int, str, Staged]]) -> None:
        """Read the rows of the next batch; nothing is written."""
        self.batch = [
            Entry(p, name, row, _tidy(read_row(self.plan, row)))
            for p, name, row in rows
        ]

    def write(self) -> None:
        """Enter the batch whole; row by row where the register refuses it."""
        try:
            with transaction.atomic():
                self._enter(self.batch)
                save(self.load, cursor=self.load.cursor + len(self.batch))
        except REFUSALS:
            self._one_by_one()

    def _one_by_one(self) -> None:
        """Find the rows that the register refuses: each is told, the others are entered."""
        for entry in self.batch:
            self.names.forget()
            fresh = Entry(
                entry.place,
                entry.identifier,
                entry.row,
                _tidy(read_row(self.plan, entry.row)),
            )
            try:
                with transaction.atomic():
                    self._enter([fresh])
                    save(self.load, cursor=self.load.cursor + 1)
            except REFUSALS as error:
                fresh.faults = [("refused", {"reason": str(error)[:500]})]
                fresh.verdict, fresh.relic, fresh.new = Verdict.REFUSED, None, None
                with transaction.atomic():
                    self._tell([fresh])
                    save(self.load, cursor=self.load.cursor + 1)

    def _enter(self, entries: list[Entry]) -> None:
        self._find(entries)
        for entry in entries:
            self._decide(entry)
        writing = [
            e for e in entries if e.verdict in (Verdict.CREATED, Verdict.CHANGED)
        ]
        self._number(entries)
        self.names.prepare(e.changes for e in writing)
        for entry in writing:
            if entry.verdict == Verdict.CREATED:
                entry.new = build(
                    entry.changes,
                    self.names,
                    collection=self.load.collection,
                    by=self.by,
                )
                entry.relic = entry.new.relic
        create([e.new for e in entries if e.new], by=self.by, reason=self.reason)
        for entry in entries:
            if entry.verdict == Verdict.CHANGED:
                self._change(entry)
        self._tell(entries)

    def _find(self, entries: list[Entry]) -> None:
        """Find what each row is about: by its source, or by the key of an export."""
        own = SourceRecord.objects.filter(
            collection=self.load.collection, source=self.plan.source
        )
        rows = own.filter(identifier__in={e.identifier for e in entries})
        by_name: dict[str, list[SourceRecord]] = {}
        for row in rows:
            by_name.setdefault(row.identifier, []).append(row)
        keys = {e.said.values["key"] for e in entries if "key" in e.said.values}
        by_key = dict(
            Relic.objects.filter(
                collection=self.load.collection, key__in=keys
            ).values_list("key", "pk")
        )
        wanted: dict[int, int] = {}
        for place, entry in enumerate(entries):
            found = by_name.get(entry.identifier, [])
            entry.known = next((r for r in found if r.table == self.plan.name), None)
            pk = (
                found[0].relic_id
                if found
                else by_key.get(entry.said.values.get("key", ""))
            )
            if pk is not None:
                wanted[place] = pk
        pks = sorted(set(wanted.values()))
        if pks:
            list(Relic.objects.select_for_update().filter(pk__in=pks).values_list("pk"))
        relics = (
            {relic.pk: relic for relic in with_rows(Relic.objects.filter(pk__in=pks))}
            if pks
            else {}
        )
        for place, pk in wanted.items():
            entries[place].relic = relics[pk]

    def _decide(self, entry: Entry) -> None:
        values = _fields_of(entry.said)
        entry.faults = find_faults(values, is_new=entry.relic is None)
        if not entry.identifier:
            entry.faults.insert(0, ("no-identifier", {}))
        if entry.faults:
            entry.verdict, entry.relic = Verdict.REFUSED, None
        elif entry.relic is None:
            entry.verdict, entry.changes = Verdict.CREATED, dict(values)
            entry.changes.setdefault("category", "other")
        else:
            self._compare(entry, values)

    def _compare(self, entry: Entry, values: dict[str, Any]) -> None:
        assert entry.relic is not None  # noqa: S101 - for the type checker
        current = plain(entry.relic)
        only_new = {c.to for c in self.plan.columns if c.only_new}
        meant = {k: v for k, v in values.items() if k not in only_new}
        told = merge(current, self._said_before(entry, current), meant)
        for key, value in told.conflicts.items():
            literal = str(value)[:300]
            entry.said.doubt("conflict", key, literal, proposal={key: value})
        entry.changes = told.changes
        entry.verdict = Verdict.CHANGED if told.changes else Verdict.UNCHANGED
        entry.before = {key: current.get(key) for key in told.changes}

    def _said_before(self, entry: Entry, current: dict[str, Any]) -> dict[str, Any]:
        """An export that nobody has overtaken said what the record still holds."""
        saved = entry.said.values.get("edit_version")
        if saved and entry.relic is not None and saved == str(entry.relic.edit_version):
            return current
        return entry.known.said if entry.known else {}

    def _number(self, entries: list[Entry]) -> None:
        """Give every new relic a number of its own; what was written twice is a doubt."""
        new = [e for e in entries if e.verdict == Verdict.CREATED]
        if not new:
            return
        wanted = {e.changes["register_no"] for e in new}
        self.last.clear()
        rows = Relic.objects.filter(
            collection=self.load.collection, register_no__in=wanted
        )
        taken = dict.fromkeys(
            ((t, n) for t, n in rows.values_list("register_type", "register_no")), ""
        )
        for entry in new:
            kind = entry.changes.get("register_type", "general-register")
            number = entry.changes["register_no"]
            if (kind, number) in taken:
                self._renumber(entry, kind, number)
            taken[kind, entry.changes["register_no"]] = ""
        self._drop_given(new)

    def _renumber(self, entry: Entry, kind: str, number: str) -> None:
        head = number[:70]
        if (kind, head) not in self.last:
            self.last[kind, head] = self._last_of(kind, f"{head}~")
        place = self.last[kind, head] = self.last[kind, head] + 1
        entry.changes["register_no"] = f"{number[:70]}~{place}"
        entry.said.doubt(
            "duplicate-number", "register_no", number, proposal={"register_no": f"{number[:70]}-{place}"},
            facts={"entered": entry.changes["register_no"]},
        )  # fmt: skip

    def _last_of(self, kind: str, head: str) -> int:
        """Give the largest of the numbers that follow this, in the register and the batch."""
        begun = Relic.objects.filter(
            collection=self.load.collection,
            register_type=kind,
            register_no__startswith=head,
        ).values_list("register_no", flat=True)
        coming = (str(entry.changes.get("register_no", "")) for entry in self.batch)
        rests = (no[len(head) :] for no in (*begun, *coming) if no.startswith(head))
        # Nine digits at most, so that no number that somebody wrote becomes longer than fits.
        return max([1, *(int(r) for r in rests if r.isdecimal() and len(r) < 10)])

    def _drop_given(self, new: list[Entry]) -> None:
        """Of numbers that name one thing in the world the second is a doubt."""
        mine = [
            (entry, row)
            for entry in new
            for row in entry.changes.get("identifiers", ())
            if row["type"] in GIVEN_ONCE
        ]
        if not mine:
            return
        numbers = {row["identifier"] for _, row in mine}
        rows = ExternalIdentifier.objects.filter(
            type__in=GIVEN_ONCE, identifier__in=numbers
        )
        taken = set(rows.values_list("type", "identifier"))
        for entry, row in mine:
            name = row["type"], row["identifier"]
            if name in taken:
                kept = [one for one in entry.changes["identifiers"] if one != row]
                entry.changes["identifiers"] = kept
                entry.said.doubt(
                    "identifier-taken", f"identifier.{row['type']}", row["identifier"]
                )
            taken.add(name)

    def _change(self, entry: Entry) -> None:
        assert entry.relic is not None  # noqa: S101 - for the type checker
        acts = change(
            entry.relic, entry.changes, self.names, by=self.by, reason=self.reason
        )
        entry.before = {"values": entry.before, "acts": acts}

    def _tell(self, entries: list[Entry]) -> None:
        """Write what came of the rows: results, what the source said, doubts."""
        sources = [s for e in entries if (s := self._source(e)) is not None]
        _write(SourceRecord, [s for s in sources if s.pk is None])
        known = [s for s in sources if s.pk is not None]
        if known:
            SourceRecord.objects.bulk_update(known, ["cells", "said", "load"])
        doubts = [d for e in entries for d in self._doubts(e)]
        _write(Doubt, doubts)
        results = [self._result(e) for e in entries]
        _write(LoadedRow, results)
        note_rows(LoadedRow, *(row.pk for row in results))
        # New relics are noted already; of known ones source data may have changed alone.
        note_change(*known)

    def _source(self, entry: Entry) -> SourceRecord | None:
        """Give what the source says of a relic, where that is new."""
        if entry.relic is None:
            return None
        said = _fields_of(entry.said)
        row = entry.known
        if row is None:
            row = SourceRecord(
                relic=entry.relic, collection=self.load.collection, source=self.plan.source,
                table=self.plan.name, identifier=entry.identifier,
            )  # fmt: skip
        elif row.cells == entry.row.cells and row.said == said:
            return None
        else:
            row.relic = entry.relic
        row.cells, row.said, row.load = entry.row.cells, said, self.load
        return row

    def _doubts(self, entry: Entry) -> Iterable[Doubt]:
        if entry.relic is None or (
            entry.verdict == Verdict.UNCHANGED and self._is_known(entry)
        ):
            return
        for flag in entry.said.flags:
            yield Doubt(
                relic=entry.relic, load=self.load, code=flag.code, field=flag.field[:60],
                literal=flag.literal, facts=flag.facts, proposal=flag.proposal,
            )  # fmt: skip

    def _is_known(self, entry: Entry) -> bool:
        """The same was doubted when it came for the first time."""
        return entry.known is not None and not any(
            f.code == "conflict" for f in entry.said.flags
        )

    def _result(self, entry: Entry) -> LoadedRow:
        refused = entry.verdict == Verdict.REFUSED
        relic = entry.relic
        return LoadedRow(
            load=self.load, place=entry.place, number=entry.row.number, file=entry.row.file[:255],
            identifier=entry.identifier, verdict=entry.verdict,
            relic_key=relic.key if relic else "", left_version=relic.edit_version if relic else None,
            faults=[list(f) for f in entry.faults], doubts=0 if refused else len(entry.said.flags),
            cells=entry.row.cells if refused else {}, before=entry.before,
        )  # fmt: skip


def _write(model: type[Model], rows: Sequence[Any]) -> None:
    if rows:
        QuerySet(model).bulk_create(rows)


def _fields_of(said: Reading) -> dict[str, Any]:
    return {k: v for k, v in said.values.items() if k not in ("key", "edit_version")}


def _tidy(said: Reading) -> Reading:
    """Write lists as a plain record has them: sorted, nothing empty, each once."""
    for key in ("materials", "facets"):
        if key in said.values:
            said.values[key] = sorted(set(said.values[key]))
    for key in ("dimensions", "numbers", "identifiers", "other_names"):
        if key in said.values:
            rows = [
                {k: v for k, v in r.items() if v not in (None, "")}
                for r in said.values[key]
            ]
            if key == "dimensions":
                rows = [{"unit": "cm", "origin": "caliper", **r} for r in rows]
            once = {row_key(key, row): row for row in reversed(rows)}
            said.values[key] = [once[name] for name in sorted(once)]
    return said
