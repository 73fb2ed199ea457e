"""Enter a batch of rows: read and compared beforehand, written in one transaction."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from heritage.catalogue.models import Relic

from .author import check_author
from .cells import read_row
from .checking import find_faults
from .entries import Entry, Verdict, tidy
from .lease import save
from .mapping import Plan
from .merging import merge
from .models import Load, SourceRecord
from .names import Names
from .numbering import Numbering
from .plain import plain, with_rows
from .reading import Reading
from .reasons import REFUSALS, reason_of
from .staging import Staged
from .telling import Telling
from .writing import build, change, create


class Entering:
    """Enters batch after batch of one load."""

    def __init__(self, load: Load, plan: Plan) -> None:
        self.load = load
        self.plan = plan
        self.by = load.created_by
        self.names = Names(load.collection, self.by)
        self.reason = f"load {load.key}"
        self.batch: list[Entry] = []
        self.numbering = Numbering(load.collection)
        self.telling = Telling(load, plan)

    def prepare(self, rows: Sequence[tuple[int, str, Staged]]) -> None:
        """Read the rows of the next batch; nothing is written."""
        self.batch = [
            Entry(p, name, row, tidy(read_row(self.plan, row))) for p, name, row in rows
        ]

    def write(self) -> None:
        """Enter the batch whole; row by row where the register refuses it."""
        try:
            with transaction.atomic():
                self._enter(self.batch)
                save(self.load, cursor=self.load.cursor + len(self.batch))
        except REFUSALS:
            self._one_by_one()

    def refuse(
        self, rows: Sequence[tuple[int, str, Staged]], code: str, **facts: Any
    ) -> None:
        """Tell that these rows are not entered; they are not even read."""
        told = [
            Entry(
                place,
                name,
                row,
                Reading(name),
                [(code, facts)],
                verdict=Verdict.REFUSED,
            )
            for place, name, row in rows
        ]
        with transaction.atomic():
            self.telling.tell(told)
            save(self.load, cursor=self.load.cursor + len(told))

    def _one_by_one(self) -> None:
        """Find the rows that the register refuses: each is told, the others are entered."""
        for entry in self.batch:
            self.names.forget()
            fresh = Entry(
                entry.place,
                entry.identifier,
                entry.row,
                tidy(read_row(self.plan, entry.row)),
            )
            try:
                with transaction.atomic():
                    self._enter([fresh])
                    save(self.load, cursor=self.load.cursor + 1)
            except REFUSALS as error:
                fresh.faults = [("refused", {"reason": reason_of(error)})]
                fresh.verdict, fresh.relic, fresh.new = Verdict.REFUSED, None, None
                with transaction.atomic():
                    self.telling.tell([fresh])
                    save(self.load, cursor=self.load.cursor + 1)

    def _enter(self, entries: list[Entry]) -> None:
        check_author(self.load)
        self._find(entries)
        for entry in entries:
            self._decide(entry)
        writing = [
            e for e in entries if e.verdict in (Verdict.CREATED, Verdict.CHANGED)
        ]
        self.numbering.number(entries)
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
        self.telling.tell(entries)

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
        values = entry.fields
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

    def _change(self, entry: Entry) -> None:
        assert entry.relic is not None  # noqa: S101 - for the type checker
        acts = change(
            entry.relic, entry.changes, self.names, by=self.by, reason=self.reason
        )
        entry.before = {"values": entry.before, "acts": acts}
