"""The scans of a run: which were placed, how surely, and how well they agree."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from .numbers import NOTHING, find_figure, write_figure, write_number
from .parts import Cell, Measure, Section, Table
from .words import MEASURES, UNDETERMINED

RMS = "registration.rms_mm"


def scans_section(quality: dict[str, Any]) -> Section:
    """Tell of each scan and of each pair that was compared."""
    registration = quality.get("registration") or {}
    word = MEASURES[RMS]
    rms = write_figure(find_figure(quality, RMS), word.unit)
    tables = [_scans(quality), _pairs(registration)]
    return Section(
        slug="scans",
        title=_("How the scans fit together"),
        about=_(
            "Each scan was taken from another side; the computer found where each "
            "belongs. The confidence tells how surely."
        ),
        sentences=list(_sentences(registration)),
        measures=[Measure(str(word.label), rms, str(word.about))],
        tables=[table for table in tables if table.rows],
    )


def undetermined_words(words: list[str]) -> str:
    """Say in the reader's language what could not be found out."""
    told = ", ".join(str(UNDETERMINED.get(word, word)) for word in words)
    return _("cannot be determined: %(what)s") % {"what": told}


def _sentences(registration: dict[str, Any]) -> Iterator[str]:
    if registration.get("undetermined"):
        yield _(
            "The shape leaves open how the scans are turned against each other, as on "
            "a plain bowl. Scan it with something unmistakable beside it, or give the "
            "positions of the turntable."
        )
    groups = registration.get("groups") or []
    if len(groups) > 1:
        yield _(
            "The scans fall into %(count)s groups that share no surface. Add scans "
            "between them."
        ) % {"count": len(groups)}
        for number, names in enumerate(groups, start=1):
            listed = ", ".join(map(str, names))
            yield _("Group %(number)s: %(names)s") % {
                "number": number,
                "names": listed,
            }


def _scans(quality: dict[str, Any]) -> Table:
    registration = quality.get("registration") or {}
    placed = {row["name"]: row for row in registration.get("scans", [])}
    points = {row["name"]: row for row in find_figure(quality, "points.scans") or []}
    lost = {_name(entry) for entry in registration.get("not_placed", [])}
    names = dict.fromkeys([*placed, *points, *sorted(lost)])
    head = (
        _("Scan"),
        _("Placed"),
        _("Confidence"),
        _("Residual (mm)"),
        _("Points"),
        _("Spacing (mm)"),
        _("Noise (mm)"),
    )
    rows = [
        _scan_row(
            name, placed.get(name, {}), points.get(name, {}), is_lost=name in lost
        )
        for name in names
    ]
    return Table(
        title=_("Scan by scan"),
        head=head,
        rows=rows,
        about=_(
            "Residual: how far the scan lies off its neighbours where they overlap."
        ),
    )


def _scan_row(
    name: str, placed: dict[str, Any], points: dict[str, Any], *, is_lost: bool
) -> list[Cell]:
    numbers = (
        placed.get("residual_mm"),
        points.get("points"),
        find_figure(points, "spacing_mm.mean"),
        points.get("noise_mm"),
    )
    return [
        Cell(name),
        Cell(_("no: left out") if is_lost else _("yes")),
        Cell(NOTHING if is_lost or not placed else _confidence(placed)),
        *(Cell(write_number(number), is_number=True) for number in numbers),
    ]


def _confidence(placed: dict[str, Any]) -> str:
    confidence, words = placed.get("confidence"), placed.get("undetermined") or []
    if words:
        return undetermined_words(words)
    return NOTHING if confidence is None else f"{100 * confidence:.0f} %"


def _pairs(registration: dict[str, Any]) -> Table:
    head = (_("Scans"), _("Overlap"), _("Residual (mm)"))
    rows = [
        [
            Cell(f"{pair.get('first')} – {pair.get('second')}"),
            Cell(write_figure(pair.get("overlap"), "%"), is_number=True),
            Cell(write_number(pair.get("residual_mm")), is_number=True),
        ]
        for pair in registration.get("pairs", [])
    ]
    return Table(
        title=_("Pair by pair"),
        head=head,
        rows=rows,
        about=_("Overlap: share of the points that both scans saw."),
    )


def _name(entry: Any) -> str:
    return str(entry.get("name", "") if isinstance(entry, dict) else entry)
