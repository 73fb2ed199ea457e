"""The object file (藏品档案): all that is known of an object, part by part.

Rooms above add what they know with `declare`: pictures, models and their quality.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from heritage.catalogue.fields import concept_label
from heritage.catalogue.models import ACTS, Act, RecordEvent, Relic
from heritage.catalogue.policy import Person, allows, visible
from heritage.catalogue.told_reasons import told_reasons

from .book import read_line
from .models import COLUMNS, Deregistration, Ledger, SlipItem, StocktakeLine

HISTORY_TOLD = 40


@dataclass(frozen=True)
class Picture:
    path: Path
    caption: str


@dataclass(frozen=True)
class Section:
    """One heading of the file: pairs, then a table, then pictures."""

    title: str
    pairs: Sequence[tuple[str, str]] = ()
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    pictures: Sequence[Picture] = ()

    @property
    def is_empty(self) -> bool:
        return not (
            self.rows or self.pictures or any(value for _n, value in self.pairs)
        )


Builder = Callable[[Relic, Person], Iterator[Section]]


@dataclass
class _Builders:
    rows: list[Builder] = field(default_factory=list)


_above = _Builders()
NOT_SAID = {
    "id", "key", "relic", "recorded_by", "recorded_at", "struck_at", "struck_by",
    "struck_because", "decided_on", "decided_by", "people", "evidence", "dissent",
}  # fmt: skip
OF_NO_FILE = {
    "id", "key", "collection", "created_by", "is_demo", "name_zh", "name_en", "edit_version",
    "dating_doubt", "is_approximate",
}  # fmt: skip


def declare(builder: Builder) -> None:
    if builder not in _above.rows:
        _above.rows.append(builder)


def build_dossier(relic: Relic, person: Person) -> list[Section]:
    """Give the parts of the file, as far as this person may read them."""
    builders: list[Builder] = [
        _register,
        _rows,
        _acts,
        *_above.rows,
        _custody,
        _events,
        _edits,
    ]
    parts = [part for build in builders for part in build(relic, person)]
    return [part for part in parts if not part.is_empty]


def value_of(row: Model, name: str) -> str:
    """Say a field as a form would: labels for choices, nothing for nothing."""
    shown = getattr(row, f"get_{name}_display", None)
    value = shown() if shown else getattr(row, name)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return "" if value is None else str(value)


def _register(relic: Relic, person: Person) -> Iterator[Section]:
    names = [f for f in relic._meta.fields if f.name not in OF_NO_FILE]
    pairs = [
        (str(f.verbose_name), value_of(relic, f.name))
        for f in names
        if allows(person, relic, f.name)
    ]
    yield Section(
        _("Register"),
        [
            (_("name (Chinese)"), relic.name_zh),
            (_("name (English)"), relic.name_en),
            *pairs,
        ],
    )


def _rows(relic: Relic, person: Person) -> Iterator[Section]:
    """Numbers, names, materials, dimensions, and what else hangs on the relic."""
    measures = [
        [concept_label("dimension", d.kind), f"{d.value:g} {concept_label('unit', d.unit)}",
         "" if d.uncertainty is None else f"± {d.uncertainty:g}", d.get_origin_display(), d.literal]
        for d in relic.dimensions.all()
    ]  # fmt: skip
    head = (
        _("dimension"),
        _("value"),
        _("uncertainty (±)"),
        _("origin"),
        _("as written"),
    )
    yield Section(_("Measurements"), head=head, rows=measures)
    told: list[tuple[str, str]] = []
    for name in (
        "materials",
        "numbers",
        "identifiers",
        "other_names",
        "facets",
        "made_with",
        "motifs",
        "citations",
    ):
        rows: Any = getattr(relic, name).all()
        if rows:
            label = str(rows[0]._meta.verbose_name)
            told.append((label, "；".join(str(row) for row in rows)))
    yield Section(_("Materials, numbers, names"), told)


def _acts(relic: Relic, person: Person) -> Iterator[Section]:
    head = (
        _("date"),
        _("act"),
        _("what was decided"),
        _("by"),
        _("evidence"),
        _("dissent"),
        _("stands"),
    )
    rows = []
    for model in ACTS:
        acts = visible(model._default_manager.filter(relic=relic), person)
        rows += [_act_row(act, person) for act in acts]
    yield Section(_("Acts"), head=head, rows=sorted(rows, key=lambda row: str(row[0])))


def _act_row(act: Act, person: Person) -> list[str]:
    own = [f for f in act._meta.fields if f.name not in NOT_SAID]
    said = [value_of(act, f.name) for f in own if allows(person, act, f.name)]
    who = " ".join(filter(None, (str(act.decided_by or ""), act.people)))
    dissent = act.dissent if allows(person, act, "dissent") else ""
    stands = _("yes") if act.stands else _("struck through: %s") % act.struck_because
    return [
        str(act.told_when or "?"), str(act._meta.verbose_name),
        " · ".join(filter(None, said)), who, act.evidence, dissent, stands,
    ]  # fmt: skip


def _custody(relic: Relic, person: Person) -> Iterator[Section]:
    ledger = Ledger.objects.filter(collection=relic.collection_id).first()
    line = read_line(ledger, relic.key) if ledger and allows(person, ledger) else None
    if line is not None:
        pairs = [
            (str(label), " → ".join(t.text for t in line.cells[name]))
            for name, label in COLUMNS.items()
        ]
        off = line.struck_off
        pairs.append(
            (
                _("struck off"),
                f"{off.voucher} {_day(off.at)} {off.reason}" if off else "",
            )
        )
        yield Section(_("Ledger, line %d") % line.number, pairs)
    items = visible(SlipItem.objects.filter(relic=relic), person).select_related("slip")
    use = (
        _("slip"),
        _("purpose"),
        _("goes to"),
        _("handed out"),
        _("returned"),
        _("remark"),
    )
    rows = [
        [i.slip.number, str(i.slip.get_purpose_display()), i.slip.destination,
         f"{_day(i.slip.handed_at)} {value_of(i, 'condition_out')}",
         f"{_day(i.returned_at)} {value_of(i, 'condition_in')}",
         " · ".join(filter(None, (i.note_out, i.note_in)))]
        for i in items
    ]  # fmt: skip
    yield Section(_("Use"), head=use, rows=rows)
    lines = visible(StocktakeLine.objects.filter(relic=relic), person)
    head = (_("stocktaking"), _("state"), _("expected at"), _("found at"))
    counted = lines.select_related("stocktake")
    rows = [
        [str(c.stocktake), str(c.get_state_display()), c.expected_at, c.found_at]
        for c in counted
    ]
    yield Section(_("Stocktakings"), head=head, rows=rows)
    for asked in visible(Deregistration.objects.filter(relic=relic), person):
        yield Section(_("Deregistration"), [
            (_("voucher"), asked.voucher), (_("state"), str(asked.get_state_display())),
            (_("reason"), f"{asked.get_reason_display()}: {asked.note}"),
            (_("goes to"), asked.destination), (_("deregistered"), _day(asked.done_at)),
        ])  # fmt: skip


def _events(relic: Relic, person: Person) -> Iterator[Section]:
    events = RecordEvent.objects.filter(record_kind=relic.kind, record_key=relic.key)
    head = (_("date"), _("act"), _("by"), _("reason"))
    rows = [
        [_day(e.at), str(e.get_verb_display()), str(e.by or ""), e.reason]
        for e in events.select_related("by").order_by("at", "pk")
    ]
    yield Section(_("Release and withdrawal"), head=head, rows=rows)


def _edits(relic: Relic, person: Person) -> Iterator[Section]:
    history = relic.history.select_related("history_user").order_by("-history_date")
    edits = list(history[:HISTORY_TOLD])
    head = (_("date"), _("by"), _("reason"))
    rows = [
        [f"{timezone.localtime(e.history_date):%Y-%m-%d %H:%M}", str(e.history_user or ""),
         reason.text]
        for e, reason in zip(edits, told_reasons(edits, person), strict=True)
    ]  # fmt: skip
    yield Section(_("Edits"), head=head, rows=rows)


def _day(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}" if at else ""
