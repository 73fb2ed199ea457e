"""Every sentence of the exchange that is chosen by a code."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .reasons import told_reason

TABLE_FAULTS: Final[dict[str, Promise]] = {
    "empty": _("%(file)s holds no rows."),
    "not-text": _("%(file)s is neither a workbook nor text in UTF-8, GB18030 or UTF-16. Save it again as CSV or XLSX."),
    "old-excel": _("%(file)s is a workbook in the old form (XLS). Save it as XLSX."),
    "unreadable": _("%(file)s cannot be read: %(reason)s. Save it again and send it anew."),
    "too-many-rows": _("%(file)s has more than %(limit)d rows. Split it."),
    "too-many-columns": _("%(file)s has more than %(limit)d columns."),
    "cell-too-long": _("%(file)s, row %(row)d: a cell holds more than %(limit)d characters."),
    "too-large": _("What %(file)s holds is larger than %(limit)d bytes."),
    "bomb": _("%(file)s claims to hold hundreds of times its own size."),
    "no-objects": _("%(file)s: entry %(row)d is no object with named values."),
    "no-lido": _("%(file)s holds no LIDO record."),
    "too-heavy": _("Reading %(file)s needed more time or memory than it may. Split it, or save it in another form."),
}  # fmt: skip
ROW_FAULTS: Final[dict[str, Promise]] = {
    "no-name": _("It has no name in Chinese or English."),
    "no-number": _("It has no register number."),
    "no-identifier": _("The column that identifies a row is empty."),
    "too-long": _("“%(field)s” has %(length)d characters; %(limit)d is the most."),
    "backwards": _("It ends (%(end)d) before it begins (%(begin)d)."),
    "out-of-range": _("“%(field)s” cannot be %(value)s."),
    "no-pieces": _("The actual count is zero."),
    "bad-row": _("“%(field)s” is not written as an export writes it."),
    "refused": _("The register refuses it: %(reason)s"),
    "invalid": _("“%(field)s”: %(reason)s"),
    "not-yours": _("Only a curator of its collection may change it."),
    "edited": _("Somebody has saved it since it was chosen: choose it once more."),
    "gone": _("It is not there any more."),
    "held": _("“%(field)s” of this record is decided elsewhere."),
    "left": _("Edited since and left as it is: %(fields)s."),
    "kills": _("Entering it ended the process %(times)d times. Look what is unusual about this row."),
}  # fmt: skip
DOUBTS: Final[dict[str, Promise]] = {
    "size-in-text": _("A size stands only in the text."),
    "unit-missing": _("A number has no unit."),
    "size-unnamed": _("Numbers stand in the size without saying what they measure."),
    "size-unreadable": _("No size can be read in the text."),
    "variant": _("Another name of a period is written."),
    "dating": _("The dating cannot be read for certain."),
    "unknown-term": _("The term is not in the vocabulary."),
    "number": _("This is not a number."),
    "date": _("This is not a date."),
    "duplicate-number": _("The number is given twice."),
    "identifier": _("The identifier does not have the form it should have."),
    "identifier-taken": _("Another relic has this identifier, which names one thing only."),
    "formula": _("The cell held a formula; its text was kept and nothing was computed."),
    "conflict": _("The source and this register have both changed it."),
    "unreadable": _("It is not written as an export writes it."),
}  # fmt: skip


def told_fault(fault: Sequence[Any]) -> str:
    """Say why a row was refused, in the reader's language."""
    code, facts = fault[0], dict(fault[1])
    if "field" in facts:
        facts["field"] = _label(facts["field"])
    if "fields" in facts:
        facts["fields"] = ", ".join(_label(name) for name in facts["fields"])
    if "reason" in facts:
        facts["reason"] = told_reason(facts["reason"])
    return str(ROW_FAULTS[code]) % facts


def _label(name: str) -> str:
    from .bulk.targets import targets
    from .fields import label_of

    known = targets()
    return known[name].label if name in known else label_of(name)


def told_proposal(proposal: Mapping[str, Any]) -> str:
    """Say what is proposed, field by field, in the reader's language."""
    from .fields import label_of

    return "; ".join(
        f"{label_of(key)}: {told_value(key, value)}" for key, value in proposal.items()
    )


def told_value(key: str, value: Any) -> str:
    """Say a plain value as the register shows it."""
    from heritage.catalogue.fields import concept_label

    from .fields import fields

    field = fields().get(key)
    if isinstance(value, list):
        return ", ".join(told_value(key, one) for one in value)
    if isinstance(value, Mapping):
        if "value" in value:
            kind = concept_label("dimension", value["kind"])
            return f"{kind} {value['value']:g} {value.get('unit', '')}"
        return " ".join(str(one) for one in value.values())
    if field is not None and field.kind in ("term", "terms"):
        return concept_label(field.vocabulary or "period", str(value))
    return "" if value is None else str(value)
