"""Write what came of rows: a result for each, what the source said of it, and doubts."""

from collections.abc import Iterable

from heritage.archive.pages import note_rows
from heritage.archive.records import note_change
from heritage.lib.inserting import insert_rows

from .entries import Entry, Verdict
from .mapping import Plan
from .models import Doubt, Load, LoadedRow, SourceRecord


class Telling:
    """Tells of the rows of one load, within the transaction that enters them."""

    def __init__(self, load: Load, plan: Plan) -> None:
        self.load = load
        self.plan = plan

    def tell(self, entries: list[Entry]) -> None:
        sources = [s for e in entries if (s := self._source(e)) is not None]
        # Told apart before they are written: after it all of them have a key.
        known = [source for source in sources if source.pk is not None]
        insert_rows([source for source in sources if source.pk is None])
        if known:
            SourceRecord.objects.bulk_update(known, ["cells", "said", "load"])
        doubts = [d for e in entries for d in self._doubts(e)]
        insert_rows(doubts)
        results = [self._result(e) for e in entries]
        insert_rows(results)
        note_rows(LoadedRow, *(row.pk for row in results))
        # New relics are noted already; of others this may be all that is new.
        new = {e.relic.pk for e in entries if e.relic and e.verdict == Verdict.CREATED}
        told: list[SourceRecord | Doubt] = [*sources, *doubts]
        note_change(*(row for row in told if row.relic_id not in new))

    def _source(self, entry: Entry) -> SourceRecord | None:
        """Give what the source says of a relic, where that is new."""
        if entry.relic is None:
            return None
        said = entry.fields
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
