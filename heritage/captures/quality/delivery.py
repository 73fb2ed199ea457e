"""What was delivered: how far each file lies from the model, and how much it looks like it."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from heritage.captures.models import Derivative, Run
from heritage.captures.products import newest_files

from .numbers import find_figure, write_number
from .parts import Cell, Picture, Section, Table
from .words import CAPTIONS

MM = 1000.0
DEVIATION, LIKENESS = "deviation", "likeness"
KINDS = (DEVIATION, LIKENESS)
Rows = Mapping[tuple[str, str], Derivative]


def delivery_section(run: Run) -> Section:
    """Tell of every file that a model was delivered as."""
    rows = delivered_rows(run)
    files = [row for row in rows.values() if "deviation" in row.figures]
    tables = [_table(files)] if files else []
    return Section(
        slug="delivery",
        title=_("What was delivered"),
        about=_(
            "Files for headsets, phones and the web have fewer triangles than the "
            "model. How far each lies from it was measured both ways, and each was "
            "rendered beside it from eight sides."
        ),
        tables=tables,
        pictures=[picture for row in files for picture in pictures_beside(row, rows)],
    )


def delivered_rows(run: Run) -> dict[tuple[str, str], Derivative]:
    """Give the newest files of a model and of what was added to it."""
    model = run.adds_to or run
    return newest_files([model, *model.additions.order_by("created_at", "pk")])


def pictures_beside(file: Derivative, rows: Rows) -> Iterator[Picture]:
    """Give the pictures of how a file differs from its model, of the same run."""
    drawn = {one.get("kind"): one for one in file.figures.get("pictures", [])}
    for kind in KINDS:
        row = rows.get((Derivative.Role.QUALITY, f"{file.profile}-{kind}"))
        if kind in drawn and row is not None and row.run_id == file.run_id:
            yield Picture(row, _caption(kind, file, drawn[kind]))


def _caption(kind: str, file: Derivative, told: Mapping[str, Any]) -> str:
    limit = told.get("limit_mm" if kind == DEVIATION else "limit_de00")
    words = {"file": file.stored_file.name, "limit": write_number(limit)}
    return str(CAPTIONS[f"delivery-{kind}"]) % words


def _table(files: list[Derivative]) -> Table:
    head = (
        _("File"),
        _("Triangles"),
        _("Deviation, mean (mm)"),
        _("95 % (mm)"),
        _("Largest (mm)"),
        _("SSIM, mean"),
        _("SSIM, lowest"),
        _("Colour difference (ΔE00)"),
    )
    return Table(
        title=_("File by file"),
        head=head,
        rows=[_row(file) for file in files],
        about=_(
            "SSIM: likeness of structure, 1 where nothing differs. ΔE00: difference "
            "of colour, 1 is just seen. A dash: as fine as the model, not compared."
        ),
    )


def _row(file: Derivative) -> list[Cell]:
    figures = file.figures
    off = [
        find_figure(figures, f"deviation.{name}")
        for name in ("mean_m", "p95_m", "max_m")
    ]
    like = [
        find_figure(figures, f"likeness.{name}")
        for name in ("ssim_mean", "ssim_worst", "de00_mean")
    ]
    numbers = [
        file.triangles,
        *(None if value is None else round(MM * value, 4) for value in off),
        *like,
    ]
    return [
        Cell(file.stored_file.name),
        *(Cell(write_number(number), is_number=True) for number in numbers),
    ]
