"""Slips of use and return, vouchers of deregistration, reports of stocktakings as PDF."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from heritage.custody.lines import line_of
from heritage.custody.models import (
    COLUMNS,
    Deregistration,
    Slip,
    SlipItem,
    Stocktake,
    StocktakeLine,
)

from .paper import SMALL_PT, Paper, day, person

IN_ORDER = ("missing", "misplaced", "out", "waiting", "found")


def slip_pdf(slip: Slip) -> bytes:
    """Give a slip: what goes out, in which condition, who approved, what came back."""
    title = _("Slip of use and return")
    paper = Paper.of(f"{title} {slip.number}", created=slip.requested_at)
    paper.head(title, slip.number)
    purpose = " · ".join(filter(None, (str(slip.get_purpose_display()), slip.note)))
    paper.pairs([
        (_("Collection"), str(slip.collection)),
        (_("Purpose"), purpose),
        (_("Goes to"), slip.destination),
        (_("Received by"), slip.receiver),
        (_("Due back"), day(slip.due_on)),
        (_("Requested"), f"{person(slip.requested_by)} {day(slip.requested_at)}"),
        (_("State"), _state(slip)),
    ])  # fmt: skip
    items = slip.items.select_related("relic")
    head = (
        _("Register number"), _("Name"), _("Grade"), _("Count"), _("Taken from"),
        _("When handed out"), _("When returned"),
    )  # fmt: skip
    rows = [list(_item_cells(item)) for item in items]
    paper.table(head, rows, (18, 31, 12, 9, 22, 24, 28))
    paper.answers(slip)
    paper.signatures(_("handed out by"), _("received by"), _("taken back by"))
    return paper.number_pages()


def deregistration_pdf(asked: Deregistration) -> bytes:
    """Give the voucher (注销凭证): the object as the ledger has it, why, who approved."""
    title = _("Voucher of deregistration")
    paper = Paper.of(f"{title} {asked.number}", created=asked.requested_at)
    paper.head(title, asked.number)
    line = line_of(asked.relic)
    paper.pairs([(str(label), line[name]) for name, label in COLUMNS.items()])
    paper.gap(2)
    paper.rule_off()
    paper.pairs([
        (_("Reason"), f"{asked.get_reason_display()}: {asked.note}"),
        (_("Goes to"), asked.destination),
        (_("Requested"), f"{person(asked.requested_by)} {day(asked.requested_at)}"),
        (_("State"), str(asked.get_state_display())),
        (_("Struck off the ledger"), f"{person(asked.done_by)} {day(asked.done_at)}".strip()),
    ])  # fmt: skip
    paper.answers(asked)
    paper.signatures(_("ledger keeper"), _("store keeper"), _("director"))
    return paper.number_pages()


def stocktake_pdf(stocktake: Stocktake) -> bytes:
    """Give the report: totals, then what is missing or misplaced before what was found."""
    title = _("Report of a stocktaking")
    paper = Paper.of(f"{title} {stocktake}", created=stocktake.started_at)
    paper.head(title)
    lines = list(stocktake.lines.select_related("relic", "seen_by"))
    counts = [
        (str(label), str(sum(line.state == state for line in lines)))
        for state, label in StocktakeLine.State.choices
    ]
    paper.pairs([
        (_("Collection"), str(stocktake.collection)),
        (_("Store"), stocktake.store),
        (_("Started"), f"{person(stocktake.started_by)} {day(stocktake.started_at)}"),
        (_("Counted"), day(stocktake.closed_at)),
        (_("Accepted"), f"{person(stocktake.accepted_by)} {day(stocktake.accepted_at)}".strip()),
        *counts,
    ])  # fmt: skip
    head = (
        _("State"), _("Register number"), _("Name"), _("Expected at"), _("Seen at"),
        _("Seen"),
    )  # fmt: skip
    ordered = sorted(lines, key=lambda line: (IN_ORDER.index(line.state), line.pk))
    rows = [
        [
            str(line.get_state_display()), line.relic.register_no, line.relic.title,
            line.expected_at, line.found_at, f"{day(line.seen_at)} {person(line.seen_by)}",
        ]
        for line in ordered
    ]  # fmt: skip
    paper.table(head, rows, (16, 20, 30, 25, 25, 20))
    paper.text(_("Differences become acts when the ledger keeper accepts them."), SMALL_PT, soft=True)  # fmt: skip
    paper.signatures(_("store keeper"), _("ledger keeper"))
    return paper.number_pages()


def _state(slip: Slip) -> str:
    told = str(slip.get_state_display())
    if slip.handed_at:
        told += f" · {_('handed out')} {person(slip.handed_by)} {day(slip.handed_at)}"
    if slip.is_overdue:
        told += f" · {_('overdue')}"
    return told


def _item_cells(item: SlipItem) -> Iterator[str]:
    relic = item.relic
    yield relic.register_no
    yield relic.title
    yield str(relic.get_grade_display())
    yield f"{relic.actual_count} {relic.count_unit}".strip()
    yield item.taken_from or relic.store_location
    yield _told(item.get_condition_out_display(), item.note_out)
    back = " ".join(filter(None, (day(item.returned_at), item.returned_to)))
    yield _told(
        item.get_condition_in_display(), item.note_in, back, person(item.taken_back_by)
    )


def _told(*texts: object) -> str:
    return "；".join(str(text) for text in texts if text)
