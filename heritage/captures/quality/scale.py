"""How large the model is, what that rests on, and whether the register agrees."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from .numbers import write_figure, write_number
from .parts import Measure, Section
from .words import EVIDENCE, UNITS

MM_A_CM = 10.0


def scale_section(size: Section, quality: dict[str, Any]) -> Section:
    """Add to the section of sizes what they rest on and what the register says."""
    scale = quality.get("scale") or {}
    sides = (quality.get("size") or {}).get("oriented_mm")
    compared = _compared(scale.get("registered_cm"), sides)
    return replace(
        size, sentences=_sentences(scale), measures=[*size.measures, *compared]
    )


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
            "The register gives no size to compare with. Enter length, width and "
            "height of the relic, then compute again."
        )
    return _(
        "No usual unit makes the model as large as the register says: perhaps it shows "
        "another object, or the register is wrong. Measure the object."
    )


def _compared(registered_cm: Any, sides_mm: Any) -> list[Measure]:
    """Set the register's sizes beside the model's, both in the register's unit."""
    if not registered_cm or not sides_mm:
        return []
    sides_cm = [side / MM_A_CM for side in sides_mm]
    return [
        Measure(
            _("Size in the register"),
            write_figure(registered_cm, "cm"),
            _("As it was measured by hand; each is compared with a side of the model."),
        ),
        Measure(
            _("Size of the model"),
            write_figure(sides_cm, "cm"),
            _(
                "Length, width and height. They agree when they differ by no more than 5 %."
            ),
        ),
    ]
