"""Give each new relic a number of its own; what is given twice becomes a doubt."""

from collections.abc import Sequence

from heritage.catalogue.models import Collection, ExternalIdentifier, Relic

from .entries import Entry, Verdict

GIVEN_ONCE = ("census", "culture-data", "isli", "wikidata")


class Numbering:
    """Numbers the new relics of one batch after another."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self.batch: Sequence[Entry] = ()
        self.last: dict[tuple[str, str], int] = {}  # of numbers with ~2, ~3 added

    def number(self, entries: Sequence[Entry]) -> None:
        """Give every new relic a number of its own; what was written twice is a doubt."""
        new = [e for e in entries if e.verdict == Verdict.CREATED]
        self.batch = new
        if not new:
            return
        wanted = {e.changes["register_no"] for e in new}
        self.last.clear()
        rows = Relic.objects.filter(collection=self.collection, register_no__in=wanted)
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
            collection=self.collection,
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
