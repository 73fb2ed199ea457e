"""Write plain records into the register: new ones many at a time, changes one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib.auth.models import User
from django.db.models import Model

from heritage.archive.pages import note_rows
from heritage.catalogue.actions import record_edit
from heritage.catalogue.beginnings import begin_history
from heritage.catalogue.models import (
    Collection,
    Dimension,
    ExternalIdentifier,
    Relic,
    RelicFacet,
    RelicMaterial,
    RelicName,
    RelicNumber,
)
from heritage.catalogue.models.dated import Dated
from heritage.catalogue.rows_of import keep_rows
from heritage.catalogue.signals import tell_many
from heritage.lib.inserting import insert_rows

from .fields import ALONE, fields
from .names import Names
from .plain import LISTS, SLUGS, row_key

LIST_MODELS: Final[dict[str, type[Model]]] = {
    "materials": RelicMaterial, "facets": RelicFacet, "dimensions": Dimension,
    "numbers": RelicNumber, "identifiers": ExternalIdentifier, "other_names": RelicName,
}  # fmt: skip


@dataclass
class New:
    """A relic that is not yet written, with the rows that hang on it."""

    relic: Relic
    rows: list[Model] = field(default_factory=list)


def build(
    values: Mapping[str, Any],
    names: Names,
    *,
    collection: Collection,
    by: User | None,
) -> New:
    """Make a relic of plain values, without writing it."""
    relic = Relic(collection=collection, created_by=by, **_columns(values, names))
    read_dating(relic, names)
    new = New(relic)
    for name in (*SLUGS, *LISTS):
        new.rows += [make_row(name, row, relic) for row in values.get(name, ())]
    for part, model in ALONE.items():
        own = _columns(values, names, part)
        if own:
            new.rows.append(_part(model, relic, own))
    return new


def create(found: Sequence[New], *, by: User | None, reason: str) -> None:
    """Write new relics with their rows, history and notes: few statements for all.

    Past our own QuerySet, which would tell of every table apart.
    """
    relics = [new.relic for new in found]
    insert_rows(relics)
    by_model: dict[type[Model], list[Any]] = {}
    for new in found:
        for row in new.rows:
            by_model.setdefault(type(row), []).append(row)
    for rows in by_model.values():
        insert_rows(rows)
    note_rows(Relic.history.model, *begin_history(relics, by=by, reason=reason))
    tell_many([*relics, *(row for rows in by_model.values() for row in rows)])


def change(
    relic: Relic,
    values: Mapping[str, Any],
    names: Names,
    *,
    by: User | None,
    reason: str,
) -> list[list[Any]]:
    """Write changed values into a relic, as acts where acts decide; gives those acts.

    `relic` is locked by the caller.
    """
    before = Relic.objects.get(pk=relic.pk)
    for column, value in _columns(values, names, blank=True).items():
        setattr(relic, column, value)
    if "period_text" in values:
        read_anew(relic, before, values)
    if not values.keys().isdisjoint((*SLUGS, *LISTS)):
        keep_rows(relic)
    relic._change_reason = reason  # type: ignore[attr-defined]
    relic._history_user = by  # type: ignore[attr-defined]
    relic.save()
    for name in (*SLUGS, *LISTS):
        if name in values:
            _replace_rows(relic, name, values[name])
    for part in ALONE:
        _change_part(relic, part, values, names)
    made = record_edit(before, relic, by=by)
    return [[act._meta.label, act.pk] for act in made]


def read_dating(relic: Relic, names: Names) -> None:
    """Read the dating as a save does, but for the question which period it names."""
    told = Dated.read_period_text(relic)
    agrees = told.span is not None and relic.dating_doubt != "disagrees"
    if agrees and relic.period_id is None and len(told.periods) == 1:
        relic.period_id = names.periods.get(told.periods[0])


def make_row(name: str, row: Any, relic: Relic) -> Model:
    model = LIST_MODELS[name]
    if name in SLUGS:
        return model(relic=relic, **{SLUGS[name]: row})
    return model(relic=relic, **{k: v for k, v in row.items() if v is not None})


def read_anew(relic: Relic, before: Relic, values: Mapping[str, Any]) -> None:
    """Years and period that were read from the old text follow the new one."""
    was = Relic(period_text=before.period_text)
    was.read_period_text()
    for name in ("begin_year", "end_year"):
        if name not in values and getattr(before, name) == getattr(was, name):
            setattr(relic, name, None)
    if "period" not in values and before.period_id == was.period_id:
        relic.period = None


def _columns(
    values: Mapping[str, Any], names: Names, part: str = "", *, blank: bool = False
) -> dict[str, Any]:
    """Give columns of the relic, or of one row that hangs on it, with their values."""
    columns: dict[str, Any] = {}
    for key, value in values.items():
        head, _dot, rest = key.partition(".")
        own = rest if part and head == part else "" if part or "." in key else key
        kind = fields()[key].kind
        if not own or kind in ("terms", "rows", "key", "saved"):
            continue
        if kind in ("agent", "place", "relic") or key == "period":
            columns[f"{own}_id"] = names.pk_of(key, value) if value else None
        elif value is not None or not blank:
            columns[own] = value
        else:
            columns[own] = _empty(part, own)
    return columns


def _part(model: Any, relic: Relic, values: Mapping[str, Any]) -> Any:
    return model(relic=relic, **values)


def _empty(part: str, column: str) -> Any:
    model = ALONE[part] if part else Relic
    return model._meta.get_field(column).get_default()  # type: ignore[union-attr]


def _replace_rows(relic: Relic, name: str, wanted: Sequence[Any]) -> None:
    """Bring a list to what is wanted: rows that are the same stay untouched."""
    keep = {_key(name, row): row for row in wanted}
    for held in list(getattr(relic, name).all()):
        key = _key_of(name, held)
        row = keep.pop(key, None)
        if row is None:
            held.delete()
        elif name in LISTS and _update(held, row, LISTS[name]):
            held.save()
    for row in keep.values():
        make_row(name, row, relic).save()


def _update(held: Any, row: Mapping[str, Any], columns: Sequence[str]) -> bool:
    """Set a row's columns; tells whether any was different."""
    changed = False
    for column in columns:
        wanted = row.get(column, held._meta.get_field(column).get_default())
        if getattr(held, column) != wanted:
            setattr(held, column, wanted)
            changed = True
    return changed


def _key(name: str, row: Any) -> Any:
    return row if name in SLUGS else row_key(name, row)


def _key_of(name: str, held: Any) -> Any:
    if name in SLUGS:
        return getattr(held, SLUGS[name])
    return row_key(name, {c: getattr(held, c) for c in LISTS[name]})


def _change_part(
    relic: Relic, part: str, values: Mapping[str, Any], names: Names
) -> None:
    own = _columns(values, names, part, blank=True)
    if not own:
        return
    held = getattr(relic, part, None) or _part(ALONE[part], relic, {})
    for column, value in own.items():
        setattr(held, column, value)
    held.save()
