"""How a master was made: files, recipe, parameters, stages, versions."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _

from heritage.captures.messages import stage_label
from heritage.captures.models import Run
from heritage.captures.recipes import parameter_words, recipe_label

from .numbers import write_mebibytes, write_number
from .parts import Cell, Section, Table
from .words import UNITS

DIGEST_SHOWN = 16  # enough to tell files apart; the report has all of it


def making_section(run: Run) -> Section:
    """Tell what another would need to make the same master."""
    tables = [
        _inputs(run.report),
        _recipe(run),
        _stages(run.report),
        _versions(run.report),
    ]
    return Section(
        slug="making",
        title=_("How it was made"),
        about=_("With the same files, recipe and versions the same bytes come out.")
        if run.is_exact
        else _("A quick trial: again, it may come out a little different."),
        sentences=[*_left_out(run), *_taken_over(run)],
        tables=[table for table in tables if table.rows],
    )


def _left_out(run: Run) -> list[str]:
    names = run.constraints.get("leave_out", [])
    told = _("Left out of this run, as asked: %(names)s.")
    return [told % {"names": ", ".join(names)}] if names else []


def _taken_over(run: Run) -> Iterator[str]:
    """Tell which stages an earlier run had computed; what they give is the same."""
    told = _("Taken over from run %(run)s, as nothing that they depend on changed: %(stages)s.")  # fmt: skip
    rows = run.stages.filter(taken_from__isnull=False)
    named = rows.values_list("taken_from__key", "name")
    for key, stages in groupby(named, itemgetter(0)):
        labels = ", ".join(stage_label(name) for _key, name in stages)
        yield told % {"run": key, "stages": labels}


def _inputs(report: dict[str, Any]) -> Table:
    head = (_("File"), _("Points"), _("Unit"), _("Size"), "SHA-512")
    rows = [
        [
            Cell(str(entry.get("name", ""))),
            Cell(write_number(entry.get("points")), is_number=True),
            Cell(str(UNITS.get(entry.get("unit", ""), entry.get("unit") or "—"))),
            Cell(write_mebibytes(entry.get("bytes")), is_number=True),
            Cell(f"{str(entry.get('sha512', ''))[:DIGEST_SHOWN]}…"),
        ]
        for entry in report.get("inputs", [])
    ]
    return Table(title=_("Files"), head=head, rows=rows)


def _recipe(run: Run) -> Table:
    recipe = run.report.get("recipe") or {}
    name = str(recipe.get("name", ""))
    title = _("Recipe: %(name)s, version %(version)s") % {
        "name": recipe_label(name),
        "version": recipe.get("version", "—"),
    }
    rows = [
        _parameter(key, value)
        for key, value in sorted((recipe.get("parameters") or {}).items())
    ]
    head = (_("Parameter"), _("Value"), _("Unit"))
    return Table(title=title, head=head, rows=rows)


def _parameter(key: str, value: Any) -> list[Cell]:
    words = parameter_words(key)
    shown = (_("yes") if value else _("no")) if isinstance(value, bool) else value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return [Cell(words.label), Cell(str(shown), is_number=is_number), Cell(words.unit)]


def _stages(report: dict[str, Any]) -> Table:
    head = (_("Stage"), _("Seconds"), _("Memory"))
    rows = [
        [
            Cell(stage_label(str(stage.get("name", "")))),
            Cell(write_number(stage.get("seconds")), is_number=True),
            Cell(write_mebibytes(stage.get("peak_bytes")), is_number=True),
        ]
        for stage in report.get("stages", [])
    ]
    return Table(title=_("Stages"), head=head, rows=rows)


def _versions(report: dict[str, Any]) -> Table:
    rows = [[Cell(name), Cell(version)] for name, version in _programs(report)]
    return Table(title=_("Programs"), head=(_("Program"), _("Version")), rows=rows)


def _programs(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, version in sorted((report.get("libraries") or {}).items()):
        yield str(name), str(version)
    if "seed" in report:
        yield _("seed of what is drawn at random"), str(report["seed"])
