"""Compare what two people typed into one form with what it was when they opened it.

All three are forms as a browser posts them: names and their texts. Rows of inlines are
known by their own keys, not by their places, which differ from one opening to the next.
Pure: knows neither request nor database.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

Posted = Mapping[str, list[str]]
MINE: Final = "mine"
THEIRS: Final = "theirs"
DELETE: Final = "DELETE"
MANAGEMENT: Final = ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")


@dataclass(frozen=True)
class Inline:
    """The rows under one prefix; `own` names the fields that say which row it is."""

    prefix: str
    key_name: str  # of the row's primary key
    own: frozenset[str] = frozenset()


class Spot(NamedTuple):
    """A place in a form. `row` is "" for the form itself, a row's key, or "new-3"."""

    prefix: str
    row: str
    name: str


@dataclass
class Typed:
    """A form taken apart: fields by name, rows by prefix and key in their order."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)

    def at(self, spot: Spot) -> list[str]:
        return self._around(spot).get(spot.name, [])

    def has(self, spot: Spot) -> bool:
        return spot.name in self._around(spot)

    def _around(self, spot: Spot) -> dict[str, list[str]]:
        if not spot.row:
            return self.fields
        return self.rows.get(spot.prefix, {}).get(spot.row, {})


@dataclass(frozen=True)
class Difference:
    """One place where mine and theirs differ. `name` "" of a row: the row as a whole.

    `choice` is what follows from who changed it; "" where both did, and a person decides.
    """

    spot: Spot
    was: list[str]
    mine: list[str]
    theirs: list[str]
    choice: str


def take_apart(posted: Posted, inlines: Iterable[Inline]) -> Typed:
    """Sort what was posted into fields and rows; new rows are named by their place."""
    typed = Typed()
    left = dict(posted)
    for inline in inlines:
        pattern = re.compile(rf"{re.escape(inline.prefix)}-(\d+)-(.+)", re.DOTALL)
        places: dict[int, dict[str, list[str]]] = {}
        for name in [*left]:
            if found := pattern.fullmatch(name):
                row = places.setdefault(int(found[1]), {})
                row[found[2]] = _plain(left.pop(name))
        typed.rows[inline.prefix] = {
            _row_key(row, inline, place): row for place, row in sorted(places.items())
        }
        for name in MANAGEMENT:
            left.pop(f"{inline.prefix}-{name}", None)
        for name in [n for n in left if n.startswith(f"{inline.prefix}-__prefix__")]:
            left.pop(name)
    typed.fields = {name: _plain(values) for name, values in left.items()}
    return typed


def find_differences(
    was: Typed, mine: Typed, theirs: Typed, inlines: Iterable[Inline]
) -> list[Difference]:
    """Tell every place where the two differ, the form's own fields first."""
    found = [_compare(Spot("", "", name), was, mine, theirs) for name in theirs.fields]
    for inline in inlines:
        for row in theirs.rows.get(inline.prefix, {}):
            if row in mine.rows.get(inline.prefix, {}):
                found += _compare_row(inline, row, was, mine, theirs)
        found += _lost_rows(inline, was, mine, theirs)
    return [one for one in found if one is not None]


def is_news(was: Typed, theirs: Typed) -> bool:
    """Tell whether they changed anything that this form shows."""
    if any(was.fields.get(n, []) != v for n, v in theirs.fields.items()):
        return True
    return any(was.rows.get(p, {}) != rows for p, rows in theirs.rows.items())


def put_together(
    mine: Typed,
    theirs: Typed,
    chosen: Mapping[Spot, str],
    inlines: Iterable[Inline],
) -> dict[str, list[str]]:
    """Write the form to be posted: theirs, with what of mine was chosen and added."""
    out = {name: [*values] for name, values in theirs.fields.items()}
    out |= {s.name: mine.at(s) for s, c in chosen.items() if not s.row and c == MINE}
    for inline in inlines:
        out |= _write_rows(inline, mine, theirs, chosen)
    return {name: values for name, values in out.items() if values}


def _write_rows(
    inline: Inline, mine: Typed, theirs: Typed, chosen: Mapping[Spot, str]
) -> dict[str, list[str]]:
    rows = []
    own = mine.rows.get(inline.prefix, {})
    for key, row in theirs.rows.get(inline.prefix, {}).items():
        taken = {
            s.name: mine.at(s)
            for s, choice in chosen.items()
            if (s.prefix, s.row) == (inline.prefix, key) and choice == MINE
        }
        rows.append(row | taken)
    saved = len(rows)
    again_without = {inline.key_name, DELETE}
    for key, row in own.items():
        again = chosen.get(Spot(inline.prefix, key, "")) == MINE
        if key.startswith("new-") or again:
            rows.append({n: v for n, v in row.items() if n not in again_without})
    out = {f"{inline.prefix}-TOTAL_FORMS": [str(len(rows))]}
    out[f"{inline.prefix}-INITIAL_FORMS"] = [str(saved)]
    for place, row in enumerate(rows):
        out |= {f"{inline.prefix}-{place}-{name}": v for name, v in row.items()}
    return out


def _compare(spot: Spot, was: Typed, mine: Typed, theirs: Typed) -> Difference | None:
    before, one, other = was.at(spot), mine.at(spot), theirs.at(spot)
    if one == other or not (was.has(spot) or mine.has(spot)):
        return None  # the same, or a field that was not on this writer's form
    choice = THEIRS if one == before else MINE if other == before else ""
    return Difference(spot, before, one, other, choice)


def _compare_row(
    inline: Inline, row: str, was: Typed, mine: Typed, theirs: Typed
) -> list[Difference]:
    before = was.rows.get(inline.prefix, {}).get(row, {})
    now = theirs.rows[inline.prefix][row]
    found = []
    for name in (*now, DELETE):
        if name in inline.own or (name == DELETE and name in now):
            continue
        told = _compare(Spot(inline.prefix, row, name), was, mine, theirs)
        if told is None:
            continue
        if name == DELETE and before != now:
            told = Difference(told.spot, told.was, told.mine, told.theirs, "")
        found.append(told)
    return found


def _lost_rows(
    inline: Inline, was: Typed, mine: Typed, theirs: Typed
) -> list[Difference]:
    """Rows that I changed and they have deleted."""
    found = []
    hidden = {*inline.own, DELETE}
    now = theirs.rows.get(inline.prefix, {})
    before = was.rows.get(inline.prefix, {})
    for key, row in mine.rows.get(inline.prefix, {}).items():
        is_gone = not key.startswith("new-") and key not in now
        if not is_gone or row.get(DELETE):
            continue
        old = before.get(key, {})
        told = {n: v for n, v in row.items() if n not in hidden}
        if any(old.get(name, []) != values for name, values in told.items()):
            texts = [" · ".join(t for v in told.values() for t in v if t)]
            held = [
                " · ".join(t for n, v in old.items() if n not in hidden for t in v if t)
            ]
            found.append(Difference(Spot(inline.prefix, key, ""), held, texts, [], ""))
    return found


def _row_key(row: Mapping[str, list[str]], inline: Inline, place: int) -> str:
    key = (row.get(inline.key_name) or [""])[0]
    return key or f"new-{place}"


def _plain(values: list[str]) -> list[str]:
    """Write lines' ends as browsers and databases both may; nothing is no text."""
    lines = [value.replace("\r\n", "\n") for value in values]
    return [value for value in lines if value] if not any(lines) else lines
