"""How large the model is, what that rests on, and whether the register agrees."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from .numbers import NOTHING, write_number
from .parts import Cell, Section, Table
from .words import EVIDENCE, UNITS

MM_A_CM = 10.0


def scale_section(size: Section, quality: dict[str, Any]) -> Section:
    """Add to the section of sizes what they rest on and what the register says."""
    scale = quality.get("scale") or {}
    oriented = (quality.get("size") or {}).get("oriented_mm") or []
    registered = scale.get("registered_cm") or []
    tables = [_register(registered, oriented)] if registered and oriented else []
    return replace(size, sentences=_sentences(scale), tables=tables)


def find_proposal(quality: dict[str, Any]) -> str:
    """Give the unit in which the files would fit the register; empty if none is due.

    What a file states itself is not overruled by a choice, so none is offered then.
    """
    scale = quality.get("scale") or {}
    unit = (scale.get("proposal") or {}).get("unit", "")
    is_open = scale.get("evidence") != "stated" and unit != scale.get("unit")
    return str(unit) if unit in UNITS and is_open else ""


def _sentences(scale: dict[str, Any]) -> list[str]:
    evidence, unit = str(scale.get("evidence", "unknown")), str(scale.get("unit", ""))
    told = [str(EVIDENCE.get(evidence, evidence))]
    if unit in UNITS:
        told.append(_("Unit of the files: %(unit)s.") % {"unit": UNITS[unit]})
    return [*told, _verdict(scale)]


def _verdict(scale: dict[str, Any]) -> str:
    matches, proposal = scale.get("matches"), scale.get("proposal") or {}
    if matches:
        return _("The model is as large as the register says.")
    if proposal.get("unit") in UNITS:
        return _(
            "The model would be as large as the register says if the files were "
            "measured in this unit: %(unit)s (all lengths × %(factor)s)."
        ) % {
            "unit": UNITS[proposal["unit"]],
            "factor": write_number(proposal.get("factor")),
        }
    if matches is None:
        return _(
            "The register gives no size that could be compared. Enter length, width "
            "and height of the relic, then compute again."
        )
    return _(
        "No usual unit makes the model as large as the register says: perhaps it shows "
        "another object, or the register is wrong. Measure the object."
    )


def _register(registered: list[Any], oriented: list[Any]) -> Table:
    names = (_("length"), _("width"), _("height"))
    rows = [
        _row(name, known, measured)
        for name, known, measured in zip(names, registered, oriented, strict=False)
    ]
    head = (
        _("Size"),
        _("Register (cm)"),
        _("Model (cm)"),
        _("Model ÷ register"),
    )
    return Table(title=_("Compared with the register"), head=head, rows=rows)


def _row(name: str, known_cm: Any, measured_mm: Any) -> list[Cell]:
    measured_cm = None if measured_mm is None else measured_mm / MM_A_CM
    ratio = measured_cm / known_cm if known_cm and measured_cm is not None else None
    return [
        Cell(name),
        Cell(write_number(known_cm), is_number=True),
        Cell(write_number(measured_cm), is_number=True),
        Cell(NOTHING if ratio is None else write_number(ratio), is_number=True),
    ]
